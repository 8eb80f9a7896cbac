// A liar tells each listener the phase opposite to its own. Twin: Lie in src/fault/lie.rs.

fn lie(liar: u32, listener: u32, own: u32, tick: u32) -> u32 {
    return own ^ 0x80000000u;
}
