// A scripted signal: how the inputs that beliefs follow change. Twin: src/part/consensus/signal/step.rs, which says more.
//
// Reads: its own input at the beginning, or as the signal before has left it; whether it is meant. Writes: its own input.
// Hazards: none.

@group(2) @binding(0) var<storage, read_write> input: array<u32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = clock.first + id.y * ROW + id.x;
    if (i >= clock.end || control.stopped != 0u) {
        return;
    }
    let before = before_signal(i, input[i]);
    input[i] = before + select(0u, change_of(i, clock.tick), is_meant(i));
}
