// Several nodes at a time: neighbours, with replacement. Twin: src/hear/sample.rs.

// Whom the node asks, draw by draw; 0xFFFFFFFF where the answer does not arrive.
var<private> sampled: array<u32, SAMPLED>;

fn sample(i: u32, size: u32, tick: u32) {
    for (var d = 0u; d < size; d++) {
        sampled[d] = ask(i, d, tick);
    }
}
