// A node has asked one other if its word is not 0. Twin: src/gauge/asking.rs.

@group(2) @binding(2) var<storage, read> asking: array<u32>;

fn asked(i: u32, tick: u32) -> u32 {
    return select(0u, 1u, asking[i] != 0u);
}
