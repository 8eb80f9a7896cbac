// Links of a tile of four nodes that follow each other in x on a lattice: `i` is the first, a multiple of 4 as the width is. See
// src/topology/lattice/tiles.rs, which calls these.

// To four nodes from j on, with the same x each.
fn gained_straight(own: vec4<i32>, i: u32, j: u32, k: u32) -> vec4<i32> {
    let low = min(i, j);
    return gained4(own, held4(j), low, max(i, j) - low, i > j, vec4<u32>(k));
}

// To four nodes from j on, each one further in x than its own; the last one goes round at the right edge.
fn gained_ahead(own: vec4<i32>, i: u32, j: u32, k: u32, at_right: bool) -> vec4<i32> {
    let last = j + select(3u, 3u - WIDTH, at_right);
    let other = vec4<i32>(near4(j).xyz, held(last));
    let low = min(i, j);
    var gain = near_gained4(own, other, low, max(i, j) - low, i > j, vec4<u32>(k), select(0u, 1u, i > j));
    if (at_right) {
        let lowest = min(i + 3u, last);
        gain.w = gained(own.w, other.w, lowest, max(i + 3u, last) - lowest, i + 3u > last, k);
    }
    return gain;
}

// To four nodes from j on, each one before its own in x; the first one goes round at the left edge.
fn gained_behind(own: vec4<i32>, i: u32, j: u32, k: u32, at_left: bool) -> vec4<i32> {
    let first = j + select(0u, WIDTH, at_left);
    if (j == 0xFFFFFFFFu) {
        // Four nodes that begin before node 0, which is no place to read from: one by one.
        var each = vec4<i32>(0);
        for (var n = 0u; n < 4u; n++) {
            let to = select(n - 1u, first, n == 0u);
            let low = min(i + n, to);
            each[n] = gained(own[n], held(to), low, max(i + n, to) - low, i + n > to, k);
        }
        return each;
    }
    let other = vec4<i32>(held(first), near4(j).yzw);
    let low = min(i, j);
    var gain = near_gained4(own, other, low, max(i, j) - low, i > j, vec4<u32>(k), select(0u, 3u, i > j));
    if (at_left) {
        let lowest = min(i, first);
        gain.x = gained(own.x, other.x, lowest, max(i, first) - lowest, i > first, k);
    }
    return gain;
}

// To the next and the last node in x: of the three links within the tile each once. Slot `ahead` leads to the right, `behind` to the left.
fn gained_in_row(own: vec4<i32>, i: u32, ahead: u32, behind: u32, at_left: bool, at_right: bool) -> vec4<i32> {
    let left = select(i - 1u, i + (WIDTH - 1u), at_left);
    let right = select(i + 4u, i - (WIDTH - 4u), at_right);
    let beyond = held(right);
    var gain = vec4<i32>(0);
    gain.x = gained(own.x, held(left), select(left, i, at_left), select(1u, WIDTH - 1u, at_left), !at_left, behind);
    let inner = gained4(own, vec4<i32>(own.yzw, beyond), i, 1u, false, vec4<u32>(ahead));
    gain += vec4<i32>(inner.xyz, 0) - vec4<i32>(0, inner.xyz);
    if (at_right) {
        gain.w += gained(own.w, beyond, right, WIDTH - 1u, true, ahead);
    } else {
        gain.w += inner.w;
    }
    return gain;
}
