// Who is up: events kill and revive nodes, and each node may crash or come back by a draw.
// Twin: src/part/faults/step.rs.
//
// Reads: the table of events. Reads and writes: its own status. Folds into: how many each event has changed.
// Hazards: none; the counts are sums.

@group(2) @binding(0) var<storage, read_write> status: array<u32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = clock.first + id.y * ROW + id.x;
    if (i >= clock.end || control.stopped != 0u) {
        return;
    }
    status[i] = after_outage(status[i], i);
}
