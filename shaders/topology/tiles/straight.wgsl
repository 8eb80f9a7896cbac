// Links up and down of four nodes that follow each other on a torus of one layer, from i on, where x is.

fn gained_up(own: vec4<i32>, i: u32, x: u32, at_top: bool) -> vec4<i32> {
    let far = NODES - WIDTH;
    let up = select(i - WIDTH, i + far, at_top);
    return gained4(own, held4(up), select(up, i, at_top), select(WIDTH, far, at_top), !at_top, vec4<u32>(3u));
}

fn gained_down(own: vec4<i32>, i: u32, x: u32, at_bottom: bool) -> vec4<i32> {
    let far = NODES - WIDTH;
    let down = select(i + WIDTH, i - far, at_bottom);
    return gained4(own, held4(down), select(i, down, at_bottom), select(WIDTH, far, at_bottom), at_bottom, vec4<u32>(2u));
}
