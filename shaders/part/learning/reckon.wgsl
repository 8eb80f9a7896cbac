// At the end of an epoch: adds up what each strategy has brought, before cells decide.
// Twin: ReckonStep in src/part/learning/work_account.rs, which says more.
//
// Reads: its own strategy and score. Reads and writes: what it has counted. Folds: the counters of all, and of its strategy.
// Hazards: none.

@group(2) @binding(0) var<storage, read> strategy: array<u32>;
@group(2) @binding(1) var<storage, read> score: array<u32>;
@group(2) @binding(2) var<storage, read_write> earned: array<u32>;

override STRATEGIES: u32;
// Which word of what a cell has earned is the first of the account's five.
override FIRST: u32;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = clock.first + id.y * ROW + id.x;
    if (i >= clock.end || control.stopped != 0u) {
        return;
    }
    let held = strategy[i];
    if (held == 0u || held > STRATEGIES) {
        return;
    }
    add64(0u, 1u, 0u);
    add64(held, 1u, 0u);
    let own = score[i];
    add64(held + STRATEGIES, own, select(0u, 0xFFFFFFFFu, i32(own) < 0));
    for (var k = 0u; k < 5u; k++) {
        let at = word_at(FIRST + k, i);
        let counted = earned[at];
        if (counted != 0u) {
            add64(held + (2u + k) * STRATEGIES, counted, 0u);
            earned[at] = 0u;
        }
    }
}
