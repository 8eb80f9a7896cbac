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

// How often its words contradict each other: of a cell, or of a task.
var<private> contradictions: u32;

// The cells of the workgroup that have waiting tasks, in no order: which of the 64 cells, and above that how many. Few have many: so
// eight invocations look at eight tasks of a cell at once, and none waits for another that has more. Of how many there are one counter is
// in use, and the other is emptied.
var<workgroup> gathered: array<u32, 64>;
var<workgroup> gathered_count: array<atomic<u32>, 2>;
var<private> counter: u32;

// So many of a cell at a time; where queues are long, each cell looks at its own.
const AT_ONCE: u32 = 8u;
const LONG: u32 = 32u;

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
    let identity = task_identity(task);
    add_in_cells_low(vec2<u32>(identity.x, 0u));
    add_in_cells_high(vec2<u32>(identity.y, 0u));
}

fn look_at_waiting(i: u32, slot: u32) {
    let at = word_at(2u * slot, i);
    look_at(WAITS, vec2<u32>(queue[at], queue[next_lane(at)]));
}

// All of a cell but its waiting tasks; the answer is how many these are.
fn look_at_cell(i: u32) -> u32 {
    if (is_gone(i)) {
        return 0u;
    }
    let state = states[i];
    let slots_used = min(state & QUEUED, CAPACITY);
    if (load_of(state) > CAPACITY) {
        contradictions++;
    }
    add_cells(members_up(i), 1u);
    add_queues(slots_used, 1u);
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
    add_held_back_low(vec2<u32>(waiting_identities.x, 0u));
    add_held_back_high(vec2<u32>(waiting_identities.y, 0u));
    add_waiting(vec2<u32>(waiting, 0u));
    let score = i32(words[word_at(9u, i)]);
    add_score(widened(score));
    add_squares(score);
    return slots_used;
}

fn prepare(lane: u32) {
    if (lane < 2u) {
        atomicStore(&gathered_count[lane], 0u);
    }
}

fn look(i: u32, lane: u32, is_there: bool) {
    contradictions = 0u;
    var slots_used = 0u;
    if (is_there) {
        slots_used = look_at_cell(i);
    }
    if (CAPACITY > LONG) {
        for (var slot = 0u; slot < slots_used; slot++) {
            look_at_waiting(i, slot);
        }
    } else {
        for (var first = 0u; first < CAPACITY; first += AT_ONCE) {
            let own = min(max(slots_used, first) - first, AT_ONCE);
            if (own > 0u) {
                gathered[atomicAdd(&gathered_count[counter], 1u)] = lane | (own << 6u);
            }
            workgroupBarrier();
            let count = atomicLoad(&gathered_count[counter]);
            for (var k = lane / AT_ONCE; k < count; k += 64u / AT_ONCE) {
                if ((gathered[k] >> 6u) > (lane % AT_ONCE)) {
                    look_at_waiting(i - lane + (gathered[k] & 63u), first + lane % AT_ONCE);
                }
            }
            counter = 1u - counter;
            if (lane == 0u) {
                atomicStore(&gathered_count[counter], 0u);
            }
            workgroupBarrier();
        }
    }
    add_broken(vec2<u32>(contradictions, 0u));
}
