// A ring whose long links are re-aimed by pairs of nodes that exchange their targets. Stores nothing but keys.
// Twin: src/topology/small_world.rs.
override SLOTS: u32;
override REWIRING_KEY: u32;
override REWIRING_LAST: u32;

struct PairKeys {
    words: array<vec4<u32>, 1024>,
}

@group(1) @binding(0) var<uniform> pair_keys: PairKeys;

// (i + by) mod the number of nodes.
fn wrapped(i: u32, by: u32) -> u32 {
    let left = NODES - by;
    return select(i - left, i + by, i < left);
}

// Who node i exchanges its link of length `offset` with: itself if it keeps it.
fn partner(i: u32, offset: u32) -> u32 {
    let keys = pair_keys.words[2u * offset - 4u];
    let more = pair_keys.words[2u * offset - 3u];
    let place = permuted(i, NODES, keys, more);
    let draw = scramble(place >> 1u, REWIRING_KEY + offset * 0x9E3779B1u);
    if (draw > REWIRING_LAST || (place ^ 1u) >= NODES) {
        return i;
    }
    let other = unpermuted(place ^ 1u, NODES, keys, more);
    let distance = max(i, other) - min(i, other);
    return select(other, i, distance == offset || distance == NODES - offset);
}

fn slots(i: u32) -> u32 {
    return SLOTS;
}

fn degree(i: u32) -> u32 {
    return SLOTS;
}

fn neighbour(i: u32, k: u32) -> u32 {
    let offset = (k >> 1u) + 1u;
    if (k < 2u) {
        return wrapped(i, select(NODES - 1u, 1u, k == 0u));
    }
    if ((k & 1u) == 0u) {
        return wrapped(partner(i, offset), offset);
    }
    return partner(wrapped(i, NODES - offset), offset);
}

fn link_end(i: u32, k: u32) -> u32 {
    return k * NODES + i;
}
