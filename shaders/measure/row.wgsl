// Last pass of a measurement: one workgroup puts the partial tallies together, writes the row, and stops the run if the
// stop condition holds: every later step sees that and leaves the state alone, so nothing has to wait for the host.
//
// Reads: partial tallies, bins, which it empties, the records that are in the row already. Writes: the row, the control block.
// Hazards: every invocation reaches the barriers, and the bins are emptied after all have been looked at.

@group(2) @binding(2) var<storage, read_write> rows: array<u32>;

override PARTS: u32;
override BINS: u32;
// How many words of the row are records.
override RECORD: u32;
// 1 if there is a stop condition, and its bound.
override STOPS: u32;
override STOP_SPREAD: u32;

// The k-th word of the records.
fn recorded(k: u32) -> u32 {
    return rows[clock.row * (30u + BINS + RECORD) + 30u + BINS + k];
}

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32) {
    var own = nothing();
    for (var part = lane; part < PARTS; part += 64u) {
        own = together(own, partial_tallies[part]);
    }
    var all = of_workgroup(lane, own);
    let at = clock.row * (30u + BINS + RECORD);
    for (var k = lane; k < BINS; k += 64u) {
        rows[at + 30u + k] = bins[k];
    }
    if (lane == 0u) {
        finish(at, all);
    }
    storageBarrier();
    for (var k = lane; k < BINS; k += 64u) {
        bins[k] = 0u;
    }
}

// The words of the tally itself, and the stop condition.
fn finish(at: u32, all: Tally) {
    rows[at] = all.squares.x;
    rows[at + 1u] = all.squares.y;
    rows[at + 2u] = all.squares_high;
    rows[at + 3u] = u32(all.minimum);
    rows[at + 4u] = u32(all.maximum);
    for (var k = 0u; k < 6u; k++) {
        rows[at + 5u + 2u * k] = all.sums[k].x;
        rows[at + 6u + 2u * k] = all.sums[k].y;
    }
    for (var k = 0u; k < 5u; k++) {
        rows[at + 17u + 2u * k] = all.counts[k].x;
        rows[at + 18u + 2u * k] = all.counts[k].y;
    }
    rows[at + 27u] = all.fingerprint.x;
    rows[at + 28u] = all.fingerprint.y;
    rows[at + 29u] = control.stopped;
    let apart = spread(all);
    // Nobody is not agreed.
    let is_known = any(all.counts[0] != vec2<u32>());
    if (STOPS != 0u && clock.may_stop != 0u && control.stopped == 0u && is_known && apart <= STOP_SPREAD) {
        control.stopped = 1u;
        control.tick = clock.tick;
    }
}
