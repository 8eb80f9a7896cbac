// Jobs of a log: of each cell a stretch of entries in the order of arrival, with four words each: tick, job, how many tasks, tier.
// Twin: src/part/work/cell/source.rs.

// Where in the tables what begins: of each cell its first entry; the entries; of each job what its tasks need.
override OFFSETS_AT: u32;
override ENTRIES_AT: u32;
override NEEDS_AT: u32;

// Where the cell's k-th entry begins.
fn entry(k: u32) -> u32 {
    return ENTRIES_AT + 4u * (workload[OFFSETS_AT + own_cell] + k);
}

// The task of this number in the cell's entry.
fn task_at(place: u32, number: u32) -> vec2<u32> {
    let at = entry(place);
    return vec2<u32>(task_origin(workload[at + 1u], number), task_record(workload[at], workload[at + 3u]));
}

// How many tasks there are at the cursor's place, and the first place from `first` on that has some.
fn count_at(place: u32) -> u32 {
    return workload[entry(place) + 2u];
}

fn next_place(first: u32) -> u32 {
    return first;
}

// Whether any task is submitted in this tick.
fn submits() -> bool {
    let entries = workload[OFFSETS_AT + own_cell + 1u] - workload[OFFSETS_AT + own_cell];
    let first = word_of(ARRIVED);
    return first < entries && workload[entry(first)] == clock.tick;
}

// Submits the tasks of this tick; the answer is how many, and Σ of their identities. `waits` says whether the source held tasks
// back before.
fn submit(waits: bool) -> Submitted {
    var all = Submitted(0u, vec2<u32>());
    let entries = workload[OFFSETS_AT + own_cell + 1u] - workload[OFFSETS_AT + own_cell];
    let first = word_of(ARRIVED);
    var arrived = first;
    for (var k = first; k < entries; k++) {
        let at = entry(k);
        if (workload[at] != clock.tick) {
            break;
        }
        let count = workload[at + 2u];
        for (var number = 0u; number < count; number++) {
            all.identities += task_identity(task_at(k, number));
        }
        count_tier(TIER_SUBMITTED, workload[at + 3u], count);
        all.count += count;
        arrived = k + 1u;
    }
    if (arrived == first) {
        return all;
    }
    if (!waits) {
        set_word(CURSOR, first);
        set_word(NEXT, 0u);
    }
    set_word(ARRIVED, arrived);
    return all;
}

// How many ticks of execution a task needs.
fn need_of(task: vec2<u32>) -> u32 {
    return workload[NEEDS_AT + task_source(task.x)];
}
