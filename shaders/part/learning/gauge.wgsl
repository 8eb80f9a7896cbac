// Reads what a node holds. Twin: src/part/learning/gauge.rs.

@group(2) @binding(2) var<storage, read> strategy: array<u32>;

override GAUGE_STRATEGIES: u32;

fn gauge(i: u32) {
    if (!takes_part(i)) {
        if (is_up(i)) {
            add_liars();
        }
        return;
    }
    add_counted();
    let own = strategy[i];
    // What is none of the list is in no bin.
    if (own <= GAUGE_STRATEGIES) {
        add_held(own, 1u);
    }
    if (own != 0u) {
        gauge_payoff(i);
        gauge_links(i, own);
    }
}
