// What strategies bring: the sum of a node's games with all neighbours that it reaches. Twin: src/part/learning/steps/play.rs.
//
// Reads: its own and its neighbours' strategies, the table of payoffs. Writes: its own payoff.
// Hazards: none; what it reads at neighbours it does not write.

@group(2) @binding(0) var<storage, read> strategy: array<u32>;
@group(2) @binding(1) var<storage, read_write> payoff: array<u32>;
@group(2) @binding(2) var<storage, read> table: array<u32>;

override STRATEGIES: u32;
override WITH_SELF: u32;

fn game(own: u32, other: u32) -> u32 {
    if (own == 0u || other == 0u) {
        return 0u;
    }
    return table[(min(own, STRATEGIES) - 1u) * STRATEGIES + min(other, STRATEGIES) - 1u];
}

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = clock.first + id.y * ROW + id.x;
    if (i >= clock.end || control.stopped != 0u) {
        return;
    }
    let own = strategy[i];
    var sum = 0u;
    if (WITH_SELF != 0u) {
        sum = game(own, own);
    }
    let links = slots(i);
    for (var k = 0u; k < links; k++) {
        let j = neighbour(i, k);
        if (j != i && link_carries(i, j, k, clock.tick)) {
            sum += game(own, strategy[j]);
        }
    }
    payoff[i] = sum;
}
