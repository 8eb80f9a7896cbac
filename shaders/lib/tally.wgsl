// What a measurement adds up: wide numbers in two or three words, low first, and how a workgroup of 64 puts its own together. Twin:
// src/measure/accumulator.rs.

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

// One accumulator at a time; every invocation must call, and may call the next right away.
var<workgroup> pool: array<u32, 256>;

fn all_counts(lane: u32, own: u32) -> u32 {
    pool[lane] = own;
    workgroupBarrier();
    for (var half = 32u; half > 0u; half /= 2u) {
        if (lane < half) {
            pool[lane] += pool[lane + half];
        }
        workgroupBarrier();
    }
    let all = pool[0];
    workgroupBarrier();
    return all;
}

fn all_minima(lane: u32, own: i32) -> i32 {
    pool[lane] = u32(own);
    workgroupBarrier();
    for (var half = 32u; half > 0u; half /= 2u) {
        if (lane < half) {
            pool[lane] = u32(min(i32(pool[lane]), i32(pool[lane + half])));
        }
        workgroupBarrier();
    }
    let all = i32(pool[0]);
    workgroupBarrier();
    return all;
}

fn all_maxima(lane: u32, own: i32) -> i32 {
    pool[lane] = u32(own);
    workgroupBarrier();
    for (var half = 32u; half > 0u; half /= 2u) {
        if (lane < half) {
            pool[lane] = u32(max(i32(pool[lane]), i32(pool[lane + half])));
        }
        workgroupBarrier();
    }
    let all = i32(pool[0]);
    workgroupBarrier();
    return all;
}

fn pooled(lane: u32) -> vec3<u32> {
    return vec3<u32>(pool[lane], pool[64u + lane], pool[128u + lane]);
}

fn put_pooled(lane: u32, own: vec3<u32>) {
    pool[lane] = own.x;
    pool[64u + lane] = own.y;
    pool[128u + lane] = own.z;
}

fn all_squares(lane: u32, own: vec3<u32>) -> vec3<u32> {
    put_pooled(lane, own);
    workgroupBarrier();
    for (var half = 32u; half > 0u; half /= 2u) {
        if (lane < half) {
            put_pooled(lane, add96(pooled(lane), pooled(lane + half)));
        }
        workgroupBarrier();
    }
    let all = pooled(0u);
    workgroupBarrier();
    return all;
}

fn all_sums(lane: u32, own: vec2<u32>) -> vec2<u32> {
    pool[lane] = own.x;
    pool[64u + lane] = own.y;
    workgroupBarrier();
    for (var half = 32u; half > 0u; half /= 2u) {
        if (lane < half) {
            let both = add64(vec2<u32>(pool[lane], pool[64u + lane]), vec2<u32>(pool[lane + half], pool[64u + lane + half]));
            pool[lane] = both.x;
            pool[64u + lane] = both.y;
        }
        workgroupBarrier();
    }
    let all = vec2<u32>(pool[0], pool[64]);
    workgroupBarrier();
    return all;
}
