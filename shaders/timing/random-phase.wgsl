// Random phases, stream Phase; a node acts when its phase carries. Twin: src/timing.rs.
override RATE: u32;
override SEED: u32;

fn is_active(i: u32, tick: u32) -> bool {
    return (threefry2x32(vec2<u32>(SEED, 3u), vec2<u32>(i, 0u)).x) + tick * RATE < RATE;
}
