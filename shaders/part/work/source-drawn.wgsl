// Tasks that are drawn: a stateless function of cell and tick. Twin: src/part/work/cell/source.rs.

// None from this tick on.
override UNTIL: u32;
override ARRIVAL_KEY: u32;
override TASK_KEY: u32;
// Where the tiers' thresholds are, one fewer than there are tiers.
override TIERS_AT: u32;
// 1 if all tasks come from one source.
override IS_ONE: u32;

// How many tasks arrive at the cell in a tick.
fn arrivals(tick: u32) -> u32 {
    if (tick >= UNTIL) {
        return 0u;
    }
    let draw = threefry2x32_13(vec2<u32>(ARRIVAL_KEY, 0u), vec2<u32>(own_cell, tick)).x;
    if (is_none(draw)) {
        return 0u;
    }
    let kind = class_of(own_cell);
    if (kind > 1u) {
        return 0u;
    }
    return arriving_in(tick, kind, draw);
}

// The words that decide a task's tier and need.
fn task_draw(origin: u32, tick: u32) -> vec2<u32> {
    return threefry2x32(vec2<u32>(TASK_KEY, origin), vec2<u32>(tick, 0u));
}

// 1 if a word is not below the k-th threshold of the tiers, of which there are 7 at most.
fn above(k: u32, word: u32) -> u32 {
    if (k + 1u >= TIERS) {
        return 0u;
    }
    return select(0u, 1u, workload[TIERS_AT + k] <= word);
}

// The task of this number in a tick.
fn task_at(tick: u32, number: u32) -> vec2<u32> {
    let origin = task_origin(select(own_cell, 0u, IS_ONE != 0u), number);
    var tier = 0u;
    if (TIERS > 1u) {
        let word = task_draw(origin, tick).x;
        // Written out: software GPUs count how often loops turn, and this is done for every task.
        tier = above(0u, word) + above(1u, word) + above(2u, word) + above(3u, word);
        tier += above(4u, word) + above(5u, word) + above(6u, word);
    }
    return vec2<u32>(origin, task_record(tick, tier));
}

// How many tasks there are at the cursor's place, and the first place from `first` on that has some, of those before this tick.
fn count_at(place: u32) -> u32 {
    return arrivals(place);
}

fn next_place(first: u32) -> u32 {
    let last = max(first, clock.tick);
    for (var tick = first; tick < last; tick++) {
        if (arrivals(tick) > 0u) {
            return tick;
        }
    }
    return last;
}

// Whether any task is submitted in this tick.
fn submits() -> bool {
    return arrivals(clock.tick) > 0u;
}

// Submits the tasks of this tick; the answer is how many, and Σ of their identities. `waits` says whether the source held tasks
// back before.
fn submit(waits: bool) -> Submitted {
    var all = Submitted(arrivals(clock.tick), vec2<u32>());
    if (all.count == 0u) {
        return all;
    }
    if (!waits) {
        set_word(CURSOR, clock.tick);
        set_word(NEXT, 0u);
    }
    for (var number = 0u; number < all.count; number++) {
        let task = task_at(clock.tick, number);
        count_tier(TIER_SUBMITTED, task_tier(task.y), 1u);
        all.identities += task_identity(task);
    }
    return all;
}

// How many ticks of execution a task needs.
fn need_of(task: vec2<u32>) -> u32 {
    return need(task.x, task_tick(task.y));
}
