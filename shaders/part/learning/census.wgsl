// Counts what honest nodes that are up hold before a decision. Twin: CensusStep in src/part/learning/account.rs, which says more.
//
// Reads: its own strategy. Writes: nothing of a node.
// Folds: how far the rates of what is held are from the best, how many hold something, how many the best; a workgroup at a time.
// Hazards: none.

@group(2) @binding(0) var<storage, read> strategy: array<u32>;

// The first of three counters.
override FIRST_COUNTER: u32;

var<workgroup> held: array<atomic<u32>, 17>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) place: u32) {
    // Memory of a workgroup holds anything at first.
    if (place < 17u) {
        atomicStore(&held[place], 0u);
    }
    workgroupBarrier();
    let i = clock.first + id.y * ROW + id.x;
    if (i < clock.end && control.stopped == 0u) {
        let own = strategy[i];
        if (own <= OPTIONS && takes_part(i)) {
            atomicAdd(&held[own], 1u);
        }
    }
    workgroupBarrier();
    if (place == 0u || place > OPTIONS) {
        return;
    }
    let nodes = atomicLoad(&held[place]);
    if (nodes != 0u) {
        let below = best_rate(clock.tick) - rate(place, clock.tick);
        add64(FIRST_COUNTER, nodes * below, multiply_high(nodes, below));
        add64(FIRST_COUNTER + 1u, nodes, 0u);
        if (below == 0u) {
            add64(FIRST_COUNTER + 2u, nodes, 0u);
        }
    }
}
