// A node takes over the strategy of its best neighbour, unless it does as well itself. Twin: src/part/learning/steps/best.rs.
//
// Reads: its own and its neighbours' strategies and payoffs. Writes: its own next strategy. Folds: how many looked and switched.
// Hazards: none; what it reads at neighbours it does not write.

@group(2) @binding(0) var<storage, read> strategy: array<u32>;
@group(2) @binding(1) var<storage, read_write> strategy_next: array<u32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) place: u32) {
    let i = clock.first + id.y * ROW + id.x;
    var asked = 0u;
    var switched = false;
    if (i < clock.end && control.stopped == 0u) {
        let own = strategy[i];
        var next = own;
        if (decides(i, clock.tick)) {
            let mine = payoff(i, own, clock.tick);
            var best = mine;
            let links = slots(i);
            for (var k = 0u; k < links; k++) {
                let j = neighbour(i, k);
                if (j == i || !link_carries(i, j, k, clock.tick)) {
                    continue;
                }
                asked++;
                let option = strategy[j];
                if (option == 0u) {
                    continue;
                }
                let theirs = told_payoff(j, i, option, mine, clock.tick);
                // The higher payoff, of equals the lower strategy.
                if (next == 0u || theirs > best || (theirs == best && option < next)) {
                    best = theirs;
                    next = option;
                }
            }
        }
        strategy_next[i] = next;
        switched = is_switch(own, next);
    }
    note(place, asked, switched);
}
