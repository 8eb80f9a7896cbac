// What a node forgot so far.
@group(2) @binding(5) var<storage, read> destroyed: array<u32>;

fn add_lost(i: u32) {
    add_forgotten(vec2<u32>(destroyed[i], destroyed[word_at(1u, i)]));
}
