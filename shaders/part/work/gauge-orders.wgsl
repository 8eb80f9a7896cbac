// A whole task that a cell's children do. Twin: src/part/work/gauge/mod.rs; the words are those of src/part/work/delegation.rs.
@group(2) @binding(6) var<storage, read> orders: array<u32>;

// All ones if there is none.
fn task_of_order(i: u32) -> vec2<u32> {
    if (orders[word_at(2u, i)] != 1u) {
        return vec2<u32>(0xFFFFFFFFu);
    }
    return vec2<u32>(orders[i], orders[word_at(1u, i)]);
}
