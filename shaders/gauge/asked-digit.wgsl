// A node asks those that differ from it in one base-4 digit, a digit a tick, and have a greater one. Twin: src/gauge/asking.rs.
override ASKED_DIGITS: u32;

fn asked(i: u32, tick: u32) -> u32 {
    return 3u - ((i >> (2u * (tick % ASKED_DIGITS))) & 3u);
}
