// Phases by the van der Corput sequence; a node acts when its phase carries. Twin: src/timing.rs.
override RATE: u32;

fn is_active(i: u32, tick: u32) -> bool {
    return (reverseBits(i)) + tick * RATE < RATE;
}
