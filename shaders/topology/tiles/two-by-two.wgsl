// A tile of four nodes of a hypercube, from `i` on, a multiple of 4: a square, whose four links are worked out once each.

fn gained_within(own: vec4<i32>, i: u32) -> vec4<i32> {
    let by_one = gained4(own, own.yyww, i, 1u, false, vec4<u32>(0u));
    let by_two = gained4(own, own.zwww, i, 2u, false, vec4<u32>(1u));
    return vec4<i32>(by_one.x, -by_one.x, by_one.z, -by_one.z) + vec4<i32>(by_two.xy, -by_two.xy);
}
