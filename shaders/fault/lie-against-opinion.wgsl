// A liar tells each listener the opinion after its own. Twin: Lie in src/fault/lie.rs.
override LIE_OPINIONS: u32;

fn lie(liar: u32, listener: u32, own: u32, tick: u32) -> u32 {
    return select(own + 1u, 1u, own >= LIE_OPINIONS);
}
