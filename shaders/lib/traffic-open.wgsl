// Who hears whom where nothing goes wrong. Twin: src/hear/mod.rs.

// Whether whoever is asked always answers.
fn all_answer() -> bool {
    return true;
}

fn is_up(i: u32) -> bool {
    return true;
}

fn is_liar(i: u32) -> bool {
    return false;
}

// Whether the node is up and honest, so that its state may change.
fn takes_part(i: u32) -> bool {
    return true;
}

fn acts(i: u32, tick: u32) -> bool {
    return is_active(i, tick);
}

// Whether two nodes are up, and on the same side of every wall.
fn meets(i: u32, j: u32) -> bool {
    return true;
}

// Whether two nodes can exchange anything, linked or not.
fn reaches(i: u32, j: u32, tick: u32) -> bool {
    return true;
}

// Whether the link from i to its k-th neighbour j can carry anything.
fn link_carries(i: u32, j: u32, k: u32, tick: u32) -> bool {
    return true;
}

// The same by i's own status, for whoever asks for one link after the other.
fn status_of(i: u32) -> u32 {
    return 0u;
}

fn link_carries_from(own: u32, i: u32, j: u32, k: u32, tick: u32) -> bool {
    return true;
}

// Whether j could reach over the link from i to its k-th neighbour j for what i holds, though i is down.
fn serves(i: u32, j: u32, k: u32, tick: u32) -> bool {
    return true;
}

// Whether it does, in a tick in which i acts or not.
fn hears(i: u32, i_acts: bool, j: u32, k: u32, tick: u32) -> bool {
    return i_acts || is_active(j, tick);
}

// What i, which holds `own`, hears from j, which holds `word`.
fn told(j: u32, i: u32, word: u32, own: u32, tick: u32) -> u32 {
    return word;
}
