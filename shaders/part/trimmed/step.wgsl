// Resilient consensus (W-MSR): every node drops what it hears farthest above and below its own belief, and moves to the mean of
// the rest. Twin: src/part/trimmed/step.rs, which says more.
//
// Reads: its own and its neighbours' beliefs. Writes: its own next belief.
// Hazards: none; what it reads at neighbours it does not write.

@group(2) @binding(0) var<storage, read> belief: array<i32>;
@group(2) @binding(1) var<storage, read_write> belief_next: array<i32>;

// How many are dropped on either side.
override FAULTS: u32;
const MOST_FAULTS = 32u;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = clock.first + id.y * ROW + id.x;
    if (i >= clock.end || control.stopped != 0u) {
        return;
    }
    let own = belief[i];
    if (!takes_part(i)) {
        belief_next[i] = own;
        return;
    }
    // The greatest differences from the own belief so far, and the least; 0 is nothing.
    var above: array<i32, MOST_FAULTS>;
    var below: array<i32, MOST_FAULTS>;
    var sum = vec2<u32>(0u, 0u);
    var kept = 0u;
    let i_acts = acts(i, clock.tick);
    let links = slots(i);
    for (var k = 0u; k < links; k++) {
        let j = neighbour(i, k);
        if (j == i || !hears(i, i_acts, j, k, clock.tick)) {
            continue;
        }
        let difference = i32(told(j, i, u32(belief[j]), u32(own), clock.tick)) - own;
        // What is pushed out at the end of a list is kept.
        var rising = max(difference, 0);
        var falling = min(difference, 0);
        for (var rank = 0u; rank < FAULTS; rank++) {
            let most = above[rank];
            let least = below[rank];
            above[rank] = max(most, rising);
            below[rank] = min(least, falling);
            rising = min(most, rising);
            falling = max(least, falling);
        }
        let out = rising + falling;
        sum = add_signed(sum, out);
        kept += select(0u, 1u, difference == 0 || out != 0);
    }
    belief_next[i] = own + floor_mean(sum, 1u + kept);
}
