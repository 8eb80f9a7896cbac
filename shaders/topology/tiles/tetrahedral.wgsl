// Tiles of S(4, L) and WK(4, L): a tetrahedron, each of whose nodes has a bridge besides; see src/topology/tiles.rs.

// What a node gains over its bridge, if it has one.
fn gained_over(own: i32, i: u32) -> i32 {
    let j = bridge(i);
    let low = min(i, j);
    let gain = gained(own, held(j), low, max(i, j) - low, i > j, 3u);
    return select(gain, 0, i == j);
}

fn tile(t: u32, front: u32) {
    let i = 4u * t;
    let own = held4(i);
    let bridges = vec4<i32>(gained_over(own.x, i), gained_over(own.y, i + 1u), gained_over(own.z, i + 2u), gained_over(own.w, i + 3u));
    hold4(i, own + gained_within(own, i) + bridges);
}
