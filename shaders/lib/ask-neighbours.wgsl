// Whom a node asks: one of its neighbours, with replacement. Twin: src/hear/ask.rs.
override ASK_KEY: u32;

fn ask_word(i: u32, draw: u32, tick: u32) -> u32 {
    let words = threefry2x32(vec2<u32>(ASK_KEY, draw >> 1u), vec2<u32>(i, tick));
    return select(words.x, words.y, (draw & 1u) != 0u);
}

// Whether who was asked is nobody.
fn is_nobody(j: u32) -> bool {
    return j == 0xFFFFFFFFu;
}

// The node that i asks by a draw, or 0xFFFFFFFF where there is no link or the answer does not arrive.
fn ask(i: u32, draw: u32, tick: u32) -> u32 {
    let links = slots(i);
    if (links == 0u) {
        return 0xFFFFFFFFu;
    }
    let k = multiply_high(ask_word(i, draw, tick), links);
    let j = neighbour(i, k);
    return select(0xFFFFFFFFu, j, j != i && link_carries(i, j, k, tick));
}
