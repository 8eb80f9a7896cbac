// What strategies bring: 1 for success, 0 for failure. Twin: Payoffs in src/part/learning/rewards/game.rs.

fn payoff(j: u32, option: u32, tick: u32) -> i32 {
    return select(0, 1, succeeds(j, option, tick));
}

// What i, whose payoff is `own`, hears of it.
fn told_payoff(j: u32, i: u32, option: u32, own: i32, tick: u32) -> i32 {
    return select(0, 1, told_success(j, i, option, tick));
}
