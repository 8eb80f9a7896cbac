// Opinions by small samples: every node that acts asks one to three nodes for theirs, and may change its own.
// Twin: src/part/majority/step.rs, which says more.
//
// Reads: its own opinion and those of the nodes that it asks.
// Writes: its own next opinion.
// Hazards: none; what it reads at others it does not write.

@group(2) @binding(0) var<storage, read> opinion: array<u32>;
@group(2) @binding(1) var<storage, read_write> opinion_next: array<u32>;

// How many nodes a node asks: 1 to 3.
override SAMPLES: u32;

// The opinion that i, which holds `own`, hears by a draw; 0 where no answer arrives or who was asked has none.
fn answer(i: u32, draw: u32, own: u32) -> u32 {
    let j = ask(i, draw, clock.tick);
    if (is_nobody(j)) {
        return 0u;
    }
    return told(j, i, opinion[j], own, clock.tick);
}

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = clock.first + id.y * ROW + id.x;
    if (i >= clock.end || control.stopped != 0u) {
        return;
    }
    let own = opinion[i];
    var next = own;
    if (takes_part(i) && acts(i, clock.tick)) {
        let a = answer(i, 0u, own);
        var b = 0u;
        var c = 0u;
        if (SAMPLES > 1u) {
            b = answer(i, 1u, own);
        }
        // Where the first two agree, the third changes nothing.
        if (SAMPLES > 2u && (a == 0u || a != b)) {
            c = answer(i, 2u, own);
        }
        next = vote(own, a, b, c);
    }
    opinion_next[i] = next;
}
