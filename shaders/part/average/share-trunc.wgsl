// What an end of a link gains, of which the other end has so much more: towards zero. One link, or four from lower ends that follow each
// other. Twin: src/part/average/step/flow.rs.
override DIVISOR: u32;

fn share(more: i32, low: u32, distance: u32, up: bool) -> i32 {
    return more / i32(DIVISOR);
}

fn share4(more: vec4<i32>, low: u32, distance: u32, up: bool) -> vec4<i32> {
    return more / vec4<i32>(i32(DIVISOR));
}

fn apart_share4(more: vec4<i32>, low: vec4<u32>, distance: vec4<u32>, up: vec4<bool>) -> vec4<i32> {
    return more / vec4<i32>(i32(DIVISOR));
}

fn share_by(more: i32, low: u32, distance: u32, up: bool, q: u32) -> i32 {
    return more / i32(q);
}

fn near_share4(more: vec4<i32>, low: u32, distance: u32, up: bool, odd: u32) -> vec4<i32> {
    return share4(more, low, distance, up);
}
