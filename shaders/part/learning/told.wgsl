// What cells tell of how their strategy fares: 1 badly, 2 well, and above, whether all members are up, without whom a cell decides nothing.
// Twin: src/part/learning/work_steps.rs.

@group(2) @binding(5) var<storage, read> told_of: array<u32>;

fn decides(i: u32, tick: u32) -> bool {
    return takes_part(i) && acts(i, tick) && (told_of[i] & 4u) != 0u;
}

// What i hears of it from j.
fn told_success(j: u32, i: u32, option: u32, tick: u32) -> bool {
    let word = told_of[j] & 3u;
    if (i == j) {
        return word == 2u;
    }
    return told(j, i, word, word, tick) == 2u;
}
