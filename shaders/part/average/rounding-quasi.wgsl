// An accumulator for each link carries the remainder on; both ends hold it and advance it alike.

@group(2) @binding(2) var<storage, read_write> carry: array<u32>;

fn gain(i: u32, j: u32, end: u32, own: i32, other: i32, d: u32) -> i32 {
    let downhill = select(own - other, other - own, i > j);
    let total = downhill + i32(carry[end]);
    let flow = floor_divide(total, d);
    carry[end] = u32(total - flow * i32(value_of(d)));
    return select(-flow, flow, i > j);
}
