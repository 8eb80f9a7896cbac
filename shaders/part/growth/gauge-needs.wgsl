// Reads what a cell's part has to its account. Twin: src/part/growth/needs.rs.

@group(2) @binding(2) var<storage, read> parts: array<u32>;

fn gauge(i: u32) {
    let size = parts[word_at(PART_SIZE, i)];
    if (size == 0u) {
        return;
    }
    let standing = standing_of(size, parts[word_at(PART_REMAINING, i)], parts[word_at(PART_STATE, i)]);
    add_again(standing.again);
    add_executed(standing.executed);
    add_left(vec2<u32>(standing.left, 0u));
    add_passed(vec2<u32>(standing.passed, 0u));
}
