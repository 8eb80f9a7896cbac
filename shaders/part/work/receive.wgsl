// What a cell takes of its neighbours' offers: giver by giver, in ascending order, while it has room.
// Twin: src/part/work/receive.rs, which says more.
//
// Reads: its neighbours' offers, 4 bytes a link, and of those that offer something up to 16 more; its own state, if one of them
// offers something to it. Writes: its own queue, 8 for each task that it takes, its own state and its own answer; adds to one counter and to jobs.
// Hazards: every invocation reaches the barriers. Neighbours are looked through once for every four givers, and at most once more.

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

// Whether the k-th offer of j is to i, as the k-th bit.
fn offer_bit(i: u32, j: u32, k: u32, count: u32) -> u32 {
    if (k < count && outbox[word_at(OUTBOX_TARGETS + k, j)] == i) {
        return 1u << k;
    }
    return 0u;
}

// Which of the four offers of j are to i, a bit each.
fn offers_to(i: u32, j: u32, header: u32) -> u32 {
    let count = header & 0xFFu;
    return offer_bit(i, j, 0u, count) | offer_bit(i, j, 1u, count) | offer_bit(i, j, 2u, count) | offer_bit(i, j, 3u, count);
}

// The four least givers of i that are `least` or above, in ascending order; nobody where there are fewer.
fn givers_above(i: u32, least: u32) -> vec4<u32> {
    var four = vec4<u32>(NOBODY);
    let links = slots(i);
    for (var k = 0u; k < links; k++) {
        let j = neighbour(i, k);
        // Over parallel links an offer is seen more than once.
        if (j < least || j >= four.w || any(four == vec4<u32>(j))) {
            continue;
        }
        let header = outbox[word_at(OUTBOX_HEADER, j)];
        if (header == 0u || offers_to(i, j, header) == 0u) {
            continue;
        }
        four.w = j;
        if (four.w < four.z) {
            four = four.xywz;
        }
        if (four.z < four.y) {
            four = four.xzyw;
        }
        if (four.y < four.x) {
            four = four.yxzw;
        }
    }
    return four;
}

// Takes what i is offered; the answer is how many tasks.
fn taken_by(i: u32) -> u32 {
    var givers = givers_above(i, 0u);
    if (givers.x == NOBODY) {
        return 0u;
    }
    var may_be_more = givers.w != NOBODY;
    let state = states[i];
    let queued = state & QUEUED;
    let room = CAPACITY - load_of(state);
    var taken = 0u;
    var answer = ALL_TAKEN;
    // Every giver takes some of the room, or there is none left for it.
    for (var turn = 0u; turn <= room; turn++) {
        let giver = givers.x;
        let found = offers_to(i, giver, outbox[word_at(OUTBOX_HEADER, giver)]);
        var from_it = 0u;
        for (var k = 0u; k < OFFERS; k++) {
            if (((found >> k) & 1u) == 0u || answer != ALL_TAKEN) {
                continue;
            }
            if (taken == room) {
                answer = giver | (from_it << TAKEN_SHIFT);
                continue;
            }
            let task = word_at(OUTBOX_TASKS + 2u * k, giver);
            let at = word_at(2u * (queued + taken), i);
            queue[at] = outbox[task];
            queue[next_lane(at)] = outbox[next_lane(task)];
            job_moved(outbox[task]);
            taken++;
            from_it++;
        }
        if (answer != ALL_TAKEN) {
            break;
        }
        givers = vec4<u32>(givers.yzw, NOBODY);
        if (givers.x == NOBODY && may_be_more) {
            givers = givers_above(i, giver + 1u);
            may_be_more = givers.w != NOBODY;
        }
        if (givers.x == NOBODY) {
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
