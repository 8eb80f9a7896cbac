// Counters of the whole swarm: 64 bits each, exact whoever adds first. Twin: src/counters.rs.
//
// The step that adds binds their column, of 2 * COUNTERS words, at slot 7: the lower halves of all, then the upper ones.

@group(2) @binding(7) var<storage, read_write> counters: array<atomic<u32>>;

override COUNTERS: u32;

// Adds a number in two words to counter k; one that there is not is left alone.
fn add64(k: u32, low: u32, high: u32) {
    if (k >= COUNTERS) {
        return;
    }
    let old = atomicAdd(&counters[k], low);
    // The lower half wraps equally often in any order; whoever sees it carries.
    let above = high + select(0u, 1u, old + low < low);
    if (above != 0u) {
        atomicAdd(&counters[COUNTERS + k], above);
    }
}
