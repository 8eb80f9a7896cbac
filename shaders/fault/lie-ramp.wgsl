// A liar tells more from tick to tick, until the end of the range, or begins again. Twin: Lie in src/fault/lie.rs.
override LIE_VALUE: u32;
override LIE_SLOPE: u32;
override LIE_LAST: u32;
override LIE_MASK: u32;

fn lie(liar: u32, listener: u32, own: u32, tick: u32) -> u32 {
    return LIE_VALUE + ((LIE_SLOPE * min(tick, LIE_LAST)) & LIE_MASK);
}
