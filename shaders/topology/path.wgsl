// A path: i ± 1, the ends without one. Stores nothing. Twin: src/topology/path.rs.

fn slots(i: u32) -> u32 {
    return 2u;
}

fn degree(i: u32) -> u32 {
    return u32(i > 0u) + u32(i + 1u < NODES);
}

fn neighbour(i: u32, k: u32) -> u32 {
    if (k == 0u) {
        return min(i + 1u, NODES - 1u);
    }
    return select(i - 1u, 0u, i == 0u);
}

fn link_end(i: u32, k: u32) -> u32 {
    return k * NODES + i;
}
