// What strategies bring, of a column. Twin: Payoffs in src/part/learning/rewards/game.rs.

@group(2) @binding(4) var<storage, read> payoffs: array<u32>;

fn payoff(j: u32, option: u32, tick: u32) -> i32 {
    return i32(payoffs[j]);
}

// What i, whose payoff is `own`, hears of it.
fn told_payoff(j: u32, i: u32, option: u32, own: i32, tick: u32) -> i32 {
    return i32(told(j, i, payoffs[j], u32(own), tick));
}
