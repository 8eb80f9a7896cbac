// Links of a tile of four nodes of a circulant network that may go round the end of the indices: one by one.

fn gained_round(own: vec4<i32>, i: u32, k: u32) -> vec4<i32> {
    var gain = vec4<i32>(0);
    for (var n = 0u; n < 4u; n++) {
        let j = neighbour(i + n, k);
        let low = min(i + n, j);
        gain[n] = gained(own[n], held(j), low, max(i + n, j) - low, i + n > j, k);
    }
    return gain;
}
