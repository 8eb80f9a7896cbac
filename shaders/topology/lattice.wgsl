// Cells in a box that wraps, links to fixed sites of the cell and of those beside it. Stores only the table of the links.
// Twin: src/topology/lattice/mod.rs.
override WIDTH: u32;
override HEIGHT: u32;
override DEPTH: u32;
override SITES: u32;
override SLOTS: u32;
override TWIST: u32;
override TURNS_ROUND: u32;
// Whether any link changes z.
override IS_DEEP: u32;

// For each slot and site: what to add to the index, and the cells to go in x, y and z: 1, 0 or −1 modulo 2^32.
struct Hops {
    table: array<vec4<u32>, 32>,
}

@group(1) @binding(0) var<uniform> hops: Hops;

fn slots(i: u32) -> u32 {
    return SLOTS;
}

fn degree(i: u32) -> u32 {
    return SLOTS;
}

// Whether a step leaves a side of the box from this coordinate.
fn leaves(by: u32, coordinate: u32, side: u32) -> bool {
    return (by == 1u && coordinate + 1u == side) || (by == 0xFFFFFFFFu && coordinate == 0u);
}

fn neighbour(i: u32, k: u32) -> u32 {
    let layer = WIDTH * HEIGHT;
    let index = i / layer;
    let at = i - index * layer;
    let z = index / SITES;
    let y = at / WIDTH;
    let x = at - y * WIDTH;
    let hop = hops.table[k * SITES + (index - z * SITES)];
    var j = i + hop.x;
    if (leaves(hop.y, x, WIDTH)) {
        j -= hop.y * WIDTH;
    }
    if (leaves(hop.z, y, HEIGHT)) {
        j -= hop.z * layer;
        if (TURNS_ROUND != 0u) {
            j += WIDTH - 1u - 2u * x;
        } else if (TWIST != 0u) {
            let shift = select(WIDTH - TWIST, TWIST, hop.z == 1u);
            j += select(shift, shift - WIDTH, x >= WIDTH - shift);
        }
    }
    if (IS_DEEP != 0u && leaves(hop.w, z, DEPTH)) {
        j -= hop.w * NODES;
    }
    return j;
}

fn link_end(i: u32, k: u32) -> u32 {
    return k * NODES + i;
}
