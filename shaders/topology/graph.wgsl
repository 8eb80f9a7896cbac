// Stored links: compressed sparse rows. Reads 4 bytes a link end and 4 a node, besides the neighbours' columns.
// Twin: src/topology/stored.rs.

@group(1) @binding(0) var<storage, read> row_offsets: array<u32>;
@group(1) @binding(1) var<storage, read> row_ends: array<u32>;

fn slots(i: u32) -> u32 {
    return row_offsets[i + 1u] - row_offsets[i];
}

fn degree(i: u32) -> u32 {
    return row_offsets[i + 1u] - row_offsets[i];
}

fn neighbour(i: u32, k: u32) -> u32 {
    return row_ends[row_offsets[i] + k];
}

fn link_end(i: u32, k: u32) -> u32 {
    return row_offsets[i] + k;
}
