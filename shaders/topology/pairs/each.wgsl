// The neighbours of node i over slots k and k + 1, where they have nothing in common.

fn two_neighbours(i: u32, k: u32) -> vec2<u32> {
    return vec2<u32>(neighbour(i, k), neighbour(i, k + 1u));
}
