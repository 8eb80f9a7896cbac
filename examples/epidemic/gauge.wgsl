// Counts a node by its state; one that has forgotten its state is susceptible. Twin: gauge.rs.

@group(2) @binding(2) var<storage, read> state: array<u32>;

fn gauge(i: u32) {
    let own = state[i];
    if (own == 2u) {
        add_infected();
    } else if (own == 3u) {
        add_recovered();
    } else {
        add_susceptible();
    }
}
