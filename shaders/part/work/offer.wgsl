// What a cell offers to which neighbours: the last tasks of its queue, which stay there until the receivers have answered.
// Twin: src/part/work/offer.rs, which says more.
//
// Reads: its own state, 4 bytes; of a cell with waiting tasks also its neighbours' states, 4 a link, and of each task that it offers
// 8 of the queue. Writes: 12 a task that it offers to its own outbox, and 4; adds to one counter.
// Hazards: every invocation reaches the barriers. Of the outbox only what the header counts is meant.
//
// Few cells have something to give: a workgroup puts these together first, so that fewer waves look at links.

// Which counter that is.
override OFFERED: u32;

var<workgroup> offered: atomic<u32>;
// The cells that may offer something, counted from the workgroup's first, in no order.
var<workgroup> givers: array<u32, 256>;
var<workgroup> givers_count: atomic<u32>;

// An abandoned cell's tasks go one by one to open neighbours with room.
fn hand_over(i: u32, own: u32, tick: u32) {
    let links = slots(i);
    // Another neighbour is the first in every tick.
    let start = multiply_high((i + tick) * GOLDEN, links);
    for (var n = 0u; n < links; n++) {
        let k = select(start + n - links, start + n, n < links - start);
        let j = neighbour(i, k);
        let state = states[j];
        if (j != i && !is_closed(state) && load_of(state) < CAPACITY && serves(i, j, k, tick)) {
            offer_to(i, own & QUEUED, j, 1u);
        }
    }
}

// Whether a cell may offer something.
fn may_offer(own: u32) -> bool {
    return (own & QUEUED) != 0u && (load_of(own) >= GAIN || (own & (ABANDONED | RETIRING)) != 0u);
}

// The offers of a cell; the answer is how many.
fn offers_of(i: u32) -> u32 {
    let own = states[i];
    made = 0u;
    marks = 0u;
    most = min(own & QUEUED, OFFERS);
    offer_in_family(i, own, clock.tick);
    offer(i, own, clock.tick);
    // Links to a cell that is down carry nothing, but its neighbours can reach for what it holds.
    if ((own & ABANDONED) != 0u) {
        hand_over(i, own, clock.tick);
    }
    if (made > 0u) {
        outbox[word_at(OUTBOX_HEADER, i)] = made | ((own & QUEUED) << OUTBOX_QUEUED_SHIFT) | marks;
    }
    return made;
}

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    if (lane == 0u) {
        atomicStore(&offered, 0u);
        atomicStore(&givers_count, 0u);
    }
    workgroupBarrier();
    let i = clock.first + id.y * ROW + id.x;
    if (i < clock.end && control.stopped == 0u) {
        if (may_offer(states[i])) {
            givers[atomicAdd(&givers_count, 1u)] = lane;
        }
    }
    workgroupBarrier();
    if (lane < atomicLoad(&givers_count)) {
        let count = offers_of(i - lane + givers[lane]);
        if (count > 0u) {
            atomicAdd(&offered, count);
        }
    }
    workgroupBarrier();
    if (lane == 0u) {
        let all = atomicLoad(&offered);
        if (all > 0u) {
            add64(OFFERED, all, 0u);
        }
    }
}
