// Last pass of a measurement: one workgroup puts the partial tallies together, writes the row, and stops the run if the
// stop condition holds: every later step sees that and leaves the state alone, so nothing has to wait for the host.
//
// Reads: partial tallies. Writes: the row, the control block.

@group(2) @binding(0) var<storage, read> partial_tallies: array<Tally>;
@group(2) @binding(1) var<storage, read_write> rows: array<u32>;

override PARTS: u32;
// 1 if there is a stop condition, and its bound.
override STOPS: u32;
override STOP_SPREAD: u32;

@compute @workgroup_size(128)
fn main(@builtin(local_invocation_index) lane: u32) {
    var own = nothing();
    for (var part = lane; part < PARTS; part += 128u) {
        own = together(own, partial_tallies[part]);
    }
    let all = of_workgroup(lane, own);
    if (lane != 0u) {
        return;
    }
    let at = clock.row * 14u;
    rows[at] = u32(all.minimum);
    rows[at + 1u] = u32(all.maximum);
    rows[at + 2u] = all.sum.x;
    rows[at + 3u] = all.sum.y;
    rows[at + 4u] = all.squares.x;
    rows[at + 5u] = all.squares.y;
    rows[at + 6u] = all.squares.z;
    rows[at + 7u] = all.acted.x;
    rows[at + 8u] = all.acted.y;
    rows[at + 9u] = all.messages.x;
    rows[at + 10u] = all.messages.y;
    rows[at + 11u] = all.fingerprint.x;
    rows[at + 12u] = all.fingerprint.y;
    rows[at + 13u] = control.stopped;
    let spread = u32(all.maximum) - u32(all.minimum);
    if (STOPS != 0u && clock.may_stop != 0u && control.stopped == 0u && spread <= STOP_SPREAD) {
        control.stopped = 1u;
        control.tick = clock.tick;
    }
}
