// A newborn holds its parent's strategy. Twin: src/part/growth/steps/settle.rs.

@group(2) @binding(7) var<storage, read_write> strategies: array<u32>;

fn hold(i: u32, word: u32) {
    strategies[i] = word;
}
