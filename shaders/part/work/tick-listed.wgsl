// A tick of cells that neither learn nor delegate. Twin: src/part/work/cell/mod.rs; what is read and written stands in cell.wgsl.
//
// Hazards: every invocation reaches the barriers. A cell is on one list at a time; whoever does its part there goes on with its state.
//
// Of 64 cells some four take in a task, begin one, or end one, but hardly ever none: a workgroup of 256 lists who does, so that one wave
// of its four does it for all.

// Lists of cells, counted from the workgroup's first, in no order: whose source does something, who begin a task, whose task ends.
var<workgroup> listed: array<u32, 768>;
var<workgroup> lengths: array<atomic<u32>, 3>;
// The states of those who are on a list.
var<workgroup> between: array<u32, 256>;

const ARRIVING: u32 = 0u;
const BEGINNING: u32 = 1u;
const ENDING: u32 = 2u;

// The cell's state, of which `rest` is what the parts of a tick do not change.
fn own_state(rest: u32) -> u32 {
    return queued | select(0u, BUSY, is_busy) | rest;
}

fn put_on(list: u32, at: u32, rest: u32) {
    between[at] = own_state(rest);
    listed[256u * list + atomicAdd(&lengths[list], 1u)] = at;
}

// Takes up the next cell of a list, which is counted from `first`; the answer is its place, or 256 for an invocation that has none.
fn next_on(list: u32, lane: u32, first: u32) -> u32 {
    if (lane >= atomicLoad(&lengths[list])) {
        return 256u;
    }
    let at = listed[256u * list + lane];
    take_up(first + at, between[at]);
    return at;
}

fn rest_of(at: u32) -> u32 {
    return between[at] & ~(QUEUED | BUSY);
}

// Executes the cell's task, if it has one.
fn work_on(at: u32, rest: u32) {
    if (is_busy && (rest >> CLOSED_SHIFT) == 0u && execute()) {
        put_on(ENDING, at, rest);
        return;
    }
    states[own_cell] = own_state(rest);
}

// What follows when the source has done what it does.
fn go_on(at: u32, rest: u32) {
    let is_free = (rest >> CLOSED_SHIFT) == 0u && (rest & APART) == 0u && !is_busy && queued > 0u;
    if (is_free && is_active(own_cell, clock.tick)) {
        put_on(BEGINNING, at, rest);
        return;
    }
    work_on(at, rest);
}

fn begin(i: u32, at: u32) {
    let state = states[i];
    take_up(i, state);
    if (team.is_gone) {
        states[i] = 0u;
        return;
    }
    if (FORGETS != 0u && team.is_new) {
        destroy();
    }
    let closed = closed_for(state);
    let is_abandoned = closed == LEASE;
    if (is_abandoned && is_busy) {
        // Whoever takes the task over begins it again.
        put_back(running());
    }
    let rest = select(0u, ABANDONED, is_abandoned) | (state & APART) | (closed << CLOSED_SHIFT);
    if (i < SOURCES && arrives()) {
        put_on(ARRIVING, at, rest);
        return;
    }
    go_on(at, rest);
}

// Every invocation must call it, before the workgroup meets.
fn prepare_tick(lane: u32) {
    if (lane < 3u) {
        atomicStore(&lengths[lane], 0u);
    }
}

// Every invocation must call it; whether it has a cell, `is_there` says.
fn do_tick(i: u32, lane: u32, is_there: bool) {
    if (is_there) {
        begin(i, lane);
    }
    workgroupBarrier();
    let arriving = next_on(ARRIVING, lane, i - lane);
    if (arriving < 256u) {
        arrive();
        go_on(arriving, rest_of(arriving));
    }
    workgroupBarrier();
    let beginning = next_on(BEGINNING, lane, i - lane);
    if (beginning < 256u) {
        dispatch();
        work_on(beginning, rest_of(beginning));
    }
    workgroupBarrier();
    let ending = next_on(ENDING, lane, i - lane);
    if (ending < 256u) {
        finish(running());
        states[own_cell] = own_state(rest_of(ending));
    }
}
