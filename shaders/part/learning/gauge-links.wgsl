// Adds the link ends of a node whose other end holds a strategy, too, and those that hold the same. Twin: src/part/learning/gauge.rs.

fn gauge_links(i: u32, own: u32) {
    var ends = 0u;
    var agree = 0u;
    let links = slots(i);
    for (var k = 0u; k < links; k++) {
        let j = neighbour(i, k);
        if (j == i || !takes_part(j)) {
            continue;
        }
        let held = strategy[j];
        ends += select(0u, 1u, held != 0u);
        agree += select(0u, 1u, held == own);
    }
    add_ends(vec2<u32>(ends, 0u));
    add_agree(vec2<u32>(agree, 0u));
}
