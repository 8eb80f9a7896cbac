// Who accepts whom: of a node that listens the one that it accepts of those that proposed to it, of a node that proposes whom it
// proposed to; each with 1, or 0 for nobody. Twin: src/part/pairwise/accept.rs, which says more.
//
// Reads: its own and its neighbours' places. Writes: its own partner.
// Hazards: every invocation reaches the barriers.
//
// Who listens looks at all its links, who proposes at one: a workgroup puts those of a kind together first, so that fewer waves look at all.

@group(2) @binding(0) var<storage, read> place: array<u32>;
@group(2) @binding(1) var<storage, read_write> partners: array<u32>;

override CHOICE_KEY: u32;

// Whether the proposal of i over its k-th link, which leads to j, reaches it. Who is down may have one left over, which does not; a liar
// never has made any.
fn arrives(i: u32, k: u32, j: u32) -> bool {
    return i != j && link_carries(i, j, k, clock.tick);
}

var<workgroup> order: array<u32, 256>;
// How many listen, and how many propose.
var<workgroup> lengths: array<atomic<u32>, 2>;

// Who is accepted so far, with 1, and its hash: j, the neighbour over slot k, instead if it has proposed and its hash is less.
fn lesser(i: u32, k: u32, j: u32, turn: u32, found: vec2<u32>) -> vec2<u32> {
    let over = place[j];
    if (over == 0u || !leads_back(i, k, j, over - 1u) || !arrives(j, over - 1u, i)) {
        return found;
    }
    let hash = scramble(j, turn);
    return select(found, vec2<u32>(j + 1u, hash), found.x == 0u || hash < found.y);
}

// Whom a node accepts that listens.
fn accepted(i: u32) -> u32 {
    let turn = threefry2x32(vec2<u32>(CHOICE_KEY, 0u), vec2<u32>(clock.tick, 0u)).x;
    let links = slots(i);
    var found = vec2<u32>();
    for (var k = 0u; k + 1u < links; k += 2u) {
        let two = two_neighbours(i, k);
        found = lesser(i, k, two.x, turn, found);
        found = lesser(i, k + 1u, two.y, turn, found);
    }
    if ((links & 1u) != 0u) {
        found = lesser(i, links - 1u, neighbour(i, links - 1u), turn, found);
    }
    return found.x;
}

// Whom a node proposed to over its k-th link.
fn proposed_to(i: u32, k: u32) -> u32 {
    let j = neighbour(i, k);
    return select(0u, j + 1u, arrives(i, k, j));
}

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    if (lane < 2u) {
        atomicStore(&lengths[lane], 0u);
    }
    workgroupBarrier();
    let i = clock.first + id.y * ROW + id.x;
    if (i < clock.end && control.stopped == 0u && takes_part(i)) {
        // Those who listen from the front on, those who propose from the back.
        let proposes = place[i] != 0u;
        let at = atomicAdd(&lengths[select(0u, 1u, proposes)], 1u);
        order[select(at, 255u - at, proposes)] = lane;
    }
    workgroupBarrier();
    let own = i - lane + order[lane];
    if (lane < atomicLoad(&lengths[0])) {
        partners[own] = accepted(own);
    } else if (lane + atomicLoad(&lengths[1]) >= 256u) {
        partners[own] = proposed_to(own, place[own] - 1u);
    }
}
