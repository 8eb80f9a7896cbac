// S(4, L): three neighbours in the same tetrahedron and a bridge; its closed form WK(4, L) too. Stores nothing.
// Twin: src/topology/digits/tetrahedral.rs.
override CORNER_FLIP: u32;

fn bridge(v: u32) -> u32 {
    let d = v & 3u;
    let differs = (v ^ (d * 0x55555555u)) & (NODES - 1u);
    let shift = countTrailingZeros(differs) & 30u;
    let run = (1u << shift) - 1u;
    let e = (v >> shift) & 3u;
    let high = v & ~((run << 2u) | 3u);
    let other = high | (d << shift) | ((e * 0x55555555u) & run);
    return select(other, v ^ CORNER_FLIP, differs == 0u);
}

fn slots(i: u32) -> u32 {
    return 4u;
}

fn degree(i: u32) -> u32 {
    // Corners, whose digits are all the same, have no bridge unless the form is closed.
    return select(4u, 3u, CORNER_FLIP == 0u && ((i ^ (i >> 2u)) & ((NODES >> 2u) - 1u)) == 0u);
}

fn neighbour(i: u32, k: u32) -> u32 {
    if (k < 3u) {
        return i ^ (k + 1u);
    }
    return bridge(i);
}

fn link_end(i: u32, k: u32) -> u32 {
    return k * NODES + i;
}
