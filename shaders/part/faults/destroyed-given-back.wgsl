// What a node forgets of what was added from outside to a conserved column counts against what is destroyed of that: a 64-bit
// number in two words, all the lower ones first.

@group(2) @binding(2) var<storage, read_write> destroyed: array<u32>;

fn count_destroyed(i: u32, word: u32) {
    let given = 0u - word;
    let low = destroyed[i] + given;
    let carries = select(0u, 1u, low < given);
    destroyed[i] = low;
    destroyed[word_at(1u, i)] += select(0u, 0xFFFFFFFFu, i32(given) < 0) + carries;
}
