// How a workgroup of 64 puts what each of its invocations has added up together. Twin: src/gauge/accumulator.rs.

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
