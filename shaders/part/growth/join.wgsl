// What has come of the parts of an order, and who does them. Twin: src/part/growth/steps/join.rs, which says more.
//
// Reads: its own part and state, and its four children's. Reads and writes: its own order.
// Hazards: none.

@group(2) @binding(0) var<storage, read> parts: array<u32>;
@group(2) @binding(1) var<storage, read> states: array<u32>;
@group(2) @binding(2) var<storage, read_write> orders: array<u32>;

// After so many ticks without a family the cell does it alone.
override PATIENCE: u32;

fn order_of(i: u32, k: u32) -> u32 {
    return orders[word_at(k, i)];
}

fn set_order(i: u32, k: u32, value: u32) {
    orders[word_at(k, i)] = value;
}

// Of a part among an order's four: what has come of it, who does it, how often it was begun again.
fn done_of(all: u32, k: u32) -> u32 {
    return (all >> (8u * k)) & 3u;
}

fn assignee_of(all: u32, k: u32) -> u32 {
    return (all >> (8u * k + 2u)) & 3u;
}

fn begun_of(all: u32, k: u32) -> u32 {
    return (all >> (8u * k + 4u)) & 15u;
}

// Sets how an order stands; what the cell did alone is counted by another step.
fn set_stands(i: u32, stands: u32) {
    set_order(i, ORDER_STATE, stands | (order_of(i, ORDER_STATE) & ORDER_ALONE));
}

fn is_open(i: u32) -> bool {
    return (states[i] >> CLOSED_SHIFT) == 0u;
}

// No child is left that could: what they have done counts no more.
fn alone(i: u32) {
    set_order(i, ORDER_ATTEMPT, order_of(i, ORDER_ATTEMPT) + 1u);
    set_order(i, ORDER_PARTS, 0u);
    set_stands(i, ORDER_UNDIVIDED | ORDER_JUST_UNDIVIDED);
}

// The first child that is open, from the k-th on; 4 if none is.
fn open_from(family: u32, k: u32) -> u32 {
    for (var step = 0u; step < 4u; step++) {
        let child = (k + step) & 3u;
        if (is_open(family + child)) {
            return child;
        }
    }
    return 4u;
}

// Gives the parts out, if there is a family for them; else time runs out.
fn order_waits(i: u32) {
    let family = families[i];
    if (family != 0u && (states[family] & APART) == 0u) {
        var held = 0u;
        var all = 0u;
        for (var k = 0u; k < 4u; k++) {
            held |= parts[word_at(PART_PATH, family + k)];
            all |= open_from(family, k) << (8u * k + 2u);
        }
        if (held == 0u && open_from(family, 0u) < 4u) {
            set_order(i, ORDER_PARTS, all);
            set_stands(i, ORDER_OUT | ORDER_JUST_OUT);
            return;
        }
    }
    let since = order_of(i, ORDER_SINCE);
    if (max(clock.tick, since) - since >= PATIENCE) {
        set_stands(i, ORDER_UNDIVIDED | ORDER_JUST_UNDIVIDED);
    }
}

// Takes in results, and sees to it that somebody does what is left.
fn order_is_out(i: u32, stands: u32) {
    let family = families[i];
    if (family == 0u) {
        alone(i);
        return;
    }
    let path = order_of(i, ORDER_PATH);
    let attempt = order_of(i, ORDER_ATTEMPT) << 4u;
    var all = order_of(i, ORDER_PARTS);
    var right = 0u;
    var wrong = 0u;
    var failed = 0u;
    for (var k = 0u; k < 4u; k++) {
        if (done_of(all, k) == RESULT_NONE) {
            let child = family + assignee_of(all, k);
            if (parts[word_at(PART_PATH, child)] == ((path << 2u) | k)
                && parts[word_at(PART_ATTEMPT, child)] == (attempt | begun_of(all, k))) {
                all |= (parts[word_at(PART_STATE, child)] & PART_RESULT) << (8u * k);
            }
        }
        let done = done_of(all, k);
        right += select(0u, 1u, done == RESULT_RIGHT);
        wrong += select(0u, 1u, done == RESULT_WRONG);
        failed += select(0u, 1u, done == RESULT_FAILED);
    }
    let found = joined(right, wrong, failed);
    if (found != RESULT_NONE) {
        set_order(i, ORDER_PARTS, all);
        set_stands(i, ORDER_DONE | (found << ORDER_RESULT_SHIFT));
        return;
    }
    // Of whom the lease is over, another does the part.
    var again = 0u;
    for (var k = 0u; k < 4u; k++) {
        let who = assignee_of(all, k);
        if (done_of(all, k) != RESULT_NONE || (states[family + who] & ABANDONED) == 0u) {
            continue;
        }
        let next = open_from(family, who + 1u);
        if (next == 4u || next == who) {
            alone(i);
            return;
        }
        let byte = (next << 2u) | (((begun_of(all, k) + 1u) & 15u) << 4u);
        all = (all & ~(255u << (8u * k))) | (byte << (8u * k));
        again += 1u;
    }
    set_order(i, ORDER_PARTS, all);
    set_order(i, ORDER_STATE, stands | (again << ORDER_AGAIN_SHIFT));
}

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = clock.first + id.y * ROW + id.x;
    if (i >= clock.end || control.stopped != 0u) {
        return;
    }
    let path = order_of(i, ORDER_PATH);
    if (path == 0u) {
        return;
    }
    // What is counted is of one tick.
    let stands = order_of(i, ORDER_STATE) & (ORDER_STANDS | (RESULT_FAILED << ORDER_RESULT_SHIFT) | ORDER_ALONE);
    set_order(i, ORDER_STATE, stands);
    if (path > 1u && parts[word_at(PART_PATH, i)] != path) {
        // The part that it is of has been taken away.
        let attempt = order_of(i, ORDER_ATTEMPT) + 1u;
        for (var k = 0u; k < ORDER_ALL; k++) {
            set_order(i, k, 0u);
        }
        set_order(i, ORDER_ATTEMPT, attempt);
        set_order(i, ORDER_STATE, stands & ORDER_ALONE);
        return;
    }
    if (!is_open(i)) {
        return;
    }
    let how = stands & ORDER_STANDS;
    if (how == ORDER_WAITS) {
        order_waits(i);
    } else if (how == ORDER_OUT) {
        order_is_out(i, stands);
    }
}
