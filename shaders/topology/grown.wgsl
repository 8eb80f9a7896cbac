// A network whose nodes come and go in families of four, behind the network of the founders, whose functions have the number 0.
// Twin: src/topology/grown.rs.
//
// Two columns say who is whose child: 1 + the parent, 0 for none; the first of four children, 0 for none.

@group(1) @binding(PARENTS) var<storage, read> parents: array<u32>;
@group(1) @binding(FAMILIES) var<storage, read> families: array<u32>;

// How many nodes are there from the start, and the slots of their network.
override FOUNDERS: u32;
override NETWORK_SLOTS: u32;

// The parent of a node that has one, and the first child of one that has any; else the node itself.
fn parent_of(i: u32) -> u32 {
    let parent = parents[i];
    return select(parent - 1u, i, parent == 0u);
}

fn family_of(i: u32) -> u32 {
    let family = families[i];
    return select(family, i, family == 0u);
}

// How many siblings, parents and children a node has.
fn relatives(i: u32) -> u32 {
    return select(0u, 4u, parents[i] != 0u) + select(0u, 4u, families[i] != 0u);
}

// Only what there is, so that where nobody has come all is as without.
fn slots(i: u32) -> u32 {
    if (i < FOUNDERS) {
        return slots_0(i) + relatives(i);
    }
    return relatives(i);
}

fn degree(i: u32) -> u32 {
    if (i < FOUNDERS) {
        return degree_0(i) + relatives(i);
    }
    return relatives(i);
}

fn relative(i: u32, k: u32) -> u32 {
    if (k < 3u) {
        let place = (i - FOUNDERS) & 3u;
        return select(i - place + ((place + 1u + k) & 3u), i, parents[i] == 0u);
    }
    if (k == 3u) {
        return parent_of(i);
    }
    let family = families[i];
    return select(family + k - 4u, i, family == 0u);
}

fn neighbour(i: u32, k: u32) -> u32 {
    let network = select(0u, NETWORK_SLOTS, i < FOUNDERS);
    if (k < network) {
        return neighbour_0(i, k);
    }
    let count = relatives(i);
    if (k - network < count) {
        return relative(i, k - network + select(4u, 0u, parents[i] != 0u));
    }
    if (i >= FOUNDERS) {
        return i;
    }
    return neighbour_0(i, k - count);
}

fn link_end(i: u32, k: u32) -> u32 {
    return k * NODES + i;
}
