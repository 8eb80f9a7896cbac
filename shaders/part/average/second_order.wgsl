// Second-order diffusion with an exact sum: every link goes on with a share of its last flow.
// Twin: src/part/average/second_order.rs, which says more.
//
// Reads: its own and its neighbours' beliefs, its own link ends' last flows (and with `quasi` their carries).
// Writes: its own next belief, its own link ends' flows (and carries, and what it has taken from liars).
// Hazards: none; what it reads at neighbours it does not write. Both ends of a link compute the same flow, from the lower end to
// the upper one, and apply it with opposite signs.

@group(2) @binding(0) var<storage, read> belief: array<i32>;
@group(2) @binding(1) var<storage, read_write> belief_next: array<i32>;
@group(2) @binding(4) var<storage, read_write> last_flow: array<i32>;

// β in 2^-16, above 0 and below 2.
override BETA: u32;

// (β − 1)·v: the floor, and what is above it in 2^-16. Products of 17 with 32 bits, half of v at a time.
fn less_one(v: i32, beta: u32) -> vec2<i32> {
    let part = beta & 0xFFFFu;
    let low = (u32(v) & 0xFFFFu) * part;
    let whole = (v >> 16u) * i32(part) + i32(low >> 16u);
    return vec2<i32>(whole - select(0, v, beta < 0x10000u), i32(low & 0xFFFFu));
}

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = clock.first + id.y * ROW + id.x;
    if (i >= clock.end || control.stopped != 0u) {
        return;
    }
    let own = belief[i];
    var next = own;
    var taken = 0;
    if (takes_part(i)) {
        let i_acts = acts(i, clock.tick);
        // The first step is of first order.
        let beta = select(BETA, 0x10000u, clock.tick == 0u);
        let links = slots(i);
        for (var k = 0u; k < links; k++) {
            let j = neighbour(i, k);
            if (j == i || !hears(i, i_acts, j, k, clock.tick)) {
                continue;
            }
            let other = i32(told(j, i, u32(belief[j]), u32(own), clock.tick));
            let end = link_end(i, k);
            let q = divisor(i, j, end);
            let downhill = select(own - other, other - own, i > j);
            let more = less_one(downhill, beta);
            let kept = less_one(last_flow[end], beta);
            let low = ((q & 0xFFFFu) * u32(kept.y) + u32(more.y) + 0x8000u) >> 16u;
            let rest = downhill + more.x + i32((q >> 16u) * u32(kept.y) + low);
            let flow = settled(min(i, j), max(i, j), end, kept.x, rest, q);
            last_flow[end] = flow;
            let gained = select(-flow, flow, i > j);
            next += gained;
            taken += select(0, gained, is_liar(j));
        }
        count_injected(i, taken);
    }
    belief_next[i] = next;
}
