// The class of a link's Metropolis divisor, which stands with the link: neither end's degree need be looked up.

fn divisor(i: u32, j: u32, end: u32) -> u32 {
    return row_ends[end] >> INDEX_BITS;
}
