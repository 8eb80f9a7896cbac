// Tiles of a small world: eight nodes that follow each other. Of each length, who exchanges what with whom is worked out once for a node
// that is in the tile with both ends of the link; see src/topology/small_world/tiles.rs, which calls these.

// Bit n if the pair of the node at a place exchanges the targets of its links of this length.
fn exchanges(place: u32, offset: u32, n: u32) -> u32 {
    let draw = scramble(place >> 1u, REWIRING_KEY + offset * 0x9E3779B1u);
    return select(0u, 1u << n, draw <= REWIRING_LAST && (place ^ 1u) < NODES);
}

// With whom node i, which is at this place, exchanges its link; itself if they are as far apart as the link is long.
fn paired(i: u32, place: u32, offset: u32, keys: vec4<u32>, more: vec4<u32>) -> u32 {
    let other = unpermuted(place ^ 1u, NODES, keys, more);
    let distance = max(i, other) - min(i, other);
    return select(other, i, distance == offset || distance == NODES - offset);
}

// What four nodes gain over slot k from these others.
fn gained_from(own: vec4<i32>, nodes: vec4<u32>, others: vec4<u32>, k: u32) -> vec4<i32> {
    let words = vec4<i32>(held(others.x), held(others.y), held(others.z), held(others.w));
    return apart_gained4(own, words, nodes, others, vec4<u32>(k));
}

// What the first node of eight gains from the one before, and the last one from the one after.
fn gained_before(own: i32, i: u32) -> i32 {
    let is_first = i == 0u;
    let other = wrapped(i, NODES - 1u);
    return gained(own, held(other), select(other, i, is_first), select(1u, NODES - 1u, is_first), !is_first, 1u);
}

fn gained_after(own: i32, i: u32) -> i32 {
    let is_last = i == NODES - 1u;
    let other = wrapped(i, 1u);
    return gained(own, held(other), select(i, other, is_last), select(1u, NODES - 1u, is_last), is_last, 0u);
}
