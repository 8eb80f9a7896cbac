// Whom a node compares itself with: anybody but itself. Twin: src/part/learning/steps/fermi.rs.

fn other(i: u32, tick: u32) -> u32 {
    var j = multiply_high(ask_word(i, 0u, tick), NODES - 1u);
    j += select(0u, 1u, j >= i);
    return select(0xFFFFFFFFu, j, reaches(i, j, tick));
}
