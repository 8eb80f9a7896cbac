// What a cell does in a tick: it is closed or open, gives up, dispatches, executes, finishes. Twin: src/part/work/cell/mod.rs.

override LEASE: u32;
// 1 if members that come back have forgotten.
override FORGETS: u32;
// The first so many cells have a source each; those that have come into being since have none.
override SOURCES: u32;

// What is known of a cell from its state.
fn take_up(i: u32, state: u32) {
    own_cell = i;
    team = team_of(i);
    queued = state & QUEUED;
    is_busy = (state & BUSY) != 0u;
}

// For how many ticks the cell has been closed, at most those of a lease; 0 if it is open.
fn closed_for(state: u32) -> u32 {
    let up = countOneBits(team.up);
    // Two execute, but commit nothing: once they hold a result, or have been given up, they wait for a third.
    let waits = (is_busy && word_of(REMAINING) == 0u) || (state & ABANDONED) != 0u;
    if (up > 2u || (up == 2u && !waits)) {
        return 0u;
    }
    return min((state >> CLOSED_SHIFT) + 1u, LEASE);
}

// The task under execution waits again. There is room: it was counted among the tasks that the cell holds.
fn put_back(task: vec2<u32>) {
    put_back_too(task);
    is_busy = false;
}

// All members have forgotten: what the cell held is gone.
fn destroy() {
    let slots_used = queued;
    for (var slot = 0u; slot < slots_used; slot++) {
        end_task(TIER_DESTROYED, waiting_task(slot));
    }
    if (is_busy) {
        end_task(TIER_DESTROYED, running());
    }
    if (has_delegated_task(own_cell)) {
        end_task(TIER_DESTROYED, recalled(own_cell));
    }
    forget_part(own_cell);
    queued = 0u;
    is_busy = false;
}

// The coordinator gives the executor the task that is next.
fn dispatch() {
    let slot = next_slot();
    var task = waiting_task(slot);
    queued -= 1u;
    if (slot != queued) {
        put(slot, waiting_task(queued));
    }
    count_all(ALL_DISPATCHES, 1u);
    earn_messages(1u);
    if ((task.y & STARTED) == 0u) {
        task.y |= STARTED;
        count_tier(TIER_STARTED, task_tier(task.y), 1u);
        count_time(0u, task_tier(task.y), clock.tick - task_tick(task.y));
        job_began(task.x);
    } else {
        count_all(ALL_REPEATED, 1u);
    }
    let need = need_of(task);
    if (delegates(own_cell, task, need)) {
        return;
    }
    set_word(RUNNING, task.x);
    set_word(RUNNING + 1u, task.y);
    set_word(REMAINING, need);
    is_busy = true;
}

// One tick of execution; the answer is whether it was the last, so that the result is finished. With two members up it is held.
fn execute() -> bool {
    var remaining = word_of(REMAINING);
    if (remaining > 0u) {
        remaining -= 1u;
        set_word(REMAINING, remaining);
        count_all(ALL_BUSY, 1u);
    }
    return remaining == 0u && countOneBits(team.up) > 2u;
}

// The result is verified, and committed or rejected.
fn finish(task: vec2<u32>) {
    let verdict = judged(task.x, vec2<u32>(task_tick(task.y), task_tries(task.y)), 1u);
    is_busy = false;
    if (verdict.committed) {
        commit(task, verdict.wrong);
        return;
    }
    earn_rejected();
    count_all(ALL_REJECTED, 1u);
    if (task_tries(task.y) == MAX_TRIES) {
        end_task(TIER_FAILED, task);
    } else {
        put_back(vec2<u32>(task.x, rejected(task.y)));
    }
}
