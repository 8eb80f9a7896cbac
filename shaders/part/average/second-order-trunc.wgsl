// What flows from the lower end of a link to the upper one, (whole·q + rest)/q, rounded towards zero.
// Twin: src/part/average/second_order/flow.rs.

fn settled(low: u32, high: u32, end: u32, whole: i32, rest: i32, q: u32) -> i32 {
    let quotient = floor_divide(rest, q);
    let sum = whole + quotient;
    return sum + select(0, 1, sum < 0 && quotient * i32(q) != rest);
}
