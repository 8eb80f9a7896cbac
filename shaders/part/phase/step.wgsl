// Phases that pull at each other (Kuramoto 1975): a node turns by its own frequency, and towards those that it hears.
// Twin: src/part/phase/step.rs, which says more.
//
// Reads: its own phase and frequency, and the phases of those that it hears.
// Writes: its own next phase.
// Hazards: none; what it reads of others it does not write. The whole workgroup meets once, when the table of sines is made.

@group(2) @binding(0) var<storage, read> phase: array<u32>;
@group(2) @binding(1) var<storage, read_write> phase_next: array<u32>;
@group(2) @binding(2) var<storage, read> frequency: array<u32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    make_sine_table(lane);
    workgroupBarrier();
    let i = clock.first + id.y * ROW + id.x;
    if (i >= clock.end || control.stopped != 0u) {
        return;
    }
    let own = phase[i];
    var next = own;
    if (takes_part(i)) {
        let heard = sines(i, own, clock.tick);
        next += frequency[i] + pull(heard.xy, heard.z);
    }
    phase_next[i] = next;
}
