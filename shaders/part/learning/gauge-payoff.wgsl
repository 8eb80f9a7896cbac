// Adds a node's payoff. Twin: src/part/learning/gauge.rs.

@group(2) @binding(3) var<storage, read> payoff: array<u32>;

fn gauge_payoff(i: u32) {
    add_payoff(widened(i32(payoff[i])));
}
