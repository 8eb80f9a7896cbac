// A node that comes back has forgotten a column. Twin: src/part/faults/forget.rs.
//
// Reads: its own status, or its own agents'. Reads and writes: its own words of the column, and of the ledger.
// Hazards: none.

@group(2) @binding(0) var<storage, read> state: array<u32>;
@group(2) @binding(1) var<storage, read_write> column: array<u32>;

// The column's words a node.
override LANES: u32;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = clock.first + id.y * ROW + id.x;
    if (i >= clock.end || control.stopped != 0u) {
        return;
    }
    if (!is_fresh(i)) {
        return;
    }
    count_destroyed(i, column[i]);
    for (var lane = 0u; lane < LANES; lane++) {
        column[word_at(lane, i)] = 0u;
    }
}
