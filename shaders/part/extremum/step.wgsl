// Max- and min-consensus: every node takes over the most extreme belief that it hears. Twin: src/part/extremum/step.rs.
//
// Reads: its own and its neighbours' beliefs. Writes: its own next belief.
// Hazards: none; what it reads at neighbours it does not write.

@group(2) @binding(0) var<storage, read> belief: array<i32>;
@group(2) @binding(1) var<storage, read_write> belief_next: array<i32>;

// 1 if the greatest counts, 0 if the least does.
override GREATEST: u32;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = clock.first + id.y * ROW + id.x;
    if (i >= clock.end || control.stopped != 0u) {
        return;
    }
    let own = belief[i];
    var next = own;
    if (takes_part(i)) {
        let i_acts = acts(i, clock.tick);
        let links = slots(i);
        for (var k = 0u; k < links; k++) {
            let j = neighbour(i, k);
            if (j == i || !hears(i, i_acts, j, k, clock.tick)) {
                continue;
            }
            let other = i32(told(j, i, u32(belief[j]), u32(own), clock.tick));
            next = select(min(next, other), max(next, other), GREATEST != 0u);
        }
    }
    belief_next[i] = next;
}
