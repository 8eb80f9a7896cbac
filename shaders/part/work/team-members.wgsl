// Which members are up, and which lie. Twin: src/part/work/cell/mod.rs; the bits are those of src/fault/mod.rs.

@group(2) @binding(4) var<storage, read> members: array<u32>;

// The four bits that stand at the lower ends of bytes.
fn gathered_bits(bytes: u32) -> u32 {
    let pairs = bytes | (bytes >> 7u);
    return (pairs | (pairs >> 14u)) & 15u;
}

fn team_of(i: u32) -> Team {
    let first = members[i];
    // A byte a member, so that all are looked at together.
    var bytes = first & 15u;
    bytes |= (members[word_at(1u, i)] & 15u) << 8u;
    bytes |= (members[word_at(2u, i)] & 15u) << 16u;
    bytes |= (members[word_at(3u, i)] & 15u) << 24u;
    let up = gathered_bits(~(bytes | (bytes >> 1u)) & 0x01010101u);
    let liars = gathered_bits((bytes >> 2u) & 0x01010101u);
    let fresh = gathered_bits((bytes >> 3u) & 0x01010101u);
    return Team(up, liars, up != 0u && (up & ~fresh) == 0u, (first & 32u) != 0u);
}
