// What a part has to its account, in ticks of execution. Twin: src/part/growth/account.rs.

// 64 bits each, the lower half first.
struct Standing {
    again: vec2<u32>,
    executed: vec2<u32>,
    left: u32,
    passed: u32,
}

fn product_of(a: u32, b: u32) -> vec2<u32> {
    return vec2<u32>(a * b, multiply_high(a, b));
}

fn standing_of(size: u32, remaining: u32, state: u32) -> Standing {
    let has_result = (state & PART_RESULT) != RESULT_NONE;
    // What children did has a result, though nothing of it was executed here.
    if ((state & PART_OUT) != 0u || (has_result && remaining > 0u)) {
        return Standing(vec2<u32>(), vec2<u32>(), 0u, size);
    }
    let tries = state >> PART_TRIES_SHIFT;
    let left = select(remaining, 0u, has_result);
    let whole = product_of(size, tries + 1u);
    let executed = vec2<u32>(whole.x - left, whole.y - select(0u, 1u, whole.x < left));
    return Standing(product_of(size, tries), executed, left, 0u);
}
