// One tick of a cell's work: arrivals, order, dispatch, execution, verification, commitment.
// Twin: src/part/work/cell/mod.rs, which says more.
//
// Reads and writes: its own state, words, queue; reads its own members, and tables; adds to the ledger and to jobs. Of a cell that
// waits for work that is 4 bytes of state read and written, and 4 read that say whether its source holds tasks back (with faults
// 16 of members, with a log 12 that say when the next job comes). Of a busy one 4 more read and written: what remains. A task that
// is taken in writes 8 and reads and writes up to 40 of the cell's; one that is dispatched reads all that wait, 8 each, and writes 12;
// one that ends reads 8 and reads and writes 4.
// Hazards: every invocation reaches the barriers of begin_count, do_tick and end_count.

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    prepare_tick(lane);
    begin_count(lane);
    let i = clock.first + id.y * ROW + id.x;
    do_tick(i, lane, i < clock.end && control.stopped == 0u);
    end_count(lane);
}
