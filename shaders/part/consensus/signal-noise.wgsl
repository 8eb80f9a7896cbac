// Inputs differ by something else in every tick. Twin: Change in src/part/consensus/signal/step.rs.
override SIGNAL_AMPLITUDE: u32;
override SIGNAL_KEY: u32;
override SIGNAL_NUMBER: u32;

fn change_of(i: u32, tick: u32) -> u32 {
    let draw = threefry2x32(vec2<u32>(SIGNAL_KEY, SIGNAL_NUMBER), vec2<u32>(i, tick)).x;
    return multiply_high(draw, 2u * SIGNAL_AMPLITUDE + 1u) - SIGNAL_AMPLITUDE;
}
