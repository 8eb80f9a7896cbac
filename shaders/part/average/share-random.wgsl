// What an end of a link gains, of which the other end has so much more: up or down by a draw, which four lower ends from a multiple of 4
// on share. One link, or four from lower ends that follow each other. Twin: src/part/average/step/flow.rs.
override ROUNDING_KEY: u32;

fn share_draw(four: u32, distance: u32) -> vec2<u32> {
    return threefry2x32(vec2<u32>(ROUNDING_KEY, distance), vec2<u32>(four, clock.tick));
}

// The quarters of a draw, for the first to the fourth lower end.
fn quarters(draw: vec2<u32>) -> vec4<u32> {
    return vec4<u32>(draw.x >> 16u, draw.x & 0xFFFFu, draw.y >> 16u, draw.y & 0xFFFFu);
}

fn quarter_of(low: u32, distance: u32) -> u32 {
    let draw = share_draw(low >> 2u, distance);
    let word = select(draw.y, draw.x, (low & 2u) == 0u);
    return (word >> (16u - (low & 1u) * 16u)) & 0xFFFFu;
}

fn share(more: i32, low: u32, distance: u32, up: bool) -> i32 {
    return divided(more, (quarter_of(low, distance) * DIVISOR) >> 16u, up);
}

fn apart_share4(more: vec4<i32>, low: vec4<u32>, distance: vec4<u32>, up: vec4<bool>) -> vec4<i32> {
    let a = vec2<u32>(quarter_of(low.x, distance.x), quarter_of(low.y, distance.y));
    let b = vec2<u32>(quarter_of(low.z, distance.z), quarter_of(low.w, distance.w));
    return apart_divided4(more, (vec4<u32>(a, b) * DIVISOR) >> vec4<u32>(16u), up);
}

fn share_by(more: i32, low: u32, distance: u32, up: bool, q: u32) -> i32 {
    return divided_by(more, (quarter_of(low, distance) * q) >> 16u, up, q);
}

fn share4(more: vec4<i32>, low: u32, distance: u32, up: bool) -> vec4<i32> {
    return divided4(more, (quarters(share_draw(low >> 2u, distance)) * DIVISOR) >> vec4<u32>(16u), up);
}

fn near_quarters(low: u32, distance: u32, odd: u32) -> vec4<u32> {
    let a = quarters(share_draw(low >> 2u, distance));
    if (odd == 0u) {
        return a;
    }
    let b = quarters(share_draw((low >> 2u) + 1u, distance));
    if (odd == 1u) {
        return vec4<u32>(a.yzw, b.x);
    }
    if (odd == 2u) {
        return vec4<u32>(a.zw, b.xy);
    }
    return vec4<u32>(a.w, b.xyz);
}

fn near_share4(more: vec4<i32>, low: u32, distance: u32, up: bool, odd: u32) -> vec4<i32> {
    return divided4(more, (near_quarters(low, distance, odd) * DIVISOR) >> vec4<u32>(16u), up);
}
