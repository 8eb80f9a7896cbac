// What a cell held before a decision is remembered, so that it knows for how long it has been changing. Twin: src/part/learning/work_steps.rs.

@group(2) @binding(5) var<storage, read> strategies: array<u32>;

fn remember_strategy(i: u32) {
    earned[word_at(3u, i)] = strategies[i];
}
