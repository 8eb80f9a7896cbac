// Phases i·G; a node acts when its phase carries. Twin: src/timing.rs.
override RATE: u32;

fn is_active(i: u32, tick: u32) -> bool {
    return (i * 0x9E3778C1u) + tick * RATE < RATE;
}
