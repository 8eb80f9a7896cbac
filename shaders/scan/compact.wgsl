// The dense list of the marked nodes. Twin: src/scan/compact.rs.
//
// Reads: how many are marked before each node, anywhere, and in all. Writes: its own place of the list.
// Hazards: none.

@group(2) @binding(0) var<storage, read> prefix: array<u32>;
@group(2) @binding(1) var<storage, read> total: array<u32>;
@group(2) @binding(2) var<storage, read_write> list: array<u32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = clock.first + id.y * ROW + id.x;
    if (i >= clock.end || control.stopped != 0u) {
        return;
    }
    if (i >= total[0]) {
        list[i] = 0xFFFFFFFFu;
        return;
    }
    // Of the nodes with so many before them the last is the marked one: before `low` all have at most so many, from `high` on more.
    var low = 1u;
    var high = NODES;
    for (var round = 0u; round < 32u; round++) {
        let middle = low + (high - low) / 2u;
        if (low < high) {
            if (prefix[middle] <= i) {
                low = middle + 1u;
            } else {
                high = middle;
            }
        }
    }
    list[i] = low - 1u;
}
