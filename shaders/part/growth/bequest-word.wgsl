// What is bequeathed is a signed number, a word a node. Twin: src/part/growth/steps/bequeath.rs.

@group(2) @binding(0) var<storage, read> before: array<u32>;
@group(2) @binding(2) var<storage, read_write> after: array<u32>;

fn held_by(i: u32) -> vec2<u32> {
    return vec2<u32>(before[i], 0u);
}

fn plus(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    return vec2<u32>(a.x + b.x, 0u);
}

fn hold(i: u32, number: vec2<u32>) {
    after[i] = number.x;
}
