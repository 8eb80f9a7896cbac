// How many others a node asks in every tick in which it acts. Twin: src/gauge/asking.rs.
override ASKED: u32;

fn asked(i: u32, tick: u32) -> u32 {
    return ASKED;
}
