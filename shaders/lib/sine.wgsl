// The sine of a phase, of which 2^32 are one turn, as an integer of which 32767 are 1. Twin: src/number/sine.rs.
//
// The table's entries are computed: an array with its values in the source is copied to every invocation by some drivers, and
// searched by others.

// round(32767 sin(πi/512)) for i up to 256: the table of a quarter turn. The coefficients are those of the polynomial of degree
// nine through the sine at Chebyshev nodes, in 2^-31, 2^-32, …; it rounds to the table's entry at every i.
fn quarter_sine(i: u32) -> u32 {
    let square = (i * i) << 15u;
    var value = 80301180u - multiply_high(square, 5211400u);
    value = 684531186u - multiply_high(square, value);
    value = 2774393222u - multiply_high(square, value);
    value = 3373259412u - multiply_high(square, value);
    return (multiply_high(value, (i * 32767u) << 9u) + 0x8000u) >> 16u;
}

// How far a phase is into the table and back, in 2^-31 quarter turns: the upper nine bits are the entry.
fn folded(phase: u32) -> u32 {
    let half_turn = phase << 1u;
    return min(half_turn, 0u - half_turn);
}

// The sine between two entries, to the nearest integer.
fn interpolated(phase: u32, low: u32, high: u32) -> i32 {
    let beyond = folded(phase) & 0x7FFFFFu;
    let size = i32(low + (((high - low) * beyond + 0x400000u) >> 23u));
    return select(size, -size, phase >= 0x80000000u);
}
