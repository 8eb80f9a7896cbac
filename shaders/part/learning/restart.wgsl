// At the end of an epoch a cell's belief of the mean begins anew, from its own score. Twin: src/part/learning/work_mean.rs.
//
// Reads: its own score. Writes: its own next belief.
// Hazards: none.

@group(2) @binding(0) var<storage, read> score: array<u32>;
@group(2) @binding(1) var<storage, read_write> belief_next: array<u32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = clock.first + id.y * ROW + id.x;
    if (i < clock.end && control.stopped == 0u) {
        belief_next[i] = score[i];
    }
}
