// Inputs differ by more from tick to tick, by a slope that is drawn for each node. Twin: Change in src/part/consensus/signal/step.rs.
override SIGNAL_LOW: u32;
override SIGNAL_WIDTH: u32;
override SIGNAL_KEY: u32;
override SIGNAL_NUMBER: u32;

fn change_of(i: u32, tick: u32) -> u32 {
    let draw = threefry2x32(vec2<u32>(SIGNAL_KEY, SIGNAL_NUMBER), vec2<u32>(i, 0u)).x;
    return (SIGNAL_LOW + multiply_high(draw, SIGNAL_WIDTH)) * tick;
}
