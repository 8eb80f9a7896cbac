// Of two neighbours drawn at random the one with less gets half the difference. Twin: src/part/work/offer.rs.

override OFFER_KEY: u32;

// A neighbour that is drawn by a word, and what it holds; nobody if what is drawn is no link, or carries nothing.
fn chosen_by(i: u32, word: u32, is_acting: bool, tick: u32) -> vec2<u32> {
    let nobody = vec2<u32>(i, 0xFFFFFFFFu);
    let links = slots(i);
    let k = multiply_high(word, links);
    if (k >= links) {
        return nobody;
    }
    let j = neighbour(i, k);
    if (j == i || is_closed(states[j]) || !hears(i, is_acting, j, k, tick)) {
        return nobody;
    }
    return vec2<u32>(j, load_of(states[j]));
}

fn offer(i: u32, own: u32, tick: u32) {
    let mine = load_of(own);
    if (mine < GAIN) {
        return;
    }
    let is_acting = is_active(i, tick);
    let draws = threefry2x32_13(vec2<u32>(OFFER_KEY, 0u), vec2<u32>(i, tick));
    let one = chosen_by(i, draws.x, is_acting, tick);
    let another = chosen_by(i, draws.y, is_acting, tick);
    let chosen = select(one, another, another.y < one.y);
    if (chosen.y <= mine - GAIN) {
        offer_to(i, own & QUEUED, chosen.x, min((mine - chosen.y) / 2u, CAPACITY - chosen.y));
    }
}
