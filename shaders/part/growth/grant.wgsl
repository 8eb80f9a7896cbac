// Who gets which family, and whose is gone. Twin: src/part/growth/steps/grant.rs, which says more.
//
// Reads: the wishes, and how many ask and are free before each group, anywhere. Reads and writes: its own kinship and pause. Writes: what
// has happened to it. Adds to counters.
// Hazards: every invocation reaches the barriers.

@group(2) @binding(0) var<storage, read_write> parents: array<u32>;
@group(2) @binding(1) var<storage, read_write> families: array<u32>;
@group(2) @binding(2) var<storage, read> wishes: array<u32>;
@group(2) @binding(3) var<storage, read_write> pauses: array<u32>;
@group(2) @binding(4) var<storage, read_write> events: array<u32>;
@group(2) @binding(5) var<storage, read> asks: array<u32>;
@group(2) @binding(6) var<storage, read> asks_before: array<u32>;
@group(2) @binding(8) var<storage, read> free: array<u32>;
@group(2) @binding(9) var<storage, read> free_before: array<u32>;

// The first place behind the cells that are there from the start, and how many groups of 256 there are.
override FIRST_PLACE: u32;
override GROUPS: u32;

// What is counted: born, retired, lost, granted, refused, ticks waited, and cells.
const COUNTED: u32 = 7u;
var<workgroup> counted: array<atomic<u32>, 7>;

fn count(k: u32, by: u32) {
    if (by != 0u) {
        atomicAdd(&counted[k], by);
    }
}

// How many of the group of cell i have one of these bits in their wishes, before it.
fn before_in_group(i: u32, bits: u32) -> u32 {
    var sum = 0u;
    for (var j = i & ~255u; j < i; j++) {
        sum += select(0u, 1u, (wishes[j] & bits) != 0u);
    }
    return sum;
}

// The cell of a group that has one of these bits and so many before it there.
fn nth_of_group(group: u32, bits: u32, n: u32) -> u32 {
    var left = n;
    let first = group * 256u;
    let end = min(first + 256u, NODES);
    for (var j = first; j < end; j++) {
        if ((wishes[j] & bits) != 0u) {
            if (left == 0u) {
                return j;
            }
            left -= 1u;
        }
    }
    return first;
}

// The last group before which at most so many ask, or are free.
fn group_of_ask(rank: u32) -> u32 {
    var low = 0u;
    var high = GROUPS;
    for (var turn = 0u; turn < 32u; turn++) {
        if (low < high) {
            let middle = (low + high) >> 1u;
            if (asks_before[middle] <= rank) {
                low = middle + 1u;
            } else {
                high = middle;
            }
        }
    }
    return low - 1u;
}

fn group_of_free(rank: u32) -> u32 {
    var low = 0u;
    var high = GROUPS;
    for (var turn = 0u; turn < 32u; turn++) {
        if (low < high) {
            let middle = (low + high) >> 1u;
            if (free_before[middle] <= rank) {
                low = middle + 1u;
            } else {
                high = middle;
            }
        }
    }
    return low - 1u;
}

// A place where nobody is: whether it is of a family that is granted.
fn settle_place(i: u32) {
    let all_ask = asks_before[GROUPS - 1u] + asks[GROUPS - 1u];
    let first = i - ((i - FIRST_PLACE) & 3u);
    let group = first >> 8u;
    if (free_before[group] >= all_ask) {
        return;
    }
    let rank = free_before[group] + before_in_group(first, WISH_FREE);
    if (rank >= all_ask) {
        return;
    }
    let asking = group_of_ask(rank);
    parents[i] = 1u + nth_of_group(asking, WISH_ASKS, rank - asks_before[asking]);
    events[i] = BORN;
    count(0u, 1u);
}

// A child: what its parent has decided.
fn settle_child(i: u32) {
    let theirs = wishes[parents[i] - 1u];
    if ((theirs & WISH_GOES) != 0u) {
        parents[i] = 0u;
        events[i] = GONE;
        count(select(1u, 2u, (theirs & WISH_LOST) != 0u), 1u);
    } else if ((theirs & WISH_RETIRES) != 0u) {
        events[i] = FAMILY_RETIRES;
    } else if ((theirs & WISH_KEEPS) != 0u) {
        events[i] = FAMILY_KEEPS;
    }
}

fn set_pause(i: u32, words: vec3<u32>) {
    pauses[i] = words.x;
    pauses[word_at(1u, i)] = words.y;
    pauses[word_at(2u, i)] = words.z;
}

// A cell that asks.
fn settle_request(i: u32) {
    let group = i >> 8u;
    let all_free = free_before[GROUPS - 1u] + free[GROUPS - 1u];
    let in_group = before_in_group(i, WISH_ASKS);
    let rank = asks_before[group] + in_group;
    let asked = pauses[word_at(2u, i)];
    if (in_group < asks[group] && rank < all_free) {
        let there = group_of_free(rank);
        families[i] = nth_of_group(there, WISH_FREE, rank - free_before[there]);
        count(3u, 1u);
        count(5u, select(clock.tick - (asked - 1u), 0u, asked == 0u));
        set_pause(i, vec3<u32>());
        return;
    }
    let tries = min(pauses[word_at(1u, i)] + 1u, 16u);
    count(4u, 1u);
    set_pause(i, vec3<u32>(clock.tick + pause_after(tries), tries, select(asked, clock.tick + 1u, asked == 0u)));
}

fn settle_all(i: u32) {
    let own = wishes[i];
    let is_there = i < FIRST_PLACE || parents[i] != 0u;
    events[i] = NOTHING;
    if (!is_there) {
        settle_place(i);
    } else {
        count(6u, 1u);
        if (parents[i] != 0u) {
            settle_child(i);
        }
    }
    if ((own & WISH_ASKS) != 0u) {
        settle_request(i);
    } else if ((own & WISH_CALM) != 0u) {
        set_pause(i, vec3<u32>());
    }
    if ((own & WISH_GOES) != 0u) {
        families[i] = 0u;
    }
}

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    if (lane < COUNTED) {
        atomicStore(&counted[lane], 0u);
    }
    workgroupBarrier();
    let i = clock.first + id.y * ROW + id.x;
    if (i < clock.end && control.stopped == 0u) {
        settle_all(i);
    }
    workgroupBarrier();
    if (lane < COUNTED) {
        let all = atomicLoad(&counted[lane]);
        if (all > 0u) {
            add64(lane, all, 0u);
        }
    }
}
