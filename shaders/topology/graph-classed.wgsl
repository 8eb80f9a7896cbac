// Stored links, with the class of each one's divisor: compressed sparse rows whose upper bits hold the class. Reads 4 bytes a link end and
// 4 a node, besides the neighbours' columns. Twin: src/topology/classes.rs.

@group(1) @binding(0) var<storage, read> row_offsets: array<u32>;
@group(1) @binding(1) var<storage, read> row_ends: array<u32>;

// Of each class the divisor, its scaled reciprocal, and how far the product's upper word is shifted.
struct Classes {
    table: array<vec4<u32>, 1024>,
}

@group(1) @binding(2) var<uniform> classes: Classes;

// The bits of an index.
override INDEX_BITS: u32;

fn slots(i: u32) -> u32 {
    return row_offsets[i + 1u] - row_offsets[i];
}

fn degree(i: u32) -> u32 {
    return row_offsets[i + 1u] - row_offsets[i];
}

fn neighbour(i: u32, k: u32) -> u32 {
    return row_ends[row_offsets[i] + k] & ((1u << INDEX_BITS) - 1u);
}

fn link_end(i: u32, k: u32) -> u32 {
    return row_offsets[i] + k;
}
