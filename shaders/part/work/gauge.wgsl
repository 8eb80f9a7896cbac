// Reads a cell that works: its score, and into the bins what it holds. Twin: src/part/work/gauge/mod.rs, which says where what is.

@group(2) @binding(2) var<storage, read> states: array<u32>;
@group(2) @binding(3) var<storage, read> words: array<u32>;
@group(2) @binding(4) var<storage, read> queue: array<u32>;

// Tasks that a cell holds at most, and tiers.
override CAPACITY: u32;
override TIERS: u32;

// The bins of tasks that wait, run, are held, and, where any are, that children do, TIERS each.
const WAITS: u32 = 0u;
const RUNS: u32 = 1u;
const IS_HELD: u32 = 2u;
const WITH_CHILDREN: u32 = 3u;

// Of a cell: Σ of its tasks' identities, and how often its words contradict each other.
var<private> identities: vec2<u32>;
var<private> contradictions: u32;

fn look_at(what: u32, task: vec2<u32>) {
    let tier = task_tier(task.y);
    let submitted = task_tick(task.y);
    let tick = max(clock.tick, 1u) - 1u;
    // It cannot have come later than now.
    if (submitted > tick || tier >= TIERS) {
        contradictions++;
    }
    if (tier < TIERS) {
        add_held(what * TIERS + tier, 1u);
    }
    identities += task_identity(task);
}

fn gauge(i: u32) {
    if (is_gone(i)) {
        return;
    }
    let state = states[i];
    let slots_used = min(state & QUEUED, CAPACITY);
    identities = vec2<u32>();
    contradictions = select(0u, 1u, load_of(state) > CAPACITY);
    add_cells(members_up(i), 1u);
    add_queues(slots_used, 1u);
    for (var slot = 0u; slot < slots_used; slot++) {
        let at = word_at(2u * slot, i);
        look_at(WAITS, vec2<u32>(queue[at], queue[next_lane(at)]));
    }
    if ((state & BUSY) != 0u) {
        look_at(select(RUNS, IS_HELD, words[word_at(2u, i)] == 0u), vec2<u32>(words[i], words[word_at(1u, i)]));
    }
    let delegated = task_of_order(i);
    if (any(delegated != vec2<u32>(0xFFFFFFFFu))) {
        look_at(WITH_CHILDREN, delegated);
    }
    let waiting = words[word_at(6u, i)];
    let waiting_identities = vec2<u32>(words[word_at(7u, i)], words[word_at(8u, i)]);
    if (waiting == 0u && any(waiting_identities != vec2<u32>())) {
        contradictions++;
    }
    add_in_cells_low(vec2<u32>(identities.x, 0u));
    add_in_cells_high(vec2<u32>(identities.y, 0u));
    add_held_back_low(vec2<u32>(waiting_identities.x, 0u));
    add_held_back_high(vec2<u32>(waiting_identities.y, 0u));
    add_broken(vec2<u32>(contradictions, 0u));
    add_waiting(vec2<u32>(waiting, 0u));
    let score = i32(words[word_at(9u, i)]);
    add_score(widened(score));
    add_squares(score);
}
