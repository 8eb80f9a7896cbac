// A cell looks at all of its links, and offers something to neighbours that hold less. Twin: src/part/work/offer.rs.

// Into how many parts a difference is divided of cells that have as many neighbours as any, where others have one fewer at most, else 0;
// and what divides by that and by one less: see src/part/work/offer/own.rs.
override MOST_PARTS: u32;
override FACTOR: u32;
override FACTOR_OF_FEWER: u32;
override SHIFT: u32;

// Of the cell that offers.
var<private> own_degree: u32;

// Of a difference of loads to j one part in 1 + the greater number of neighbours, in 2^-16.
fn part_of(difference: u32, j: u32) -> u32 {
    let parts = 1u + max(own_degree, degree(j));
    if (MOST_PARTS != 0u) {
        return (difference * select(FACTOR_OF_FEWER, FACTOR, parts == MOST_PARTS)) >> SHIFT;
    }
    return (difference << 16u) / parts;
}

fn offer(i: u32, own: u32, tick: u32) {
    let mine = load_of(own);
    if (mine < GAIN) {
        return;
    }
    let is_acting = is_active(i, tick);
    let own_status = status_of(i);
    own_degree = degree(i);
    begin_flows(i, tick);
    let links = slots(i);
    for (var k = 0u; k < links; k++) {
        let j = neighbour(i, k);
        let state = states[j];
        let theirs = load_of(state);
        // A node without a link is its own other end, which does not hold less.
        if (!is_closed(state) & (mine >= theirs + GAIN) & (is_acting | is_active(j, tick))) {
            if (link_carries_from(own_status, i, j, k, tick)) {
                offer_to(i, own & QUEUED, j, min(share(i, j, own, theirs), CAPACITY - theirs));
            }
        }
    }
}
