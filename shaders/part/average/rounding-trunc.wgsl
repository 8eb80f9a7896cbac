// Towards zero.

fn gain(i: u32, j: u32, end: u32, own: i32, other: i32, d: u32) -> i32 {
    return divide_towards_zero(other - own, d);
}
