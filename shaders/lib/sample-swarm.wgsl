// Several nodes at a time, distinct ones out of all, itself perhaps included: Floyd's algorithm (Bentley and Floyd 1987).
// Twin: src/hear/sample.rs.

// Whom the node asks, draw by draw; 0xFFFFFFFF where the answer does not arrive.
var<private> sampled: array<u32, 64>;

fn sample(i: u32, size: u32, tick: u32) {
    for (var d = 0u; d < size; d++) {
        let last = NODES - size + d;
        let drawn = multiply_high(ask_word(i, d, tick), last + 1u);
        var was_drawn = false;
        for (var e = 0u; e < d; e++) {
            was_drawn = was_drawn || sampled[e] == drawn;
        }
        sampled[d] = select(drawn, last, was_drawn);
    }
    for (var d = 0u; d < size; d++) {
        let j = sampled[d];
        if (j != i && !reaches(i, j, tick)) {
            sampled[d] = 0xFFFFFFFFu;
        }
    }
}
