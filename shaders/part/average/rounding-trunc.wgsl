// Towards zero.

fn gain(i: u32, j: u32, end: u32, own: i32, other: i32, q: u32) -> i32 {
    return (other - own) / i32(q);
}
