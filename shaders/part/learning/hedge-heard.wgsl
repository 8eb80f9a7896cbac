// Nodes hear one other each: what it tried, and what that cost by its own account. Twin: HedgeStep in src/part/learning/steps/hedge.rs.

// What a failure of what a node tries costs; 0 if it has not drawn yet.
@group(2) @binding(2) var<storage, read> inverse: array<u32>;
@group(2) @binding(6) var<storage, read_write> inverse_next: array<u32>;

// Which strategy another tried, from 0, or 0xFFFFFFFF, and what it cost.
fn hear(i: u32, tick: u32) -> vec2<u32> {
    let j = ask(i, 0u, tick);
    if (j == 0xFFFFFFFFu) {
        return vec2<u32>(0xFFFFFFFFu, 0u);
    }
    let tried = strategy[j];
    if (tried == 0u) {
        return vec2<u32>(0xFFFFFFFFu, 0u);
    }
    let cost = select(min(inverse[j], MOST_LOSS), STRATEGIES << UNIT, inverse[j] == 0u);
    return vec2<u32>(tried - 1u, select(cost, 0u, told_success(j, i, tried, tick)));
}

// Says what a failure costs of what i has drawn; how many it has asked.
fn tell(i: u32, next: u32, tick: u32) -> u32 {
    if (!decides(i, tick)) {
        inverse_next[i] = inverse[i];
        return 0u;
    }
    inverse_next[i] = estimate(i, next);
    return 1u;
}
