// What a node forgets of a conserved column is added up: a 64-bit number in two words, all the lower ones first.

@group(2) @binding(2) var<storage, read_write> destroyed: array<u32>;

fn count_destroyed(i: u32, word: u32) {
    let low = destroyed[i] + word;
    let carries = select(0u, 1u, low < word);
    destroyed[i] = low;
    destroyed[word_at(1u, i)] += select(0u, 0xFFFFFFFFu, i32(word) < 0) + carries;
}
