// Which members are up, and which lie. Twin: src/part/work/cell/mod.rs; the bits are those of src/fault/mod.rs.

@group(2) @binding(4) var<storage, read> members: array<u32>;

fn team_of(i: u32) -> Team {
    var up = 0u;
    var liars = 0u;
    var fresh = 0u;
    for (var m = 0u; m < 4u; m++) {
        let word = members[word_at(m, i)];
        up |= select(0u, 1u, (word & 3u) == 0u) << m;
        liars |= select(0u, 1u, (word & 4u) != 0u) << m;
        fresh |= select(0u, 1u, (word & 8u) != 0u) << m;
    }
    return Team(up, liars, up != 0u && (up & ~fresh) == 0u, (members[i] & 32u) != 0u);
}
