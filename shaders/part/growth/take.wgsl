// A child takes its part of its parent's order, and drops it when it counts no more. Twin: src/part/growth/steps/take.rs.
//
// Reads: its own depth, its own order and its parent's. Reads and writes: its own part. Adds to counters.
// Hazards: every invocation reaches the barriers.

@group(2) @binding(0) var<storage, read> orders: array<u32>;
@group(2) @binding(1) var<storage, read> depths: array<u32>;
@group(2) @binding(2) var<storage, read_write> parts: array<u32>;

// The depth of cells that get no family.
override DEEPEST: u32;

// What is counted: tasks, undivided, begun again, dropped, ticks given up, parts by level, and tasks done alone.
const TAKE_COUNTED: u32 = 14u;
var<workgroup> counted: array<atomic<u32>, 14>;

fn count(k: u32, by: u32) {
    if (by != 0u) {
        atomicAdd(&counted[k], by);
    }
}

fn order_of(i: u32, k: u32) -> u32 {
    return orders[word_at(k, i)];
}

// Whether the k-th part is still to be done by the `who`-th child.
fn is_for(all: u32, k: u32, who: u32) -> bool {
    return ((all >> (8u * k)) & 15u) == (who << 2u);
}

fn attempt_of(order: u32, all: u32, k: u32) -> u32 {
    return (order << 4u) | ((all >> (8u * k + 4u)) & 15u);
}

// What has happened to the cell's own order in this tick.
fn count_order(i: u32) {
    let path = order_of(i, ORDER_PATH);
    let stands = order_of(i, ORDER_STATE);
    count(13u, select(0u, 1u, (stands & ORDER_ALONE) != 0u));
    if (path == 0u) {
        return;
    }
    count(0u, select(0u, 1u, path == 1u && (stands & ORDER_JUST_OUT) != 0u));
    count(1u, select(0u, 1u, (stands & ORDER_JUST_UNDIVIDED) != 0u));
    count(2u, (stands >> ORDER_AGAIN_SHIFT) & 7u);
}

fn take(i: u32) {
    if (i < FOUNDERS || parents[i] == 0u) {
        return;
    }
    let parent = parents[i] - 1u;
    let who = (i - FOUNDERS) & 3u;
    let theirs = order_of(parent, ORDER_PATH);
    let all = order_of(parent, ORDER_PARTS);
    let attempt = order_of(parent, ORDER_ATTEMPT);
    let is_out = theirs != 0u && (order_of(parent, ORDER_STATE) & ORDER_STANDS) == ORDER_OUT;
    let path = parts[word_at(PART_PATH, i)];
    if (path != 0u) {
        let stands = parts[word_at(PART_STATE, i)];
        let k = (stands >> PART_INDEX_SHIFT) & 3u;
        if (is_out && path == ((theirs << 2u) | k) && is_for(all, k, who)
            && parts[word_at(PART_ATTEMPT, i)] == attempt_of(attempt, all, k)) {
            return;
        }
        if ((stands & PART_RESULT) == 0u) {
            count(3u, 1u);
            let rest = parts[word_at(PART_REMAINING, i)];
            if (rest >= 0x1000000u) {
                add64(4u, rest, 0u);
            } else {
                count(4u, rest);
            }
        }
        for (var word = 0u; word < PART_ALL; word++) {
            parts[word_at(word, i)] = 0u;
        }
    }
    if (!is_out) {
        return;
    }
    for (var k = 0u; k < 4u; k++) {
        if (!is_for(all, k, who)) {
            continue;
        }
        let own = (theirs << 2u) | k;
        let level = (31u - countLeadingZeros(own)) / 2u;
        let size = size_of(order_of(parent, ORDER_SIZE), k);
        let may = depths[i] < DEEPEST && goes_on(level, size);
        parts[i] = order_of(parent, ORDER_ORIGIN);
        parts[word_at(PART_RECORD, i)] = order_of(parent, ORDER_RECORD);
        parts[word_at(PART_PATH, i)] = own;
        parts[word_at(PART_SIZE, i)] = size;
        parts[word_at(PART_ATTEMPT, i)] = attempt_of(attempt, all, k);
        parts[word_at(PART_REMAINING, i)] = size;
        parts[word_at(PART_STATE, i)] = select(0u, PART_NEW, may) | (k << PART_INDEX_SHIFT);
        count(4u + clamp(level, 1u, 8u), 1u);
        return;
    }
}

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    if (lane < TAKE_COUNTED) {
        atomicStore(&counted[lane], 0u);
    }
    workgroupBarrier();
    let i = clock.first + id.y * ROW + id.x;
    if (i < clock.end && control.stopped == 0u) {
        count_order(i);
        take(i);
    }
    workgroupBarrier();
    if (lane < TAKE_COUNTED) {
        let sum = atomicLoad(&counted[lane]);
        if (sum > 0u) {
            add64(lane, sum, 0u);
        }
    }
}
