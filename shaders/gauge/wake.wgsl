// For how many workgroups a step is dispatched that has something to do at places at rest only in ticks in which a word is not 0. Twin:
// src/device/gpu/reach.rs.
//
// Reads: that word. Writes: the last slot of the reach.
// Hazards: none.

@group(2) @binding(0) var<storage, read_write> reach: array<u32>;
@group(2) @binding(1) var<storage, read> wakes: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32) {
    if (lane != 0u) {
        return;
    }
    let all = (NODES + 255u) / 256u;
    let row = ROW / 256u;
    // The number of the last look, modulo 4.
    let slot = 3u * (4u + clock.column);
    let is_at_rest = wakes[0] == 0u;
    reach[24] = select(row, reach[slot], is_at_rest);
    reach[25] = select((all + row - 1u) / row, reach[slot + 1u], is_at_rest);
    reach[26] = 1u;
}
