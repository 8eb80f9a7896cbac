// Counts how many do each task. Twin: src/part/learning/steps/toil.rs.
//
// Reads: its own strategy. Writes: nothing of a node. Folds: how many honest nodes that are up do each task.
// Hazards: none.

@group(2) @binding(0) var<storage, read> strategy: array<u32>;
@group(2) @binding(1) var<storage, read_write> toil: array<atomic<u32>>;

override TASKS: u32;

var<workgroup> busy: array<atomic<u32>, 17>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) place: u32) {
    // Memory of a workgroup holds anything at first.
    if (place < 17u) {
        atomicStore(&busy[place], 0u);
    }
    workgroupBarrier();
    let i = clock.first + id.y * ROW + id.x;
    if (i < clock.end && control.stopped == 0u) {
        let own = strategy[i];
        if (own <= TASKS && takes_part(i)) {
            atomicAdd(&busy[own], 1u);
        }
    }
    workgroupBarrier();
    if (place == 0u || place > TASKS) {
        return;
    }
    let count = atomicLoad(&busy[place]);
    if (count != 0u) {
        atomicAdd(&toil[place - 1u], count);
    }
}
