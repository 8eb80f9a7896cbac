// A liar always tells the same. Twin: Lie in src/fault/lie.rs.
override LIE_VALUE: u32;

fn lie(liar: u32, listener: u32, own: u32, tick: u32) -> u32 {
    return LIE_VALUE;
}
