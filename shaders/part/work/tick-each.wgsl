// A tick of cells that learn or delegate, each by itself. Twin: src/part/work/cell/mod.rs; what is read and written stands in cell.wgsl.

fn prepare_tick(lane: u32) {}

// Whether the invocation has a cell, `is_there` says.
fn do_tick(i: u32, lane: u32, is_there: bool) {
    if (is_there) {
        states[i] = tick_of(i, states[i]);
    }
}

// The whole tick; the answer is the cell's next state.
fn tick_of(i: u32, state: u32) -> u32 {
    take_up(i, state);
    if (team.is_gone) {
        return 0u;
    }
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
            if (execute()) {
                finish(running());
            }
        }
    }
    earn(queued);
    return queued | select(0u, BUSY, is_busy) | select(0u, ABANDONED, is_abandoned) | apart | delegation_bits(i) | (closed << CLOSED_SHIFT);
}
