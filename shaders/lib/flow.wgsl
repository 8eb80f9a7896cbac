// What flows over a link, as its own end sees it. Twin: src/part/average/step/flow.rs.
//
// A divisor is known by a word d: by itself.

fn value_of(d: u32) -> u32 {
    return d;
}

// ⌊sum / d⌋; `/` rounds towards zero.
fn floor_divide(sum: i32, d: u32) -> i32 {
    let quotient = sum / i32(d);
    return quotient - select(0, 1, sum - quotient * i32(d) < 0);
}

fn divide_towards_zero(sum: i32, d: u32) -> i32 {
    return sum / i32(d);
}

// r from ρ: what node i adds to its difference to j before it rounds down.
fn seen_from(i: u32, j: u32, rho: u32, q: u32) -> i32 {
    return i32(select(q - 1u - rho, rho, i > j));
}
