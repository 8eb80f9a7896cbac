// Who accepts whom: of a node that listens the one that it accepts of those that proposed to it, of a node that proposes whom it
// proposed to; each with 1, or 0 for nobody. Twin: src/part/pairwise/accept.rs, which says more.
//
// Reads: its own and its neighbours' places. Writes: its own partner.
// Hazards: none.

@group(2) @binding(0) var<storage, read> place: array<u32>;
@group(2) @binding(1) var<storage, read_write> partners: array<u32>;

override CHOICE_KEY: u32;

// Whether the proposal of i over its k-th link, which leads to j, reaches it. Who is down may have one left over, which does not; a liar
// never has made any.
fn arrives(i: u32, k: u32, j: u32) -> bool {
    return i != j && link_carries(i, j, k, clock.tick);
}

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = clock.first + id.y * ROW + id.x;
    if (i >= clock.end || control.stopped != 0u) {
        return;
    }
    if (!takes_part(i)) {
        return;
    }
    let own = place[i];
    var best = 0u;
    if (own != 0u) {
        let j = neighbour(i, own - 1u);
        best = select(0u, j + 1u, arrives(i, own - 1u, j));
    } else {
        let turn = threefry2x32(vec2<u32>(CHOICE_KEY, 0u), vec2<u32>(clock.tick, 0u)).x;
        var least = 0u;
        let links = slots(i);
        for (var k = 0u; k < links; k++) {
            let j = neighbour(i, k);
            let over = place[j];
            if (over == 0u || !leads_back(i, k, j, over - 1u) || !arrives(j, over - 1u, i)) {
                continue;
            }
            let hash = scramble(j, turn);
            if (best == 0u || hash < least) {
                least = hash;
                best = j + 1u;
            }
        }
    }
    partners[i] = best;
}
