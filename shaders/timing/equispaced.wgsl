// Phases i/n of a turn, from a 64-bit step; a node acts when its phase carries. Twin: src/timing.rs.
override RATE: u32;
override STEP_HIGH: u32;
override STEP_LOW: u32;

fn is_active(i: u32, tick: u32) -> bool {
    return (i * STEP_HIGH + multiply_high(i, STEP_LOW)) + tick * RATE < RATE;
}
