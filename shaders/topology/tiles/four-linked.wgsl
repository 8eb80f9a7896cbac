// A tile of four nodes that are all linked to each other, from `i` on, a multiple of 4: its six links once each. Slot k leads to the
// node whose index differs by exclusive or with k + 1.

fn gained_within(own: vec4<i32>, i: u32) -> vec4<i32> {
    // By distance: 01, 12 and 23; 02 and 13; 03.
    let by_one = gained4(own, own.yzww, i, 1u, false, vec4<u32>(0u, 2u, 0u, 0u));
    let by_two = gained4(own, own.zwww, i, 2u, false, vec4<u32>(1u));
    let by_three = gained4(own, own.wwww, i, 3u, false, vec4<u32>(2u));
    let a = by_one.x + by_two.x + by_three.x;
    let b = by_one.y + by_two.y - by_one.x;
    let c = by_one.z - by_one.y - by_two.x;
    let d = by_one.z + by_two.y + by_three.x;
    return vec4<i32>(a, b, c, -d);
}
