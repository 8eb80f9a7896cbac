// i ± offset for every offset, as forward distances modulo n. Stores nothing. Twin: src/topology/circulant.rs.
override SLOTS: u32;

struct Distances {
    words: array<vec4<u32>, 256>,
}

@group(1) @binding(0) var<uniform> distances: Distances;

fn slots(i: u32) -> u32 {
    return SLOTS;
}

fn degree(i: u32) -> u32 {
    return SLOTS;
}

fn neighbour(i: u32, k: u32) -> u32 {
    let distance = distances.words[k >> 2u][k & 3u];
    let left = NODES - distance;
    if (NODES > 0x80000000u) {
        return select(i - left, i + distance, i < left);
    }
    // The other of the two is no index.
    return min(i - left, i + distance);
}

fn link_end(i: u32, k: u32) -> u32 {
    return k * NODES + i;
}
