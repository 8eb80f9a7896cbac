// At the end of an epoch: a cell's score, and whether it is at least what the cell believes the mean to be.
// Twin: src/part/learning/work_steps.rs.
//
// Reads: its own belief and members. Reads and writes: what it has earned, its score, what it tells of it.
// Hazards: none.

@group(2) @binding(0) var<storage, read_write> earned: array<u32>;
@group(2) @binding(1) var<storage, read_write> score: array<u32>;
@group(2) @binding(2) var<storage, read_write> told_of: array<u32>;
@group(2) @binding(3) var<storage, read> belief: array<i32>;

// What a wrong result that is found out takes.
override WRONG: u32;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = clock.first + id.y * ROW + id.x;
    if (i >= clock.end || control.stopped != 0u) {
        return;
    }
    let next = earned[i] - WRONG * earned[word_at(2u, i)];
    earned[word_at(2u, i)] = earned[word_at(1u, i)];
    earned[NODES + i] = 0u;
    earned[i] = 0u;
    remember_strategy(i);
    score[i] = next;
    told_of[i] = 1u + select(0u, 1u, i32(next) >= belief[i]) + select(0u, 4u, is_whole(i));
}
