// Everybody is linked to everybody: i + 1 + k modulo n. Stores nothing. Twin: src/topology/complete.rs.

fn slots(i: u32) -> u32 {
    return NODES - 1u;
}

fn degree(i: u32) -> u32 {
    return NODES - 1u;
}

fn neighbour(i: u32, k: u32) -> u32 {
    let left = NODES - 1u - k;
    if (i < left) {
        return i + 1u + k;
    }
    return i - left;
}

fn link_end(i: u32, k: u32) -> u32 {
    return k * NODES + i;
}
