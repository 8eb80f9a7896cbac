// What flows from the lower end of a link to the upper one, (whole·q + rest)/q, by a rounding that takes whole numbers as they
// are. Twin: src/part/average/second_order/flow.rs.

fn settled(low: u32, high: u32, end: u32, whole: i32, rest: i32, q: u32) -> i32 {
    return whole - gain(low, high, end, rest, 0, q);
}
