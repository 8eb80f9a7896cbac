// A cell looks at all of its links, and offers something to neighbours that hold less. Twin: src/part/work/offer.rs.

fn offer(i: u32, own: u32, tick: u32) {
    let mine = load_of(own);
    if (mine < GAIN) {
        return;
    }
    let is_acting = is_active(i, tick);
    begin_flows(i, tick);
    let links = slots(i);
    for (var k = 0u; k < links; k++) {
        let j = neighbour(i, k);
        let state = states[j];
        let theirs = load_of(state);
        // A node without a link is its own other end, which does not hold less.
        if (!is_closed(state) && mine >= theirs + GAIN && hears(i, is_acting, j, k, tick)) {
            offer_to(i, own & QUEUED, j, min(share(i, j, own, theirs), CAPACITY - theirs));
        }
    }
}
