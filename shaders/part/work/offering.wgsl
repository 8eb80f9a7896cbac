// The offers of one cell in the making. Twin: src/part/work/offer.rs.

@group(2) @binding(0) var<storage, read> states: array<u32>;
@group(2) @binding(1) var<storage, read> queue: array<u32>;
@group(2) @binding(2) var<storage, read_write> outbox: array<u32>;

// Tasks that a cell holds at most.
override CAPACITY: u32;

// A difference of loads by which a transfer gains something.
const GAIN: u32 = 2u;

// How many offers there are, and how many there may be.
var<private> made: u32;
var<private> most: u32;
// The marks of those to whom something is offered.
var<private> marks: u32;

// Offers tasks to a neighbour, as many as there may be: the last of the queue.
fn offer_to(i: u32, queued: u32, other: u32, count: u32) {
    let turns = min(count, most - made);
    if (turns > 0u) {
        marks |= 1u << mark_of(other);
    }
    for (var k = 0u; k < turns; k++) {
        let at = word_at(2u * (queued - 1u - made), i);
        let record = queue[next_lane(at)];
        outbox[word_at(OUTBOX_TARGETS + made, i)] = other;
        outbox[word_at(OUTBOX_TASKS + 2u * made, i)] = queue[at];
        outbox[word_at(OUTBOX_TASKS + 2u * made + 1u, i)] = record;
        made++;
    }
}
