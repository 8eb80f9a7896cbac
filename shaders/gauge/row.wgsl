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
    let at = clock.row * ROW_WORDS;
    put_together(lane, at);
    var print = vec2<u32>();
    for (var part = lane; part < PARTS; part += 64u) {
        print += prints[part];
        prints[part] = vec2<u32>();
    }
    let low = all_counts(lane, print.x);
    let high = all_counts(lane, print.y);
    if (lane == 0u) {
        rows[at] = low;
        rows[at + 1u] = high;
        rows[at + 2u] = control.stopped;
        if (clock.may_stop != 0u && control.stopped == 0u && holds(at)) {
            control.stopped = 1u;
            control.tick = clock.tick;
        }
    }
    storageBarrier();
    for (var k = lane; k < BINS; k += 64u) {
        bins[k] = 0u;
    }
}
