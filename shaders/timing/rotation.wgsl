// Pure rotation: an arc of the circle acts, and every tick turns it by the golden angle. Twin: src/timing.rs.
override RATE: u32;

fn is_active(i: u32, tick: u32) -> bool {
    return (i + tick) * 0x9E3778C1u < RATE;
}
