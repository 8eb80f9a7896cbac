// Sums of signed words in 64 bits, the lower word first, and their division. Twin: src/part/trimmed/step.rs.

fn add_signed(sum: vec2<u32>, word: i32) -> vec2<u32> {
    let low = sum.x + u32(word);
    return vec2<u32>(low, sum.y + u32(word >> 31u) + select(0u, 1u, low < sum.x));
}

// ⌊sum / q⌋ for 1 ≤ q < 2^30 and a quotient that is a signed word.
fn floor_mean(sum: vec2<u32>, q: u32) -> i32 {
    let sign = u32(i32(sum.y) >> 31u);
    // A negative sum's floor is the complement of its complement's quotient.
    let low = sum.x ^ sign;
    let high = sum.y ^ sign;
    if (high == 0u) {
        return i32((low / q) ^ sign);
    }
    // Bit by bit; what remains is below q, and twice that a word.
    var rest = high;
    var quotient = 0u;
    for (var bit = 0u; bit < 32u; bit++) {
        rest = (rest << 1u) | ((low >> (31u - bit)) & 1u);
        quotient = quotient << 1u;
        if (rest >= q) {
            rest -= q;
            quotient |= 1u;
        }
    }
    return i32(quotient ^ sign);
}
