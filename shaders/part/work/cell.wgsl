// One tick of a cell's work: arrivals, order, dispatch, execution, verification, commitment.
// Twin: src/part/work/cell/mod.rs, which says more.
//
// Reads and writes: its own state, words, queue; reads its own members, and tables; adds to the ledger and to jobs. Of a cell that
// waits for work that is 4 bytes of state read and written, and 4 read that say whether its source holds tasks back (with faults
// 16 of members, with a log 12 that say when the next job comes). Of a busy one 4 more read and written: what remains. A task that
// is taken in writes 8 and reads and writes up to 40 of the cell's; one that is dispatched reads all that wait, 8 each, and writes 12;
// one that ends reads 8 and reads and writes 4.
// Hazards: every invocation reaches the barriers of begin_count and end_count.

override EPOCH: u32;
override LEASE: u32;
// 1 if members that come back have forgotten.
override FORGETS: u32;
// The probabilities, in 2^-32, that a result is verified, and that an honest executor errs; 2^32 - 1 is certain.
override VERIFY: u32;
override ERROR: u32;
override MAX_TRIES: u32;
override RESULT_KEY: u32;
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
    if (FORGETS != 0u && team.is_new) {
        destroy();
    }
    let closed = closed_for(state);
    let is_abandoned = closed == LEASE;
    if (is_abandoned && is_busy) {
        // Whoever takes the task over begins it again.
        put_back(running());
    }
    if (i < SOURCES) {
        arrive();
    }
    let apart = state & APART;
    if (closed == 0u) {
        if (apart == 0u && !is_busy && queued > 0u && is_active(i, clock.tick)) {
            dispatch();
        }
        if (is_busy) {
            execute();
        }
    }
    earn(queued);
    return queued | select(0u, BUSY, is_busy) | select(0u, ABANDONED, is_abandoned) | apart | (closed << CLOSED_SHIFT);
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
    put(queued, task);
    queued += 1u;
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
    queued = 0u;
    is_busy = false;
}

// A task leaves the swarm.
fn end_task(how: u32, task: vec2<u32>) {
    count_tier(how, task_tier(task.y), 1u);
    count_identities(SUM_ENDED, task_identity(task));
    job_ended(task, how == TIER_COMMITTED);
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
    set_word(RUNNING, task.x);
    set_word(RUNNING + 1u, task.y);
    set_word(REMAINING, need_of(task));
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

// Whether a draw means that something of this probability happens.
fn hits(draw: u32, threshold: u32) -> bool {
    return draw < threshold || threshold == 0xFFFFFFFFu;
}

// What comes of a result.
fn judged(task: vec2<u32>) -> Verdict {
    let epoch = clock.tick / EPOCH;
    let executor = member(team.up, epoch, EXECUTOR);
    let lies = ((team.liars >> executor) & 1u) != 0u;
    var right = !lies;
    let share = verify_share();
    var is_verified = share == 0xFFFFFFFFu;
    var faces = 0u;
    if (ERROR != 0u || !is_verified || lies) {
        let tries = 2u * task_tries(task.y);
        let key = vec2<u32>(RESULT_KEY, task.x);
        let draws = threefry2x32(key, vec2<u32>(task_tick(task.y), tries));
        right = right && !hits(draws.x, ERROR);
        is_verified = is_verified || hits(draws.y, share);
        faces = 1u << (threefry2x32(key, vec2<u32>(task_tick(task.y), tries + 1u)).x >> 30u);
    }
    if (!is_verified) {
        return Verdict(true, !right, 0u);
    }
    count_all(ALL_VERIFIED, 1u);
    return agree(Matter(team.up, team.liars, executor, member(team.up, epoch, REFEREE), right, faces));
}

// The result is verified, and committed or rejected.
fn finish(task: vec2<u32>) {
    let verdict = judged(task);
    count_all(ALL_VOTES, verdict.votes);
    earn_messages(verdict.votes);
    is_busy = false;
    if (verdict.committed) {
        count_time(1u, task_tier(task.y), clock.tick + 1u - task_tick(task.y));
        count_all(ALL_WRONG, select(0u, 1u, verdict.wrong));
        set_word(SCORE, word_of(SCORE) + 1u);
        earn_commit(task, verdict.wrong);
        end_task(TIER_COMMITTED, task);
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
