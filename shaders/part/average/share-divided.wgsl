// Differences, rounded up or down and divided: the quotient's floor without a signed division. Twin: src/part/average/step/flow.rs.
//
// `rho` below the divisor is what the upper end adds; the lower end adds what makes it lose what the upper one gains.
override DIVISOR: u32;
// A multiple of the divisor that no difference is below the negative of, and which one.
override BIAS: u32;
override TIMES: u32;

fn divided(more: i32, rho: u32, up: bool) -> i32 {
    let turn = select(0xFFFFFFFFu, 0u, up);
    return i32((u32(more) + (rho ^ turn) + (BIAS + (turn & DIVISOR))) / DIVISOR - TIMES);
}

fn divided4(more: vec4<i32>, rho: vec4<u32>, up: bool) -> vec4<i32> {
    let turn = select(0xFFFFFFFFu, 0u, up);
    return vec4<i32>((vec4<u32>(more) + (rho ^ vec4<u32>(turn)) + (BIAS + (turn & DIVISOR))) / vec4<u32>(DIVISOR) - TIMES);
}

fn apart_divided4(more: vec4<i32>, rho: vec4<u32>, up: vec4<bool>) -> vec4<i32> {
    let turned = select(vec4<u32>(DIVISOR - 1u) - rho, rho, up);
    return vec4<i32>((vec4<u32>(more) + turned + vec4<u32>(BIAS)) / vec4<u32>(DIVISOR) - TIMES);
}

// By another divisor, of which `rho` is below.
fn divided_by(more: i32, rho: u32, up: bool, q: u32) -> i32 {
    let sum = more + i32(select(q - 1u - rho, rho, up));
    let quotient = sum / i32(q);
    return quotient - select(0, 1, sum - quotient * i32(q) < 0);
}
