// What is bequeathed is a number of 64 bits, two words a node. Twin: src/part/growth/steps/bequeath.rs.

@group(2) @binding(0) var<storage, read> before: array<u32>;
@group(2) @binding(2) var<storage, read_write> after: array<u32>;

fn held_by(i: u32) -> vec2<u32> {
    return vec2<u32>(before[i], before[word_at(1u, i)]);
}

fn plus(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    let low = a.x + b.x;
    return vec2<u32>(low, a.y + b.y + select(0u, 1u, low < a.x));
}

fn hold(i: u32, number: vec2<u32>) {
    after[i] = number.x;
    after[word_at(1u, i)] = number.y;
}
