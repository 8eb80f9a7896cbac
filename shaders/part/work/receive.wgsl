// What a cell takes of its neighbours' offers: giver by giver, in ascending order, while it has room.
// Twin: src/part/work/receive.rs, which says more.
//
// Reads: its neighbours' headers, 4 bytes a link; of those that may offer something to it up to 16 more, and then its own state. Writes:
// its own queue, 8 for each task that it takes, its own state and its own answer; adds to one counter and to jobs.
// Hazards: every invocation reaches the barriers. Neighbours that may offer something are looked through once for every four givers.
//
// Few cells are offered anything: a workgroup puts these together first, with a bit for each of their links that may bring something,
// so that fewer waves take, and look at those links only.

@group(2) @binding(0) var<storage, read> outbox: array<u32>;
@group(2) @binding(1) var<storage, read_write> states: array<u32>;
@group(2) @binding(2) var<storage, read_write> queue: array<u32>;
@group(2) @binding(3) var<storage, read_write> answers: array<u32>;

// Tasks that a cell holds at most.
override CAPACITY: u32;
// The counter of tasks that moved.
override TRANSFERRED: u32;

var<workgroup> transferred: atomic<u32>;
// The cells that may be offered something, counted from the workgroup's first, in no order, with RIM if a link behind the first 32 may
// bring something; and of these 32 which may.
var<workgroup> takers: array<u32, 256>;
var<workgroup> near_of_takers: array<u32, 256>;
var<workgroup> takers_count: atomic<u32>;

const NOBODY: u32 = 0xFFFFFFFFu;
const RIM: u32 = 0x100u;
// Of so many links it is known which may bring something.
const NEAR: u32 = 32u;

// Whether the k-th offer of j is to i, as the k-th bit.
fn offer_bit(i: u32, j: u32, k: u32, count: u32) -> u32 {
    return select(0u, 1u << k, (outbox[word_at(OUTBOX_TARGETS + k, j)] == i) & (k < count));
}

// Which of the four offers of j are to i, a bit each.
fn offers_to(i: u32, j: u32) -> u32 {
    let count = offers_in(outbox[word_at(OUTBOX_HEADER, j)]);
    return offer_bit(i, j, 0u, count) | offer_bit(i, j, 1u, count) | offer_bit(i, j, 2u, count) | offer_bit(i, j, 3u, count);
}

// The four least givers with j among them, if j is `least` or above and offers i something.
fn four_with(four: vec4<u32>, i: u32, j: u32, least: u32) -> vec4<u32> {
    // Over parallel links an offer is seen more than once.
    if (j < least || j >= four.w || any(four == vec4<u32>(j)) || offers_to(i, j) == 0u) {
        return four;
    }
    var all = vec4<u32>(four.xyz, j);
    all = select(all, all.xywz, vec4<bool>(all.w < all.z));
    all = select(all, all.xzyw, vec4<bool>(all.z < all.y));
    return select(all, all.yxzw, vec4<bool>(all.y < all.x));
}

// The four least givers of i that are `least` or above, in ascending order; nobody where there are fewer.
fn givers_above(i: u32, least: u32, near: u32, has_rim: bool) -> vec4<u32> {
    var four = vec4<u32>(NOBODY);
    var left = near;
    let count = countOneBits(near);
    for (var n = 0u; n < count; n++) {
        four = four_with(four, i, neighbour(i, countTrailingZeros(left)), least);
        left &= left - 1u;
    }
    if (has_rim) {
        let mark = mark_of(i);
        let links = slots(i);
        for (var k = NEAR; k < links; k++) {
            let j = neighbour(i, k);
            if (((outbox[word_at(OUTBOX_HEADER, j)] >> mark) & 1u) != 0u) {
                four = four_with(four, i, j, least);
            }
        }
    }
    return four;
}

// Takes what i is offered; the answer is how many tasks.
fn taken_by(i: u32, near: u32, has_rim: bool) -> u32 {
    let state = states[i];
    let queued = state & QUEUED;
    let room = CAPACITY - load_of(state);
    var taken = 0u;
    var answer = ALL_TAKEN;
    var givers = vec4<u32>(NOBODY);
    // Where the next four begin, and whether there may be more.
    var least = 0u;
    var may_be_more = true;
    // Every giver takes some of the room, or there is none left for it.
    for (var turn = 0u; turn <= room; turn++) {
        if (givers.x == NOBODY) {
            if (!may_be_more) {
                break;
            }
            givers = givers_above(i, least, near, has_rim);
            may_be_more = givers.w != NOBODY;
            if (givers.x == NOBODY) {
                break;
            }
        }
        let giver = givers.x;
        let found = offers_to(i, giver);
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
        least = giver + 1u;
        if (answer != ALL_TAKEN) {
            break;
        }
        givers = vec4<u32>(givers.yzw, NOBODY);
    }
    // Whom nobody offers anything answers nobody.
    if (least > 0u) {
        answers[i] = answer;
        states[i] = (state & ~QUEUED) | (queued + taken);
    }
    return taken;
}

// Puts i among those that may be offered something, if it may.
fn look(i: u32, lane: u32) {
    let mark = mark_of(i);
    let links = slots(i);
    let close = min(links, NEAR);
    var near = 0u;
    for (var k = 0u; k < close; k++) {
        near |= ((outbox[word_at(OUTBOX_HEADER, neighbour(i, k))] >> mark) & 1u) << k;
    }
    var rim = 0u;
    for (var k = NEAR; k < links; k++) {
        rim |= (outbox[word_at(OUTBOX_HEADER, neighbour(i, k))] >> mark) & 1u;
    }
    if ((near | rim) != 0u) {
        let at = atomicAdd(&takers_count, 1u);
        takers[at] = lane | select(0u, RIM, rim != 0u);
        near_of_takers[at] = near;
    }
}

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    if (lane == 0u) {
        atomicStore(&transferred, 0u);
        atomicStore(&takers_count, 0u);
    }
    workgroupBarrier();
    let i = clock.first + id.y * ROW + id.x;
    if (i < clock.end && control.stopped == 0u) {
        look(i, lane);
    }
    workgroupBarrier();
    if (lane < atomicLoad(&takers_count)) {
        let taker = takers[lane];
        let count = taken_by(i - lane + (taker & (RIM - 1u)), near_of_takers[lane], (taker & RIM) != 0u);
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
