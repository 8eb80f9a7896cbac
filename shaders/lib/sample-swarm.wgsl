// Several nodes at a time, distinct ones out of all, itself perhaps included: Floyd's algorithm (Bentley and Floyd 1987).
// Twin: src/hear/sample.rs.

// Whom the node asks, draw by draw; 0xFFFFFFFF where the answer does not arrive.
var<private> sampled: array<u32, SAMPLED>;

fn sample(i: u32, size: u32, tick: u32) {
    var words = vec2<u32>();
    for (var d = 0u; d < size; d++) {
        // As `ask_word`, of which two share their words.
        if ((d & 1u) == 0u) {
            words = threefry2x32(vec2<u32>(ASK_KEY, d >> 1u), vec2<u32>(i, tick));
        } else {
            words.x = words.y;
        }
        let last = NODES - size + d;
        let drawn = multiply_high(words.x, last + 1u);
        // Over all places, so that compilers know which they are.
        var was_drawn = false;
        for (var e = 0u; e < SAMPLED; e++) {
            was_drawn = was_drawn || (e < d && sampled[e] == drawn);
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
