// A node looks at another's payoff, and may take over its strategy. Twin: src/part/learning/steps/fermi.rs, which says more.
//
// Reads: its own strategy and payoff, and those of the node that it looks at. Writes: its own next strategy.
// Folds: how many looked and switched.
// Hazards: none; what it reads at others it does not write.

@group(2) @binding(0) var<storage, read> strategy: array<u32>;
@group(2) @binding(1) var<storage, read_write> strategy_next: array<u32>;

// What i, which holds `own`, holds next.
fn after(i: u32, own: u32, tick: u32) -> u32 {
    let j = other(i, tick);
    if (j == 0xFFFFFFFFu) {
        return own;
    }
    let option = strategy[j];
    if (option == 0u || option == own) {
        return own;
    }
    if (own == 0u) {
        return option;
    }
    let mine = payoff(i, own, tick);
    let theirs = told_payoff(j, i, option, mine, tick);
    return select(own, option, (ask_word(i, 1u, tick) >> 1u) < logistic(theirs - mine));
}

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) place: u32) {
    let i = clock.first + id.y * ROW + id.x;
    var asked = 0u;
    var switched = false;
    if (i < clock.end && control.stopped == 0u) {
        let own = strategy[i];
        var next = own;
        if (decides(i, clock.tick)) {
            asked = 1u;
            next = after(i, own, clock.tick);
        }
        strategy_next[i] = next;
        switched = is_switch(own, next);
    }
    note(place, asked, switched);
}
