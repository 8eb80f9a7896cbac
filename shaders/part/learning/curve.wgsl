// What a node sees of a point of a curve. Twin: src/part/learning/rewards/curve.rs.

override PEAK: u32;
override NOISE: u32;
override NOISE_KEY: u32;
override NOISE_SALT: u32;

fn score(i: u32, point: u32, tick: u32) -> i32 {
    let away = i32(max(point, PEAK) - min(point, PEAK));
    if (NOISE == 0u) {
        return -away;
    }
    let word = threefry2x32(vec2<u32>(NOISE_KEY, NOISE_SALT), vec2<u32>(i, tick)).x;
    return i32(multiply_high(word, 2u * NOISE + 1u)) - i32(NOISE) - away;
}
