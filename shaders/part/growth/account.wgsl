// What has come of tasks that children do. Twin: src/part/growth/steps/account.rs, which says more.
//
// Reads: its own order and its parent's, its own state. Reads and writes: its own part, if nobody else would lay it down. Adds to counters.
// Hazards: none; few things are counted in a tick, so that each is added as it comes.

@group(2) @binding(0) var<storage, read> orders: array<u32>;
@group(2) @binding(1) var<storage, read> states: array<u32>;
@group(2) @binding(2) var<storage, read_write> parts: array<u32>;

// Where the histograms begin of waits and responses.
override WAITS: u32;
override RESPONSES: u32;

// The counters, as src/part/growth/account.rs has them.
const TAKEN: u32 = 0u;
const AGAIN: u32 = 1u;
const EXECUTED: u32 = 2u;
const GIVEN_UP: u32 = 3u;
const PASSED: u32 = 4u;
const LEAVES: u32 = 5u;
const GIVEN: u32 = 6u;
const WAITED: u32 = 7u;
const JOINED: u32 = 8u;
const RESPONDED: u32 = 9u;
const SPANS: u32 = 10u;
const NEEDED: u32 = 11u;
const WRONG: u32 = 12u;

fn count(k: u32, by: vec2<u32>) {
    if (any(by != vec2<u32>())) {
        add64(k, by.x, by.y);
    }
}

fn count_one(k: u32) {
    add64(k, 1u, 0u);
}

fn bucket_of(ticks: u32) -> u32 {
    if (ticks < 64u) {
        return ticks;
    }
    let exponent = 31u - countLeadingZeros(ticks);
    return 32u + (exponent - 6u) * 32u + (ticks >> (exponent - 5u));
}

fn count_time(sum: u32, histogram: u32, ticks: u32) {
    count(sum, vec2<u32>(ticks, 0u));
    count_one(histogram + bucket_of(ticks));
}

fn order_of(i: u32, k: u32) -> u32 {
    return orders[word_at(k, i)];
}

fn part_of(i: u32, k: u32) -> u32 {
    return parts[word_at(k, i)];
}

// Whether the k-th part is still to be done by the `who`-th child.
fn is_for(all: u32, k: u32, who: u32) -> bool {
    return ((all >> (8u * k)) & 15u) == (who << 2u);
}

// What has happened to the cell's order in this tick, if that is a whole task.
fn account_order(i: u32) {
    if (order_of(i, ORDER_PATH) != 1u) {
        return;
    }
    let stands = order_of(i, ORDER_STATE);
    let since = order_of(i, ORDER_SINCE);
    let submitted = task_tick(order_of(i, ORDER_RECORD));
    if ((stands & ORDER_JUST_OUT) != 0u) {
        count_one(GIVEN);
        count_time(WAITED, WAITS, since - submitted);
    }
    // A closed cell has put together nothing in this tick.
    let is_open = (states[i] >> CLOSED_SHIFT) == 0u;
    let found = (stands >> ORDER_RESULT_SHIFT) & PART_RESULT;
    if ((stands & ORDER_STANDS) == ORDER_DONE && is_open && found != RESULT_FAILED) {
        let now = clock.tick + 1u;
        count_one(JOINED);
        count_time(RESPONDED, RESPONSES, now - submitted);
        count(SPANS, vec2<u32>(now - since, 0u));
        count(NEEDED, vec2<u32>(order_of(i, ORDER_SIZE), 0u));
    }
}

// A part ends that is no more.
fn settle_part(i: u32) {
    let stands = part_of(i, PART_STATE);
    let standing = standing_of(part_of(i, PART_SIZE), part_of(i, PART_REMAINING), stands);
    count(AGAIN, standing.again);
    count(EXECUTED, standing.executed);
    count(GIVEN_UP, vec2<u32>(standing.left, 0u));
    count(PASSED, vec2<u32>(standing.passed, 0u));
    let found = stands & PART_RESULT;
    if (standing.passed == 0u && found != RESULT_NONE) {
        count_one(LEAVES);
        let path = part_of(i, PART_PATH);
        // Of what is forgotten nobody knows at which level it was.
        if (found == RESULT_WRONG && path != 0u) {
            let level = (31u - countLeadingZeros(path)) / 2u;
            count_one(WRONG + clamp(level, 1u, 8u) - 1u);
        }
    }
}

fn lay_down(i: u32) {
    settle_part(i);
    for (var word = 0u; word < PART_ALL; word++) {
        parts[word_at(word, i)] = 0u;
    }
}

fn account(i: u32) {
    let is_child = i >= FOUNDERS && parents[i] != 0u;
    if (i < FOUNDERS || is_child) {
        account_order(i);
    }
    let path = part_of(i, PART_PATH);
    let is_there = path != 0u || part_of(i, PART_SIZE) != 0u;
    if (!is_child) {
        if (is_there) {
            lay_down(i);
        }
        return;
    }
    let parent = parents[i] - 1u;
    let who = (i - FOUNDERS) & 3u;
    let theirs = order_of(parent, ORDER_PATH);
    let all = order_of(parent, ORDER_PARTS);
    let is_out = theirs != 0u && (order_of(parent, ORDER_STATE) & ORDER_STANDS) == ORDER_OUT;
    if (is_there) {
        let k = (part_of(i, PART_STATE) >> PART_INDEX_SHIFT) & 3u;
        let attempt = (order_of(parent, ORDER_ATTEMPT) << 4u) | ((all >> (8u * k + 4u)) & 15u);
        if (is_out && path == ((theirs << 2u) | k) && is_for(all, k, who) && part_of(i, PART_ATTEMPT) == attempt) {
            return;
        }
        if (path == 0u) {
            lay_down(i);
        } else {
            settle_part(i);
        }
    }
    if (!is_out) {
        return;
    }
    for (var k = 0u; k < 4u; k++) {
        if (is_for(all, k, who)) {
            count(TAKEN, vec2<u32>(size_of(order_of(parent, ORDER_SIZE), k), 0u));
            return;
        }
    }
}

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = clock.first + id.y * ROW + id.x;
    if (i < clock.end && control.stopped == 0u) {
        account(i);
    }
}
