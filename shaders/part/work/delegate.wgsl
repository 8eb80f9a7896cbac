// What a cell does of tasks that are delegated: it gives orders, does its part, and takes in what has come of them.
// Twin: src/part/work/cell/delegate.rs.
//
// Reads and writes: its own order and part.

@group(2) @binding(10) var<storage, read_write> orders: array<u32>;
@group(2) @binding(11) var<storage, read_write> parts: array<u32>;

// Tasks that need so many ticks or more are delegated.
override DELEGATE_NEED: u32;
// 1 if a part that is forgotten keeps its numbers until it has been accounted for.
override ACCOUNTS: u32;

fn order_of(k: u32) -> u32 {
    return orders[word_at(k, own_cell)];
}

fn part_of(k: u32) -> u32 {
    return parts[word_at(k, own_cell)];
}

fn set_part(k: u32, value: u32) {
    parts[word_at(k, own_cell)] = value;
}

fn has_delegated_task(i: u32) -> bool {
    return order_of(ORDER_PATH) == 1u;
}

fn give(task: vec2<u32>, path: u32, size: u32) {
    orders[own_cell] = task.x;
    orders[word_at(ORDER_RECORD, own_cell)] = task.y;
    orders[word_at(ORDER_PATH, own_cell)] = path;
    orders[word_at(ORDER_SIZE, own_cell)] = size;
    orders[word_at(ORDER_PARTS, own_cell)] = 0u;
    orders[word_at(ORDER_SINCE, own_cell)] = clock.tick;
    orders[word_at(ORDER_STATE, own_cell)] = ORDER_WAITS;
}

fn end_order() {
    let attempt = order_of(ORDER_ATTEMPT);
    for (var k = 0u; k < ORDER_ALL; k++) {
        orders[word_at(k, own_cell)] = 0u;
    }
    orders[word_at(ORDER_ATTEMPT, own_cell)] = attempt + 1u;
}

// How much of its room an order takes.
fn reserved() -> u32 {
    return select(0u, 1u, has_delegated_task(own_cell));
}

// What neighbours read of order and part.
fn delegation_bits(i: u32) -> u32 {
    let path = order_of(ORDER_PATH);
    let waits = path != 0u && (order_of(ORDER_STATE) & ORDER_STANDS) == ORDER_WAITS;
    return select(0u, DELEGATED, path == 1u) | select(0u, WANTS, waits) | select(0u, PARTED, part_of(PART_PATH) != 0u);
}

// The task that is delegated, whose order ends.
fn recalled(i: u32) -> vec2<u32> {
    let task = vec2<u32>(order_of(ORDER_ORIGIN), order_of(ORDER_RECORD));
    end_order();
    return task;
}

// What is known of parts is gone.
fn forget_part(i: u32) {
    if (order_of(ORDER_PATH) != 0u) {
        end_order();
    }
    if (ACCOUNTS != 0u) {
        set_part(PART_PATH, 0u);
        return;
    }
    for (var k = 0u; k < PART_ALL; k++) {
        set_part(k, 0u);
    }
}

// Whether a task is delegated that is next, and needs so many ticks.
fn delegates(i: u32, task: vec2<u32>, need: u32) -> bool {
    if (need < DELEGATE_NEED) {
        return false;
    }
    if (order_of(ORDER_PATH) != 0u) {
        orders[word_at(ORDER_STATE, own_cell)] = order_of(ORDER_STATE) | ORDER_ALONE;
        return false;
    }
    give(task, 1u, need);
    return true;
}

// What was to be counted in this tick has been.
fn begin_delegation(i: u32) {
    let stands = order_of(ORDER_STATE);
    if ((stands & ORDER_ALONE) != 0u) {
        orders[word_at(ORDER_STATE, own_cell)] = stands & ~ORDER_ALONE;
    }
}

fn take_in_order() {
    let path = order_of(ORDER_PATH);
    let stands = order_of(ORDER_STATE);
    if (path == 0u) {
        return;
    }
    let how = stands & ORDER_STANDS;
    if (how == ORDER_UNDIVIDED) {
        if (path != 1u) {
            set_part(PART_STATE, part_of(PART_STATE) & ~PART_OUT);
            end_order();
        } else if (!is_busy) {
            set_word(RUNNING, order_of(ORDER_ORIGIN));
            set_word(RUNNING + 1u, order_of(ORDER_RECORD));
            set_word(REMAINING, order_of(ORDER_SIZE));
            end_order();
            is_busy = true;
        }
    } else if (how == ORDER_DONE) {
        let found = (stands >> ORDER_RESULT_SHIFT) & PART_RESULT;
        if (path == 1u) {
            let task = recalled(own_cell);
            if (found == RESULT_FAILED) {
                end_task(TIER_FAILED, task);
            } else {
                commit(task, found == RESULT_WRONG);
            }
        } else {
            set_part(PART_STATE, (part_of(PART_STATE) & ~PART_OUT) | found);
            end_order();
        }
    }
}

fn execute_part(path: u32, stands: u32) {
    var remaining = part_of(PART_REMAINING);
    if (remaining > 0u) {
        remaining -= 1u;
        set_part(PART_REMAINING, remaining);
        count_all(ALL_BUSY, 1u);
    }
    if (remaining > 0u || countOneBits(team.up) < 3u) {
        return;
    }
    let tries = stands >> PART_TRIES_SHIFT;
    let verdict = judged(part_of(PART_ORIGIN), vec2<u32>(task_tick(part_of(PART_RECORD)), tries), path);
    if (verdict.committed) {
        set_part(PART_STATE, stands | select(RESULT_RIGHT, RESULT_WRONG, verdict.wrong));
        return;
    }
    count_all(ALL_REJECTED, 1u);
    if (tries == MAX_TRIES) {
        set_part(PART_STATE, stands | RESULT_FAILED);
    } else {
        set_part(PART_REMAINING, part_of(PART_SIZE));
        set_part(PART_STATE, stands + (1u << PART_TRIES_SHIFT));
    }
}

// Does a tick of its part; whether the executor is its own for that.
fn do_part() -> bool {
    let path = part_of(PART_PATH);
    var stands = part_of(PART_STATE);
    if (path == 0u || (stands & (PART_RESULT | PART_OUT)) != 0u) {
        return false;
    }
    if ((stands & PART_NEW) != 0u) {
        stands &= ~PART_NEW;
        if (order_of(ORDER_PATH) == 0u) {
            stands |= PART_OUT;
            give(vec2<u32>(part_of(PART_ORIGIN), part_of(PART_RECORD)), path, part_of(PART_SIZE));
        }
        set_part(PART_STATE, stands);
        if ((stands & PART_OUT) != 0u) {
            return false;
        }
    }
    if (!is_busy) {
        execute_part(path, stands);
    }
    return true;
}

// Takes in what has come of the order, and goes on with the part; whether that needs the executor.
fn delegated(i: u32) -> bool {
    take_in_order();
    return do_part();
}
