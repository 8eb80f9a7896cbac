// A node considers any strategy or another node's, and adopts what succeeds more readily than what fails.
// Twin: src/part/learning/steps/social.rs, which says more.
//
// Reads: its own strategy, and those of the nodes that it looks at. Writes: its own next strategy. Folds: how many looked and switched.
// Hazards: none; what it reads at others it does not write.

@group(2) @binding(0) var<storage, read> strategy: array<u32>;
@group(2) @binding(1) var<storage, read_write> strategy_next: array<u32>;

override STRATEGIES: u32;
// How many nodes one looks at at most, until one holds something; and whether who does not adopt holds nothing.
override LOOKS: u32;
override SITS_OUT: u32;
// Below what a draw of 31 bits means that the node explores; and then, and else, that it adopts what fails, and what succeeds.
override EXPLORES: u32;
override EXPLORED_BAD: u32;
override EXPLORED_GOOD: u32;
override COPIED_BAD: u32;
override COPIED_GOOD: u32;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) place: u32) {
    let i = clock.first + id.y * ROW + id.x;
    var asked = 0u;
    var switched = false;
    if (i < clock.end && control.stopped == 0u) {
        let own = strategy[i];
        var next = own;
        if (decides(i, clock.tick)) {
            let draw = ask_word(i, 1u, clock.tick) >> 1u;
            let explores = draw < EXPLORES;
            var option = 0u;
            var whose = i;
            if (explores) {
                option = 1u + multiply_high(ask_word(i, 0u, clock.tick), STRATEGIES);
            } else {
                for (; asked < LOOKS && option == 0u; asked++) {
                    // The second draw is taken.
                    let j = ask(i, select(asked + 1u, 0u, asked == 0u), clock.tick);
                    if (j != 0xFFFFFFFFu) {
                        option = strategy[j];
                        whose = j;
                    }
                }
            }
            next = select(own, 0u, SITS_OUT != 0u);
            if (option != 0u) {
                let good = told_success(whose, i, option, clock.tick);
                let explored = select(EXPLORED_BAD, EXPLORED_GOOD, good);
                let copied = select(COPIED_BAD, COPIED_GOOD, good);
                if (draw < select(copied, explored, explores)) {
                    next = option;
                }
            }
        }
        strategy_next[i] = next;
        switched = is_switch(own, next);
    }
    note(place, asked, switched);
}
