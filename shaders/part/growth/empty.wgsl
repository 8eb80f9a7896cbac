// Of a cell that is gone nothing is left. Twin: src/part/growth/steps/empty.rs.
//
// Reads: what has happened to it. Writes: its own words, if it is gone. Hazards: none.

@group(2) @binding(0) var<storage, read> events: array<u32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = clock.first + id.y * ROW + id.x;
    if (i >= clock.end || control.stopped != 0u) {
        return;
    }
    if (events[i] == GONE) {
        empty(i);
    }
}
