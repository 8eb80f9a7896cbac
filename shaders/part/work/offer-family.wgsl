// A cell whose family goes hands all to its parent, and nothing to others; one with children hands them what it has more than they.
// Twin: src/part/work/offer.rs.

// How many of the offers so far are to j.
fn offered_to(i: u32, j: u32) -> u32 {
    var count = 0u;
    for (var k = 0u; k < made; k++) {
        count += select(0u, 1u, outbox[word_at(OUTBOX_TARGETS + k, i)] == j);
    }
    return count;
}

fn share_out(i: u32, own: u32, family: u32, tick: u32) {
    let queued = own & QUEUED;
    for (var k = 0u; k < most; k++) {
        let child = family + child_for(i, word_at(2u * (queued - 1u - made), i), tick, k);
        let theirs = states[child];
        let load = load_of(theirs) + offered_to(i, child);
        if (!is_closed(theirs) && load + GAIN <= load_of(own) - made && load < CAPACITY && reaches(i, child, tick)) {
            offer_to(i, queued, child, 1u);
        } else if (is_by_hash()) {
            // What is offered are the last tasks, in order.
            return;
        }
    }
}

fn offer_in_family(i: u32, own: u32, tick: u32) {
    if ((own >> CLOSED_SHIFT) != 0u) {
        return;
    }
    if ((own & RETIRING) != 0u) {
        let parent = parent_of(i);
        let theirs = states[parent];
        if (parent != i && !is_closed(theirs) && reaches(i, parent, tick)) {
            offer_to(i, own & QUEUED, parent, CAPACITY - load_of(theirs));
        }
        most = made;
        return;
    }
    let family = family_of(i);
    if (family != i) {
        share_out(i, own, family, tick);
    }
}
