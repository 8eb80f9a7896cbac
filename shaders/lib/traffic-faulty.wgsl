// Who hears whom where links lose messages, nodes are down or lie, and walls stand. Twin: src/hear/mod.rs.
//
// The bits of a status: 1 crashed, 2 killed, 4 liar, 8 just back; above, groups and sides.

@group(3) @binding(0) var<storage, read> status: array<u32>;

// Whether whoever is asked always answers.
fn all_answer() -> bool {
    return false;
}

// The probability that an exchange is lost, in 2^-32; 0 for never.
override LOSS: u32;
override LOSS_KEY: u32;

fn is_lost(i: u32, j: u32, tick: u32) -> bool {
    let low = min(i, j);
    return LOSS != 0u && happens(vec2<u32>(LOSS_KEY, max(i, j) - low), low, tick, LOSS);
}

fn is_up(i: u32) -> bool {
    return (status[i] & 3u) == 0u;
}

fn is_liar(i: u32) -> bool {
    return (status[i] & 4u) != 0u;
}

// Whether the node is up and honest, so that its state may change.
fn takes_part(i: u32) -> bool {
    return (status[i] & 7u) == 0u;
}

fn acts(i: u32, tick: u32) -> bool {
    return is_up(i) && is_active(i, tick);
}

// Whether two nodes are up, and on the same side of every wall.
fn meets(i: u32, j: u32) -> bool {
    let a = status[i];
    let b = status[j];
    return (((a | b) & 3u) | ((a ^ b) & clock.walls)) == 0u;
}

// Whether two nodes can exchange anything, linked or not.
fn reaches(i: u32, j: u32, tick: u32) -> bool {
    let a = status[i];
    let b = status[j];
    return (((a | b) & 3u) | ((a ^ b) & clock.walls)) == 0u && !is_lost(i, j, tick);
}

// Whether the link from i to its k-th neighbour j can carry anything.
fn link_carries(i: u32, j: u32, k: u32, tick: u32) -> bool {
    if (k < 32u && ((clock.cuts >> k) & 1u) != 0u) {
        return false;
    }
    return reaches(i, j, tick);
}

// The same by i's own status, for whoever asks for one link after the other.
fn status_of(i: u32) -> u32 {
    return status[i];
}

fn link_carries_from(own: u32, i: u32, j: u32, k: u32, tick: u32) -> bool {
    let other = status[j];
    let cut = select(0u, (clock.cuts >> (k & 31u)) & 1u, k < 32u);
    return (((own | other) & 3u) | ((own ^ other) & clock.walls) | cut) == 0u && !is_lost(i, j, tick);
}

// Whether j, if it is up, could reach over the link from i to its k-th neighbour j for what i holds, though i is down.
fn serves(i: u32, j: u32, k: u32, tick: u32) -> bool {
    if (k < 32u && ((clock.cuts >> k) & 1u) != 0u) {
        return false;
    }
    let a = status[i];
    let b = status[j];
    return ((b & 3u) | ((a ^ b) & clock.walls)) == 0u && !is_lost(i, j, tick);
}

// Whether it does, in a tick in which i acts or not.
fn hears(i: u32, i_acts: bool, j: u32, k: u32, tick: u32) -> bool {
    return (i_acts || is_active(j, tick)) && link_carries(i, j, k, tick);
}
