// Whether all of a cell's agents that are up have come back in this tick, so that none is left who knows anything: as
// work/team-members.wgsl has it. Twin: src/part/faults/forget.rs.

override AGENTS: u32;

fn is_fresh(i: u32) -> bool {
    var up = 0u;
    var old = 0u;
    for (var m = 0u; m < AGENTS; m++) {
        let word = state[word_at(m, i)];
        let is_up = (word & 3u) == 0u;
        up += select(0u, 1u, is_up);
        old += select(0u, 1u, is_up && (word & 8u) == 0u);
    }
    return up != 0u && old == 0u;
}
