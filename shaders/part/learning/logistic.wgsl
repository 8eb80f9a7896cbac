// 1 / (1 + exp(-s d)) in 2^-31. Twin: src/part/learning/steps/logistic.rs, which says how exact it is.

@group(2) @binding(3) var<storage, read> logistics: array<u32>;

// The last place of the table, and how far apart its places are, as a power of two.
override LOGISTIC_LAST: u32;
override LOGISTIC_SHIFT: u32;

fn logistic(d: i32) -> u32 {
    let away = select(u32(d), 0u - u32(d), d < 0);
    let at = away >> LOGISTIC_SHIFT;
    var low = logistics[LOGISTIC_LAST];
    if (at < LOGISTIC_LAST) {
        let whole = logistics[at] - logistics[at + 1u];
        let between = away & ((1u << LOGISTIC_SHIFT) - 1u);
        let bits = min(LOGISTIC_SHIFT, 16u);
        // The part of the way, in 2^-16 at most.
        let way = between >> (LOGISTIC_SHIFT - bits);
        low = logistics[at] - ((((whole >> 16u) * way) << (16u - bits)) + (((whole & 0xFFFFu) * way) >> bits));
    }
    return select(0x80000000u - low, low, d < 0);
}
