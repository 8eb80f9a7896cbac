// Whether options succeed. Twin: Bits in src/part/learning/rewards/bandit.rs.

override SUCCESS_KEY: u32;
override SUCCESS_SALT: u32;
// 1 if an option succeeds for everybody alike.
override IS_COMMON: u32;

// Whether node j succeeds with an option.
fn succeeds(j: u32, option: u32, tick: u32) -> bool {
    let index = select(j, option, IS_COMMON != 0u);
    let draw = threefry2x32(vec2<u32>(SUCCESS_KEY, SUCCESS_SALT), vec2<u32>(index, tick)).x >> 1u;
    return draw < rate(option, tick);
}

// What i hears of it: a liar says what it likes, 1 for failure and 2 for success. What is common, everybody sees.
fn told_success(j: u32, i: u32, option: u32, tick: u32) -> bool {
    let bit = succeeds(j, option, tick);
    if (IS_COMMON != 0u || i == j) {
        return bit;
    }
    let word = select(1u, 2u, bit);
    return told(j, i, word, word, tick) == 2u;
}
