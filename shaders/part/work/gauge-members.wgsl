// How many of a cell's four members are up.
@group(2) @binding(5) var<storage, read> members: array<u32>;

// Whether nobody is at this place, where cells come and go.
fn is_gone(i: u32) -> bool {
    return (members[i] & 32u) != 0u;
}

fn members_up(i: u32) -> u32 {
    var up = 0u;
    for (var m = 0u; m < 4u; m++) {
        up += select(0u, 1u, (members[word_at(m, i)] & 3u) == 0u);
    }
    return up;
}
