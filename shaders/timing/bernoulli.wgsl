// A draw per node and tick, stream Timing. Twin: src/timing.rs.
override RATE: u32;
override SEED: u32;

fn is_active(i: u32, tick: u32) -> bool {
    return threefry2x32(vec2<u32>(SEED, 2u), vec2<u32>(i, tick)).x < RATE;
}
