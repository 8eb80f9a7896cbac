// A cell gives up what its neighbours took. Twin: src/part/work/settle.rs.
//
// Reads: its own offers, 4 bytes if there are none; else of each its receiver's answer, 8 bytes. Writes: then its own state, the
// header of its offers, and 8 of its queue for each task that leaves a gap.
// Hazards: none; what it reads at others it does not write.

@group(2) @binding(0) var<storage, read> answers: array<u32>;
@group(2) @binding(1) var<storage, read_write> states: array<u32>;
@group(2) @binding(2) var<storage, read_write> queue: array<u32>;
@group(2) @binding(3) var<storage, read_write> outbox: array<u32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = clock.first + id.y * ROW + id.x;
    if (i >= clock.end || control.stopped != 0u) {
        return;
    }
    let header = outbox[word_at(OUTBOX_HEADER, i)];
    if (header == 0u) {
        return;
    }
    outbox[word_at(OUTBOX_HEADER, i)] = 0u;
    let count = offers_in(header);
    let offered_from = queued_in(header);
    let state = states[i];
    var queued = state & QUEUED;
    for (var k = 0u; k < count; k++) {
        let receiver = outbox[word_at(OUTBOX_TARGETS + k, i)];
        let answer = answers[receiver];
        let last = answer & ALL_TAKEN;
        // Of the offers to the same cell, which one it is.
        var before = 0u;
        for (var other = 0u; other < k; other++) {
            before += select(0u, 1u, outbox[word_at(OUTBOX_TARGETS + other, i)] == receiver);
        }
        if (i < last || (i == last && before < (answer >> TAKEN_SHIFT))) {
            // The slots above have been looked at already.
            let slot = offered_from - 1u - k;
            queued -= 1u;
            if (slot != queued) {
                let at = word_at(2u * slot, i);
                let end = word_at(2u * queued, i);
                queue[at] = queue[end];
                queue[next_lane(at)] = queue[next_lane(end)];
            }
        }
    }
    states[i] = (state & ~QUEUED) | queued;
}
