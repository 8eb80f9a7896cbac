// What flows over a link, as its own end sees it, where divisors come in classes with their reciprocals. Twins:
// src/part/average/step/flow.rs, src/number/divide.rs.
//
// A divisor is known by a word d: by its class.

fn value_of(d: u32) -> u32 {
    return classes.table[d].x;
}

// ⌊n / d⌋ of n below 2^31.
fn divide(n: u32, d: u32) -> u32 {
    return multiply_high(n, classes.table[d].y) >> classes.table[d].z;
}

// ⌊sum / d⌋: of a negative sum the complement of its complement's quotient.
fn floor_divide(sum: i32, d: u32) -> i32 {
    let sign = u32(sum >> 31u);
    return i32(divide(u32(sum) ^ sign, d) ^ sign);
}

fn divide_towards_zero(sum: i32, d: u32) -> i32 {
    let sign = u32(sum >> 31u);
    return i32((divide(u32(abs(sum)), d) ^ sign) - sign);
}

// r from ρ: what node i adds to its difference to j before it rounds down.
fn seen_from(i: u32, j: u32, rho: u32, q: u32) -> i32 {
    return i32(select(q - 1u - rho, rho, i > j));
}
