// Children begin without a strategy. Twin: src/part/growth/steps/decide.rs.

fn strategy_of(i: u32) -> u32 {
    return 0u;
}
