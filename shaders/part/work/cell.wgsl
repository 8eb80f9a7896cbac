// One tick of a cell's work: arrivals, order, dispatch, execution, verification, commitment.
// Twin: src/part/work/cell/mod.rs, which says more.
//
// Reads and writes: its own state, words, queue; reads its own members, and tables; adds to the ledger and to jobs. Of a cell that
// waits for work that is 4 bytes of state read and written, and 4 read that say whether its source holds tasks back (with faults
// 16 of members, with a log 12 that say when the next job comes). Of a busy one 4 more read and written: what remains. A task that
// is taken in writes 8 and reads and writes up to 40 of the cell's; one that is dispatched reads all that wait, 8 each, and writes 12;
// one that ends reads 8 and reads and writes 4.
// Hazards: every invocation reaches the barriers of begin_count and end_count.

override LEASE: u32;
// 1 if members that come back have forgotten.
override FORGETS: u32;
// The first so many cells have a source each; those that have come into being since have none.
override SOURCES: u32;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    begin_count(lane);
    let i = clock.first + id.y * ROW + id.x;
    if (i < clock.end && control.stopped == 0u) {
        states[i] = tick_of(i, states[i]);
    }
    end_count(lane);
}

// The whole tick; the answer is the cell's next state.
fn tick_of(i: u32, state: u32) -> u32 {
    own_cell = i;
    team = team_of(i);
    if (team.is_gone) {
        return 0u;
    }
    queued = state & QUEUED;
    is_busy = (state & BUSY) != 0u;
    begin_delegation(i);
    if (FORGETS != 0u && team.is_new) {
        destroy();
    }
    let closed = closed_for(state);
    let is_abandoned = closed == LEASE;
    if (is_abandoned && is_busy) {
        // Whoever takes the task over begins it again.
        put_back(running());
    }
    if (is_abandoned && has_delegated_task(i)) {
        put_back_too(recalled(i));
    }
    if (i < SOURCES) {
        arrive();
    }
    let apart = state & APART;
    if (closed == 0u) {
        let does_part = delegated(i);
        if (apart == 0u && !does_part && !is_busy && queued > 0u && is_active(i, clock.tick)) {
            dispatch();
        }
        if (is_busy) {
            execute();
        }
    }
    earn(queued);
    return queued | select(0u, BUSY, is_busy) | select(0u, ABANDONED, is_abandoned) | apart | delegation_bits(i) | (closed << CLOSED_SHIFT);
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

// One tick of execution, and what follows when it was the last.
fn execute() {
    var remaining = word_of(REMAINING);
    if (remaining > 0u) {
        remaining -= 1u;
        set_word(REMAINING, remaining);
        count_all(ALL_BUSY, 1u);
    }
    // With two members up the result is held.
    if (remaining == 0u && countOneBits(team.up) > 2u) {
        finish(running());
    }
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
