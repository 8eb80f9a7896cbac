// A node draws its strategy by weights that fall with what each has cost. Twin: src/part/learning/steps/hedge.rs, which says more.
//
// Reads: its own strategy and losses, the tables of weights and rates; where it hears another, that one's strategy and what a failure
// costs it. Writes: its own losses and next strategy, and then what a failure costs it. Folds: how many looked and switched.
// Hazards: none.

@group(2) @binding(0) var<storage, read> strategy: array<u32>;
@group(2) @binding(1) var<storage, read_write> strategy_next: array<u32>;
@group(2) @binding(3) var<storage, read_write> losses: array<u32>;
@group(2) @binding(4) var<storage, read> weights: array<u32>;

override STRATEGIES: u32;
override WEIGHT_LAST: u32;
override WEIGHT_SHIFT: u32;
override UNIT: u32;
override MOST_LOSS: u32;
override FARTHEST: u32;
override CHOICE_KEY: u32;
override CHOICE_SALT: u32;

fn weight(loss: u32) -> u32 {
    return weights[min(loss >> WEIGHT_SHIFT, WEIGHT_LAST)];
}

// What is held by i of the losses of a strategy, from 0.
fn loss(i: u32, strategy: u32) -> u32 {
    return losses[word_at(strategy, i)];
}

fn total(i: u32) -> u32 {
    var sum = 0u;
    for (var k = 0u; k < STRATEGIES; k++) {
        sum += weight(loss(i, k));
    }
    return sum;
}

// What strategy k of i, which held `own` before, has cost in this tick. `failed` is what its own failure cost, `heard` which strategy
// another tried, from 0, or 0xFFFFFFFF, and what that cost.
fn cost(i: u32, k: u32, own: u32, failed: u32, heard: vec2<u32>, tick: u32) -> u32 {
    if (IS_COMMON != 0u) {
        return select(1u, 0u, succeeds(i, k + 1u, tick));
    }
    let mine = select(0u, failed, k + 1u == own);
    if (heard.x == 0xFFFFFFFFu) {
        return mine;
    }
    // Two accounts, each right on average: so is their mean.
    return (mine >> 1u) + select(0u, heard.y >> 1u, heard.x == k);
}

// What the failure of a strategy is estimated to cost that i draws by its losses.
fn estimate(i: u32, drawn: u32) -> u32 {
    let tried = weight(loss(i, drawn - 1u));
    if (tried == 0u) {
        return MOST_LOSS;
    }
    return min((total(i) << UNIT) / tried, MOST_LOSS);
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
            var failed = 0u;
            if (IS_COMMON == 0u && own != 0u && own <= STRATEGIES && !succeeds(i, own, clock.tick)) {
                failed = estimate(i, own);
            }
            let heard = hear(i, clock.tick);
            var best = 0xFFFFFFFFu;
            for (var k = 0u; k < STRATEGIES; k++) {
                let sum = min(loss(i, k) + cost(i, k, own, failed, heard, clock.tick), FARTHEST);
                losses[word_at(k, i)] = sum;
                best = min(best, sum);
            }
            var all = 0u;
            for (var k = 0u; k < STRATEGIES; k++) {
                let behind = loss(i, k) - best;
                losses[word_at(k, i)] = behind;
                all += weight(behind);
            }
            let word = threefry2x32(vec2<u32>(CHOICE_KEY, CHOICE_SALT), vec2<u32>(i, clock.tick)).x;
            let drawn = multiply_high(word, all);
            var below = 0u;
            next = 1u;
            for (var k = 0u; k < STRATEGIES; k++) {
                below += weight(loss(i, k));
                if (drawn < below) {
                    next = k + 1u;
                    break;
                }
            }
        }
        asked = tell(i, next, clock.tick);
        strategy_next[i] = next;
        switched = is_switch(own, next);
    }
    note(place, asked, switched);
}
