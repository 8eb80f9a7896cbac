// What a node took from liars so far.
@group(2) @binding(4) var<storage, read> injected: array<u32>;

fn injected_at(i: u32) -> vec2<u32> {
    return vec2<u32>(injected[i], injected[NODES + i]);
}
