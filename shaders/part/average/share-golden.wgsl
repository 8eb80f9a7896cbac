// What an end of a link gains, of which the other end has so much more: up or down by a Weyl sequence over the ticks. One link, or four
// from lower ends that follow each other. Twin: src/part/average/step/flow.rs.

fn share(more: i32, low: u32, distance: u32, up: bool) -> i32 {
    let word = link_phase(low, distance) + clock.tick * 0x9E3778C1u;
    return divided(more, ((word >> 16u) * DIVISOR) >> 16u, up);
}

fn share4(more: vec4<i32>, low: u32, distance: u32, up: bool) -> vec4<i32> {
    // As in `link_phase`: what is multiplied goes up by the same for each node.
    let first = low * 0x9E3779B1u;
    var word = vec4<u32>(first, first + 0x9E3779B1u, first + 0x3C6EF362u, first + 0xDAA66D13u) ^ vec4<u32>(distance * 0xC2B2AE35u);
    word ^= word >> vec4<u32>(16u);
    word = word * 0x85EBCA6Bu + clock.tick * 0x9E3778C1u;
    return divided4(more, ((word >> vec4<u32>(16u)) * DIVISOR) >> vec4<u32>(16u), up);
}

fn near_share4(more: vec4<i32>, low: u32, distance: u32, up: bool, odd: u32) -> vec4<i32> {
    return share4(more, low, distance, up);
}

fn apart_share4(more: vec4<i32>, low: vec4<u32>, distance: vec4<u32>, up: vec4<bool>) -> vec4<i32> {
    var word = (low * 0x9E3779B1u) ^ (distance * 0xC2B2AE35u);
    word ^= word >> vec4<u32>(16u);
    word = word * 0x85EBCA6Bu + clock.tick * 0x9E3778C1u;
    return apart_divided4(more, ((word >> vec4<u32>(16u)) * DIVISOR) >> vec4<u32>(16u), up);
}

fn share_by(more: i32, low: u32, distance: u32, up: bool, q: u32) -> i32 {
    let word = link_phase(low, distance) + clock.tick * 0x9E3778C1u;
    return divided_by(more, ((word >> 16u) * q) >> 16u, up, q);
}
