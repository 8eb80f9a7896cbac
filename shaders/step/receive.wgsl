// What a cell takes of its neighbours' offers: giver by giver, in ascending order, while it has room.
// Twin: src/step/receive.rs, which says more.
//
// Reads: its neighbours' offers, 4 bytes a link, and of those that offer something up to 16 more; its own state, if one of them
// offers something to it. Writes: its own queue, 8 for each task that it takes, its own state and its own answer; adds to one counter.
// Hazards: every invocation reaches the barriers. Neighbours are looked through once for each giver, and once more.

@group(2) @binding(0) var<storage, read> outbox: array<u32>;
@group(2) @binding(1) var<storage, read_write> states: array<u32>;
@group(2) @binding(2) var<storage, read_write> queue: array<u32>;
@group(2) @binding(3) var<storage, read_write> answers: array<u32>;

// Tasks that a cell holds at most.
override CAPACITY: u32;
// The counter of tasks that moved.
override TRANSFERRED: u32;

var<workgroup> transferred: atomic<u32>;

const NOBODY: u32 = 0xFFFFFFFFu;

// Which of the four offers of j are to i, a bit each.
fn offers_to(i: u32, j: u32, header: u32) -> u32 {
    let count = header & 0xFFu;
    var found = 0u;
    for (var k = 0u; k < OFFERS; k++) {
        if (k < count && outbox[(OUTBOX_TARGETS + k) * NODES + j] == i) {
            found |= 1u << k;
        }
    }
    return found;
}

// The least giver of i that is `least` or above.
fn giver_from(i: u32, least: u32) -> u32 {
    var giver = NOBODY;
    let links = slots(i);
    for (var k = 0u; k < links; k++) {
        let j = neighbour(i, k);
        if (j >= least && j < giver) {
            let header = outbox[OUTBOX_HEADER * NODES + j];
            if (header != 0u && offers_to(i, j, header) != 0u) {
                giver = j;
            }
        }
    }
    return giver;
}

// Takes what i is offered; the answer is how many tasks.
fn taken_by(i: u32) -> u32 {
    var giver = giver_from(i, 0u);
    if (giver == NOBODY) {
        return 0u;
    }
    let state = states[i];
    let queued = state & QUEUED;
    let room = CAPACITY - load_of(state);
    var taken = 0u;
    var answer = ALL_TAKEN;
    // Every giver takes some of the room, or there is none left for it.
    for (var turn = 0u; turn <= room; turn++) {
        let found = offers_to(i, giver, outbox[OUTBOX_HEADER * NODES + giver]);
        var from_it = 0u;
        for (var k = 0u; k < OFFERS; k++) {
            if (((found >> k) & 1u) == 0u || answer != ALL_TAKEN) {
                continue;
            }
            if (taken == room) {
                answer = giver | (from_it << TAKEN_SHIFT);
                continue;
            }
            let task = (OUTBOX_TASKS + 2u * k) * NODES + giver;
            let at = 2u * (queued + taken) * NODES + i;
            queue[at] = outbox[task];
            queue[at + NODES] = outbox[task + NODES] + (1u << HOPS_SHIFT);
            taken++;
            from_it++;
        }
        if (answer != ALL_TAKEN) {
            break;
        }
        giver = giver_from(i, giver + 1u);
        if (giver == NOBODY) {
            break;
        }
    }
    answers[i] = answer;
    states[i] = (state & ~QUEUED) | (queued + taken);
    return taken;
}

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    if (lane == 0u) {
        atomicStore(&transferred, 0u);
    }
    workgroupBarrier();
    let i = clock.first + id.y * ROW + id.x;
    if (i < clock.end && control.stopped == 0u) {
        let count = taken_by(i);
        if (count > 0u) {
            atomicAdd(&transferred, count);
        }
    }
    workgroupBarrier();
    if (lane == 0u) {
        let all = atomicLoad(&transferred);
        if (all > 0u) {
            add64(TRANSFERRED, all, 0u);
        }
    }
}
