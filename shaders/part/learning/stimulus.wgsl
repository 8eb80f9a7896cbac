// How much a task is called for: once for the swarm. Twin: src/part/learning/steps/stimulus.rs, which says more.
//
// Reads: how many have done the task. Writes: what it remembers. Folds: the change of the stimulus.
// Hazards: none; one invocation does it all.

@group(2) @binding(0) var<storage, read> toil: array<u32>;
@group(2) @binding(1) var<storage, read_write> own: array<u32>;
@group(2) @binding(2) var<storage, read_write> seen: array<u32>;
@group(2) @binding(3) var<storage, read_write> stimulus: array<atomic<u32>>;

override TASK: u32;
override GROWTH: u32;
override RELIEF_SHIFT: u32;
override RELIEF: u32;
override MOST_STIMULUS: u32;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = clock.first + id.y * ROW + id.x;
    if (i >= clock.end || control.stopped != 0u) {
        return;
    }
    let busy = toil[TASK] - seen[i];
    seen[i] = toil[TASK];
    let relief = multiply_high(busy << RELIEF_SHIFT, RELIEF);
    let risen = own[i] + GROWTH;
    let next = min(risen - min(risen, relief), MOST_STIMULUS);
    // What others read is the sum of all changes.
    atomicAdd(&stimulus[TASK], next - own[i]);
    own[i] = next;
}
