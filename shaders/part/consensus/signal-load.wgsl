// Inputs differ by what the cell holds, waiting and under execution. Twins: Change in src/part/consensus/signal/step.rs, state::load in
// src/part/work/task.rs.

@group(2) @binding(3) var<storage, read> cell_state: array<u32>;

override LOAD_SCALE: u32;
override LOAD_QUEUED: u32;
override LOAD_BUSY: u32;

fn change_of(i: u32, tick: u32) -> u32 {
    let word = cell_state[i];
    return ((word & LOAD_QUEUED) + select(0u, 1u, (word & LOAD_BUSY) != 0u)) * LOAD_SCALE;
}
