// The words of a cell, its queue, and what it knows in one tick. Twins: src/part/work/task.rs, src/part/work/cell/mod.rs.

@group(2) @binding(0) var<storage, read_write> states: array<u32>;
@group(2) @binding(1) var<storage, read_write> words: array<u32>;
@group(2) @binding(2) var<storage, read_write> queue: array<u32>;
@group(2) @binding(3) var<storage, read> workload: array<u32>;

const RUNNING: u32 = 0u;
const REMAINING: u32 = 2u;
const CURSOR: u32 = 3u;
const NEXT: u32 = 4u;
const NOT_BEFORE: u32 = 5u;
const WAITING: u32 = 6u;
const SCORE: u32 = 9u;
const ARRIVED: u32 = 10u;

// In NEXT: where the number of refusals begins, and the bits below.
const ATTEMPT_SHIFT: u32 = 27u;
const NUMBER: u32 = 0x7FFFFFFu;

// The cell of this invocation: how many tasks wait, whether one is under execution, which members are up and which lie.
var<private> own_cell: u32;
var<private> queued: u32;
var<private> is_busy: bool;
var<private> team: Team;

struct Team {
    up: u32,
    liars: u32,
    // Whether all that are up have just come back.
    is_new: bool,
    // Whether nobody is at this place, where cells come and go.
    is_gone: bool,
}

fn word_of(k: u32) -> u32 {
    return words[word_at(k, own_cell)];
}

fn set_word(k: u32, value: u32) {
    words[word_at(k, own_cell)] = value;
}

// The task under execution.
fn running() -> vec2<u32> {
    return vec2<u32>(word_of(RUNNING), word_of(RUNNING + 1u));
}

fn waiting_task(slot: u32) -> vec2<u32> {
    let at = word_at(2u * slot, own_cell);
    return vec2<u32>(queue[at], queue[next_lane(at)]);
}

fn put(slot: u32, task: vec2<u32>) {
    let at = word_at(2u * slot, own_cell);
    queue[at] = task.x;
    queue[next_lane(at)] = task.y;
}

// How many thresholds, `count` of them from `first` on, ascending, are at most `word`: the outcome that it draws.
fn outcome(first: u32, count: u32, word: u32) -> u32 {
    // The first is the most likely, and asked for most often.
    if (count == 0u || word < workload[first]) {
        return 0u;
    }
    var low = 0u;
    var high = count;
    let turns = 32u - countLeadingZeros(count);
    for (var turn = 0u; turn < turns; turn++) {
        if (low < high) {
            let middle = (low + high) >> 1u;
            if (workload[first + middle] <= word) {
                low = middle + 1u;
            } else {
                high = middle;
            }
        }
    }
    return low;
}
