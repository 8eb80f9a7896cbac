// The neighbours of node i over slots k and k + 1, where k is even: the next one and the last one on a cycle, on which i has one place.

fn two_neighbours(i: u32, k: u32) -> vec2<u32> {
    let keys = cycle_keys.words[k];
    let more = cycle_keys.words[k + 1u];
    let place = permuted(i, NODES, keys, more);
    let next = unpermuted(select(place + 1u, 0u, place == NODES - 1u), NODES, keys, more);
    let last = unpermuted(select(place - 1u, NODES - 1u, place == 0u), NODES, keys, more);
    return vec2<u32>(next, last);
}
