// Last pass of a measurement: one workgroup puts the parts together, writes the row, and stops the run if the stop conditions
// hold: every later step sees that and leaves the state alone, so nothing has to wait for the host.
//
// Reads: the parts, the bins and the fingerprint's parts, of which it empties the last two, and the columns that are in the row already.
// Writes: the row, the control block. Hazards: every invocation reaches the barriers, and the bins are emptied after all have been looked
// at.

override PARTS: u32;
// Words of a row.
override ROW_WORDS: u32;
override BINS: u32;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32) {
    clear_pool(lane);
    workgroupBarrier();
    let at = clock.row * ROW_WORDS;
    var print = vec2<u32>();
    for (var part = lane; part < PARTS; part += 64u) {
        print += prints[part];
        prints[part] = vec2<u32>();
    }
    put_count(0u, lane, print.x);
    put_count(1u, lane, print.y);
    gather(lane);
    workgroupBarrier();
    put_together(lane, at);
    if (lane < 2u) {
        rows[at + lane] = pooled_count(lane);
    }
    let was_stopped = control.stopped;
    storageBarrier();
    if (lane == 0u) {
        rows[at + 2u] = was_stopped;
        if (clock.may_stop != 0u && was_stopped == 0u && holds(at)) {
            control.stopped = 1u;
            control.tick = clock.tick;
        }
    }
    storageBarrier();
    for (var k = lane; k < BINS; k += 64u) {
        bins[k] = 0u;
    }
}
