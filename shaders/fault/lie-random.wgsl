// A liar tells something else in every tick, the same to everybody. Twin: Lie in src/fault/lie.rs.
override LIE_LOW: u32;
// How many values there are; 0 for 2^32.
override LIE_WIDTH: u32;
override LIE_SEED: u32;

fn lie(liar: u32, listener: u32, own: u32, tick: u32) -> u32 {
    let draw = threefry2x32(vec2<u32>(LIE_SEED, 10u), vec2<u32>(liar, tick)).x;
    return LIE_LOW + select(multiply_high(draw, LIE_WIDTH), draw, LIE_WIDTH == 0u);
}
