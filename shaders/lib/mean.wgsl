// Sums of signed words in 64 bits, the lower word first, and their division. Twin: src/part/trimmed/step.rs.

fn add_signed(sum: vec2<u32>, word: i32) -> vec2<u32> {
    let low = sum.x + u32(word);
    return vec2<u32>(low, sum.y + u32(word >> 31u) + select(0u, 1u, low < sum.x));
}

// The digit of 16 bits by which a divisor goes into `upper` and a digit behind it (Knuth 1969, section 4.3.1, algorithm D).
fn digit_of(upper: u32, next: u32, divisor: u32) -> u32 {
    let top = divisor >> 16u;
    var digit = upper / top;
    var rest = upper - digit * top;
    // It is too great by two at most.
    for (var turn = 0u; turn < 2u; turn++) {
        if (rest < 0x10000u && (digit >= 0x10000u || digit * (divisor & 0xFFFFu) > ((rest << 16u) | next))) {
            digit -= 1u;
            rest += top;
        }
    }
    return digit;
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
    // By digits of 16 bits, of a divisor whose highest bit is set.
    let shift = countLeadingZeros(q);
    let divisor = q << shift;
    let rest = low << shift;
    let first = (high << shift) | (low >> (32u - shift));
    let upper = digit_of(first, rest >> 16u, divisor);
    let second = ((first << 16u) | (rest >> 16u)) - upper * divisor;
    let lower = digit_of(second, rest & 0xFFFFu, divisor);
    return i32(((upper << 16u) | lower) ^ sign);
}
