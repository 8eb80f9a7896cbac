// Rumour spreading: who does not know it asks for it, or is told. Twin: src/part/rumour/step.rs.
//
// Reads: what it knows itself, what those know whom it asks, the aims of those who may tell it. Writes: what it knows next, and the
// round in which it heard.
// Hazards: none; what it reads at others it does not write.

@group(2) @binding(0) var<storage, read> rumour: array<u32>;
@group(2) @binding(1) var<storage, read_write> rumour_next: array<u32>;
@group(2) @binding(2) var<storage, read_write> heard: array<u32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let i = clock.first + id.y * ROW + id.x;
    prepare(lane, i - lane, clock.tick);
    if (i >= clock.end || control.stopped != 0u) {
        return;
    }
    let word = rumour[i];
    var next = word;
    if (takes_part(i)) {
        if (word != 0u) {
            // Known before this tick.
            next = word | 0x40000000u;
        } else if (pulls(i, clock.tick) || is_told(i, clock.tick)) {
            next = 1u;
            heard[i] = clock.tick + 1u;
        }
    }
    rumour_next[i] = next;
}
