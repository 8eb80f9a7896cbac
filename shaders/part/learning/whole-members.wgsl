// Whether all members of a cell are up. Twin: src/part/learning/work_steps.rs.

@group(2) @binding(4) var<storage, read> members: array<u32>;

override MEMBERS: u32;

fn is_whole(i: u32) -> bool {
    var down = 0u;
    for (var m = 0u; m < MEMBERS; m++) {
        down |= members[word_at(m, i)] & 3u;
    }
    return down == 0u;
}
