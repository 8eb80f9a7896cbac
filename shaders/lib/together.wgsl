// How a workgroup of 64 puts what each of its invocations has added up together. Twin: src/gauge/accumulator.rs.
//
// All add to the words of a pool, which src/gauge/places.rs declares and empties; once all have, whoever wants one reads it off. Of each
// word there are several copies, so that invocations seldom meet at one. Halves of 16 bits of 64 numbers do not carry out of a word.

fn put_word(word: u32, lane: u32, by: u32) {
    atomicAdd(&pool[lane % COPIES][word], by);
}

fn put_most(word: u32, lane: u32, own: u32) {
    atomicMax(&pool[lane % COPIES][word], own);
}

fn put_halves(word: u32, lane: u32, own: u32) {
    put_word(word, lane, own & 0xFFFFu);
    put_word(word + 1u, lane, own >> 16u);
}

fn put_count(word: u32, lane: u32, own: u32) {
    put_word(word, lane, own);
}

fn put_sum(word: u32, lane: u32, own: vec2<u32>) {
    put_halves(word, lane, own.x);
    put_word(word + 2u, lane, own.y);
}

fn put_squares(word: u32, lane: u32, own: vec3<u32>) {
    put_halves(word, lane, own.x);
    put_halves(word + 2u, lane, own.y);
    put_word(word + 4u, lane, own.z);
}

// Numbers in an order in which an empty word is the last.
fn put_minimum(word: u32, lane: u32, own: i32) {
    put_most(word, lane, u32(own) ^ 0x7FFFFFFFu);
}

fn put_maximum(word: u32, lane: u32, own: i32) {
    put_most(word, lane, u32(own) ^ 0x80000000u);
}

fn pooled_count(word: u32) -> u32 {
    var all = 0u;
    for (var copy = 0u; copy < COPIES; copy++) {
        all += atomicLoad(&pool[copy][word]);
    }
    return all;
}

fn pooled_most(word: u32) -> u32 {
    var all = 0u;
    for (var copy = 0u; copy < COPIES; copy++) {
        all = max(all, atomicLoad(&pool[copy][word]));
    }
    return all;
}

// A word whose halves these are, and what they carry out of it.
fn pooled_halves(word: u32) -> vec2<u32> {
    let low = pooled_count(word);
    let high = pooled_count(word + 1u);
    let all = low + (high << 16u);
    return vec2<u32>(all, (high >> 16u) + select(0u, 1u, all < low));
}

fn pooled_sum(word: u32) -> vec2<u32> {
    let lower = pooled_halves(word);
    return vec2<u32>(lower.x, lower.y + pooled_count(word + 2u));
}

fn pooled_squares(word: u32) -> vec3<u32> {
    let lower = pooled_halves(word);
    let upper = pooled_halves(word + 2u);
    let middle = upper.x + lower.y;
    return vec3<u32>(lower.x, middle, upper.y + pooled_count(word + 4u) + select(0u, 1u, middle < lower.y));
}

fn pooled_minimum(word: u32) -> i32 {
    return i32(pooled_most(word) ^ 0x7FFFFFFFu);
}

fn pooled_maximum(word: u32) -> i32 {
    return i32(pooled_most(word) ^ 0x80000000u);
}
