// Pairs of nodes average what they hold, with an exact sum. Twin: src/part/pairwise/step.rs, which says more.
//
// Reads: its own partner, and that one's belief and partner. Writes: its own next belief (and what it has taken from liars).
// Hazards: none; what it reads at others it does not write. Both of a pair work out the same two shares.

@group(2) @binding(0) var<storage, read> belief: array<i32>;
@group(2) @binding(1) var<storage, read_write> belief_next: array<i32>;
@group(2) @binding(2) var<storage, read> partners: array<u32>;

override CHOICE_KEY: u32;

// What node i has of a sum that it shares with j.
fn half_of(i: u32, j: u32, sum: i32, turn: u32) -> i32 {
    let low = min(i, j);
    let high = max(i, j);
    let upper_has_more = (scramble(low ^ rotate_left(high, 16u), turn) >> 31u) != 0u;
    return (sum >> 1u) + select(0, sum & 1, upper_has_more == (i > j));
}

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = clock.first + id.y * ROW + id.x;
    if (i >= clock.end || control.stopped != 0u) {
        return;
    }
    let own = belief[i];
    var next = own;
    if (takes_part(i) && partners[i] != 0u) {
        let j = partners[i] - 1u;
        if (is_liar(j) || partners[j] == i + 1u) {
            let turn = threefry2x32(vec2<u32>(CHOICE_KEY, 0u), vec2<u32>(clock.tick, 0u)).y;
            let other = i32(told(j, i, u32(belief[j]), u32(own), clock.tick));
            next = half_of(i, j, own + other, turn);
            if (is_liar(j)) {
                count_injected(i, next - own);
            }
        }
    }
    belief_next[i] = next;
}
