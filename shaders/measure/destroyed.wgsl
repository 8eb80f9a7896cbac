// What a node forgot so far.
@group(2) @binding(5) var<storage, read> destroyed: array<u32>;

fn destroyed_at(i: u32) -> vec2<u32> {
    return vec2<u32>(destroyed[i], destroyed[NODES + i]);
}
