// The sine of a phase, of which 2^32 are one turn, as an integer of which 32767 are 1. Twin: src/number/sine.rs.
//
// The table's entries are computed: an array with its values in the source is copied to every invocation by some drivers, and
// searched by others.

// round(32767 sin(πi/512)) for i up to 256: the table of a quarter turn. A polynomial of degree seven, sought so that it rounds to the
// table's entry at every i; no product has a factor of more than 24 bits, which is what GPUs multiply fast, and compilers are told so.
fn quarter_sine(i: u32) -> u32 {
    let n = i & 511u;
    let third = (333383u - ((18327u * (n * n)) >> 16u)) & 0xFFFFFFu;
    let second = (2709055u - ((((third * n) >> 8u) * n) >> 8u)) & 0xFFFFFFu;
    let first = (6588172u - ((((second * n) >> 8u) * n) >> 8u)) & 0xFFFFFFu;
    return (first * n + 16609u) >> 15u;
}

// How far a phase is into the table and back, in 2^-31 quarter turns: the upper nine bits are the entry.
fn folded(phase: u32) -> u32 {
    let half_turn = phase << 1u;
    return min(half_turn, 0u - half_turn);
}

// The sine between two entries, which are less than 256 apart, to the nearest integer.
fn interpolated(phase: u32, low: u32, high: u32) -> i32 {
    let beyond = folded(phase) & 0x7FFFFFu;
    let size = i32(low + ((((high - low) & 0xFFu) * beyond + 0x400000u) >> 23u));
    return select(size, -size, phase >= 0x80000000u);
}
