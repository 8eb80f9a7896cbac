// Average consensus with an exact sum: every node moves towards each neighbour by a rounded share of their difference.
// Twin: src/part/average/step.rs, which says more.
//
// Reads: its own and its neighbours' beliefs (and with `quasi` its own link ends' carries).
// Writes: its own next belief (and its own carries, and what it has taken from liars).
// Hazards: none; what it reads at neighbours it does not write. Both ends of a link compute the same flow and apply it
// with opposite signs.

@group(2) @binding(0) var<storage, read> belief: array<i32>;
@group(2) @binding(1) var<storage, read_write> belief_next: array<i32>;

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
        let links = slots(i);
        for (var k = 0u; k < links; k++) {
            let j = neighbour(i, k);
            if (j == i || !hears(i, i_acts, j, k, clock.tick)) {
                continue;
            }
            let other = i32(told(j, i, u32(belief[j]), u32(own), clock.tick));
            let end = link_end(i, k);
            let gained = gain(i, j, end, own, other, divisor(i, j, end));
            next += gained;
            taken += select(0, gained, is_liar(j));
        }
        count_injected(i, taken);
    }
    belief_next[i] = next;
}
