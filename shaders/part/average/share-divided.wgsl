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
