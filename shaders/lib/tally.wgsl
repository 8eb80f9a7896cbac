// What a measurement adds up: wide numbers in two or three words, low first. Twin:
// src/gauge/accumulator.rs.

fn add64(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    let low = a.x + b.x;
    return vec2<u32>(low, a.y + b.y + select(0u, 1u, low < a.x));
}

fn add96(a: vec3<u32>, b: vec3<u32>) -> vec3<u32> {
    let lower = add64(a.xy, b.xy);
    let carries = lower.y < a.y || (lower.y == a.y && lower.x < a.x);
    return vec3<u32>(lower, a.z + b.z + select(0u, 1u, carries));
}

// A signed word as a wide one.
fn widened(x: i32) -> vec2<u32> {
    return vec2<u32>(u32(x), select(0u, 0xFFFFFFFFu, x < 0));
}

// The square of a signed word, from halves of 16 bits: their products are what GPUs multiply fast.
fn squared(x: i32) -> vec2<u32> {
    let magnitude = u32(abs(x));
    let l = magnitude & 0xFFFFu;
    let h = magnitude >> 16u;
    let cross = h * l;
    return add64(vec2<u32>(l * l, h * h), vec2<u32>(cross << 17u, cross >> 15u));
}

// -1, 0 or 1: how two signed wide numbers compare.
fn compare(a: vec2<u32>, b: vec2<u32>) -> i32 {
    if (a.y != b.y) {
        return select(1, -1, i32(a.y) < i32(b.y));
    }
    return select(select(1, -1, a.x < b.x), 0, a.x == b.x);
}
