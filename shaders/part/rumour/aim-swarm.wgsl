// A node tells whomever one of the tick's permutations takes it to: 1 + the permutation's number. Twin: src/part/rumour/aim.rs.
override AIMS: u32;

fn aim_of(i: u32, tick: u32) -> u32 {
    return multiply_high(ask_word(i, 0u, tick), AIMS) + 1u;
}
