// What is taken from liars is added up: a 64-bit number a node in two words, all the lower ones first.

@group(2) @binding(3) var<storage, read_write> injected: array<u32>;

fn count_injected(i: u32, word: i32) {
    let low = injected[i] + u32(word);
    let carries = select(0u, 1u, low < u32(word));
    injected[i] = low;
    injected[word_at(1u, i)] += select(0u, 0xFFFFFFFFu, word < 0) + carries;
}
