// What a cell has learned goes to its children. Twin: src/part/growth/steps/decide.rs.

@group(2) @binding(5) var<storage, read> strategies: array<u32>;

fn strategy_of(i: u32) -> u32 {
    return strategies[i];
}
