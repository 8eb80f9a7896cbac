// Hamming graphs of base 2^BITS: every other value of every digit. Stores nothing. Twin: src/topology/digits/hamming.rs.
override SLOTS: u32;
override BITS: u32;

fn slots(i: u32) -> u32 {
    return SLOTS;
}

fn degree(i: u32) -> u32 {
    return SLOTS;
}

fn neighbour(i: u32, k: u32) -> u32 {
    let others = (1u << BITS) - 1u;
    return i ^ ((k % others + 1u) << (BITS * (k / others)));
}

fn link_end(i: u32, k: u32) -> u32 {
    return k * NODES + i;
}
