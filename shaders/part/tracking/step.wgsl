// Beliefs gain what their inputs have gained. Twin: src/part/tracking/step.rs, which says more.
//
// Reads: its own input. Reads and writes: its own belief, and the input that it has taken in.
// Hazards: none.

@group(2) @binding(0) var<storage, read> input: array<u32>;
@group(2) @binding(1) var<storage, read_write> belief: array<u32>;
@group(2) @binding(2) var<storage, read_write> seen: array<u32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = clock.first + id.y * ROW + id.x;
    if (i >= clock.end || control.stopped != 0u) {
        return;
    }
    if (takes_part(i)) {
        belief[i] += input[i] - seen[i];
        seen[i] = input[i];
    }
}
