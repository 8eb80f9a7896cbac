// Random Hamiltonian cycles: the node after i on cycle c is P⁻¹(P(i) + 1). Stores nothing but keys.
// Twin: src/topology/random_regular.rs.
override SLOTS: u32;

struct CycleKeys {
    words: array<vec4<u32>, 1024>,
}

@group(1) @binding(0) var<uniform> cycle_keys: CycleKeys;

fn slots(i: u32) -> u32 {
    return SLOTS;
}

fn degree(i: u32) -> u32 {
    return SLOTS;
}

fn neighbour(i: u32, k: u32) -> u32 {
    let keys = cycle_keys.words[k & ~1u];
    let more = cycle_keys.words[k | 1u];
    let place = permuted(i, NODES, keys, more);
    let next = select(place + 1u, 0u, place == NODES - 1u);
    let last = select(place - 1u, NODES - 1u, place == 0u);
    return unpermuted(select(last, next, (k & 1u) == 0u), NODES, keys, more);
}

fn link_end(i: u32, k: u32) -> u32 {
    return k * NODES + i;
}
