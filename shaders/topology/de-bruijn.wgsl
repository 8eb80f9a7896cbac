// The binary de Bruijn graph, undirected: rotations of the index's digits to the left and to the right (slots 0 and 1), and
// the same with an exchange of the digit that is last on the left side of the link (slots 2 and 3). Stores nothing.
// Twin: src/topology/digits/de_bruijn.rs.
override LENGTH: u32;
override LESSER: u32;
override GREATER: u32;

fn slots(i: u32) -> u32 {
    return 4u;
}

fn degree(i: u32) -> u32 {
    let loops = select(0u, 2u, i == 0u || i == NODES - 1u);
    return 4u - loops - select(0u, 1u, i == LESSER || i == GREATER);
}

fn neighbour(i: u32, k: u32) -> u32 {
    let exchange = k >> 1u;
    let is_left = (k & 1u) == 0u;
    // The words of alternating digits are linked in both directions; one of the two counts.
    if (exchange == (LENGTH & 1u) && i == select(LESSER, GREATER, is_left)) {
        return i;
    }
    let top = LENGTH - 1u;
    if (is_left) {
        return (((i << 1u) & (NODES - 1u)) | (i >> top)) ^ exchange;
    }
    let v = i ^ exchange;
    return (v >> 1u) | ((v << top) & (NODES - 1u));
}

fn link_end(i: u32, k: u32) -> u32 {
    return k * NODES + i;
}
