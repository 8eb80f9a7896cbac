// Reads a belief. Twin: src/part/consensus/gauge/belief.rs.

@group(2) @binding(2) var<storage, read> belief: array<i32>;

fn gauge(i: u32) {
    if (is_liar(i)) {
        keep(i);
        return;
    }
    let own = belief[i];
    add_sum(widened(own));
    add_basis(i);
    add_taken(i);
    add_lost(i);
    if (is_up(i)) {
        add_counted();
        add_minimum(own);
        add_maximum(own);
        add_squares(own);
        add_up(own);
    }
}
