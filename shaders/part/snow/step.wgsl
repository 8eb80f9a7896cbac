// The Snow family: repeated samples, and what a node learns from an alpha-majority in one. Twin: src/part/snow/step.rs.
//
// Reads: its own opinion and those of the nodes that it asks. Writes: its own next opinion (and, unless it is slush, what it keeps
// besides: see shaders/part/snow/).
// Hazards: none; what it reads at others it does not write.

@group(2) @binding(0) var<storage, read> opinion: array<u32>;
@group(2) @binding(1) var<storage, read_write> opinion_next: array<u32>;

// Nodes in a sample, and how many must agree.
override SAMPLE: u32;
override ALPHA: u32;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = clock.first + id.y * ROW + id.x;
    if (i >= clock.end || control.stopped != 0u) {
        return;
    }
    let word = opinion[i];
    if (!takes_part(i)) {
        opinion_next[i] = word;
        return;
    }
    if ((word & 0x80000000u) != 0u) {
        // Decided before this tick.
        opinion_next[i] = word | 0x40000000u;
        return;
    }
    if (!acts(i, clock.tick)) {
        opinion_next[i] = word;
        return;
    }
    let own = word & 0xFFFFu;
    sample(i, SAMPLE, clock.tick);
    // Only one opinion can have more than half of all answers: the one that is left when unequal ones go out in pairs (Boyer and
    // Moore 1981).
    var candidate = 0u;
    var balance = 0u;
    for (var d = 0u; d < SAMPLE; d++) {
        let j = sampled[d];
        var answer = 0u;
        if (!is_nobody(j)) {
            answer = told(j, i, opinion[j] & 0xFFFFu, own, clock.tick);
        }
        sampled[d] = answer;
        if (answer == 0u) {
            continue;
        }
        if (balance == 0u) {
            candidate = answer;
        }
        balance = select(balance - 1u, balance + 1u, answer == candidate);
    }
    var agree = 0u;
    for (var d = 0u; d < SAMPLE; d++) {
        agree += select(0u, 1u, sampled[d] == candidate);
    }
    opinion_next[i] = learn(i, own, select(0u, candidate, candidate != 0u && agree >= ALPHA));
}
