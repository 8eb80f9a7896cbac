// A liar tells one half of its listeners the one and the other half the other. Twin: Lie in src/fault/lie.rs.
override LIE_LOW: u32;
override LIE_HIGH: u32;
override LIE_KEY: u32;

fn lie(liar: u32, listener: u32, own: u32, tick: u32) -> u32 {
    return select(LIE_HIGH, LIE_LOW, (link_phase(liar ^ LIE_KEY, listener) >> 31u) == 0u);
}
