// Whether nine tenths of the cells held a strategy in the epoch that ends: once for the swarm.
// Twin: LeadStep in src/part/learning/work_account.rs, which says more.
//
// Reads: the counters. Reads and writes: what it has seen of them. Folds: when that was so first.
// Hazards: none; one invocation does it all.

@group(2) @binding(0) var<storage, read> tally: array<u32>;
@group(2) @binding(1) var<storage, read_write> seen_all: array<u32>;
@group(2) @binding(7) var<storage, read_write> found_at: array<atomic<u32>>;

// The first of the strategies that it is for.
override FIRST: u32;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = clock.first + id.y * ROW + id.x;
    if (i >= clock.end || control.stopped != 0u) {
        return;
    }
    let now = tally[0];
    let all = now - seen_all[i];
    seen_all[i] = now;
    for (var k = 0u; k < SEEN; k++) {
        let held = grown(k, i, tally[1u + FIRST + k]);
        // 10 * held >= 9 * all, without leaving 32 bits.
        if (all != 0u && all - min(all, held) <= held / 9u) {
            atomicMax(&found_at[FIRST + k], 0xFFFFFFFFu - clock.tick);
        }
    }
}
