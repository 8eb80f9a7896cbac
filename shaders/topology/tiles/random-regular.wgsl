// A node of random Hamiltonian cycles by itself: where it is on a cycle is worked out once for the next node and the last one. See
// src/topology/tiles.rs.

fn gained_from(own: i32, i: u32, j: u32, k: u32) -> i32 {
    let low = min(i, j);
    return gained(own, held(j), low, max(i, j) - low, i > j, k);
}

fn tile(t: u32, front: u32) {
    let own = held(t);
    var gain = 0;
    for (var k = 0u; k < SLOTS; k += 2u) {
        let keys = cycle_keys.words[k];
        let more = cycle_keys.words[k + 1u];
        let place = permuted(t, NODES, keys, more);
        let next = unpermuted(select(place + 1u, 0u, place == NODES - 1u), NODES, keys, more);
        let last = unpermuted(select(place - 1u, NODES - 1u, place == 0u), NODES, keys, more);
        gain += gained_from(own, t, next, k) + gained_from(own, t, last, k + 1u);
    }
    hold(t, own + gain);
}
