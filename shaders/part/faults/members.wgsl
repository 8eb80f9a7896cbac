// Who of a cell's four agents is up, as in step.wgsl but agent by agent; and whether the cell is: while two of them are. And whether
// it lies.
// Twin: src/part/faults/members.rs.
//
// Reads: the table of events. Reads and writes: its own agents' words, its own status. Folds into: how many each event has changed.
// Hazards: none; the counts are sums.

@group(2) @binding(0) var<storage, read_write> members: array<u32>;
@group(2) @binding(1) var<storage, read_write> status: array<u32>;

override MEMBERS: u32;
override FEWEST_UP: u32;
// A cell lies while so many of its agents that are up lie about what it tells.
override FEWEST_LIARS: u32;
// The bit of places where nobody is, where cells come and go; else none. Nothing happens there.
override GONE: u32;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let c = clock.first + id.y * ROW + id.x;
    if (c >= clock.end || control.stopped != 0u) {
        return;
    }
    var up = 0u;
    var lying = 0u;
    for (var m = 0u; m < MEMBERS; m++) {
        var word = members[word_at(m, c)];
        if ((word & GONE) == 0u) {
            word = after_outage(word, MEMBERS * c + m);
            members[word_at(m, c)] = word;
        }
        up += select(0u, 1u, (word & 3u) == 0u);
        lying += select(0u, 1u, (word & 19u) == 16u);
    }
    status[c] = (status[c] & ~5u) | select(0u, 1u, up < FEWEST_UP) | select(0u, 4u, lying >= FEWEST_LIARS);
}
