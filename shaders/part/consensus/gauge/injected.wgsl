// What a node took from liars so far.
@group(2) @binding(4) var<storage, read> injected: array<u32>;

fn add_taken(i: u32) {
    add_injected(vec2<u32>(injected[i], injected[word_at(1u, i)]));
}
