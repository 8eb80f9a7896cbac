// Links up and down of four nodes that follow each other on a Klein bottle, from i on, where x is: whoever leaves the first row or the last
// one enters the other with x turned round, so that four nodes there meet four in the opposite order.

fn gained_turned(own: vec4<i32>, i: u32, first: u32, k: u32) -> vec4<i32> {
    let nodes = vec4<u32>(i, i + 1u, i + 2u, i + 3u);
    let others = vec4<u32>(first + 3u, first + 2u, first + 1u, first);
    return apart_gained4(own, held4(first).wzyx, nodes, others, vec4<u32>(k));
}

fn gained_up(own: vec4<i32>, i: u32, x: u32, at_top: bool) -> vec4<i32> {
    if (at_top) {
        return gained_turned(own, i, NODES - 4u - x, 3u);
    }
    return gained4(own, held4(i - WIDTH), i - WIDTH, WIDTH, true, vec4<u32>(3u));
}

fn gained_down(own: vec4<i32>, i: u32, x: u32, at_bottom: bool) -> vec4<i32> {
    if (at_bottom) {
        return gained_turned(own, i, WIDTH - 4u - x, 2u);
    }
    return gained4(own, held4(i + WIDTH), i, WIDTH, false, vec4<u32>(2u));
}
