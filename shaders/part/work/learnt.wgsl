// What a cell's strategy sets, and what the cell earns. Twin: src/part/work/cell/learnt.rs.

@group(2) @binding(8) var<storage, read> strategies: array<u32>;
@group(2) @binding(9) var<storage, read_write> earned: array<u32>;

// Where the shares of results that are verified are: of a cell that holds nothing, and of each strategy.
override VERIFY_AT: u32;
// What counts how much.
override PAY_REJECT: u32;
override PAY_WAIT: u32;
override PAY_MESSAGE: u32;
// The probability, in 2^-32, that a committed result is looked at once more; 2^32 - 1 is certain.
override AUDIT: u32;
override AUDIT_KEY: u32;
// After so many ticks what is wrong is found out; all cells decide in the last tick of every so many.
override AUDIT_DELAY: u32;
override AUDIT_EPOCH: u32;
// Which word of what a cell has earned is the first of the account of strategies; 0 if there is none.
override ACCOUNT_AT: u32;

// In this tick.
var<private> pay: u32;
var<private> found: u32;
// Committed, wrong among these, rejected, messages: the account's words but for the last.
var<private> counts: array<u32, 4>;

fn verify_share() -> u32 {
    return workload[VERIFY_AT + strategies[own_cell]];
}

fn earn_messages(count: u32) {
    pay -= PAY_MESSAGE * count;
    counts[3] += count;
}

fn earn_commit(task: vec2<u32>, is_wrong: bool) {
    pay += points_of(task);
    counts[0] += 1u;
    counts[1] += select(0u, 1u, is_wrong);
    if (AUDIT == 0u) {
        return;
    }
    let draw = threefry2x32(vec2<u32>(AUDIT_KEY, task.x), vec2<u32>(task_tick(task.y), task_tries(task.y))).x;
    if (draw < AUDIT || AUDIT == 0xFFFFFFFFu) {
        earn_messages(1u);
        found += select(0u, 1u, is_wrong);
    }
}

fn earn_rejected() {
    pay -= PAY_REJECT;
    counts[2] += 1u;
}

// The end of a tick.
fn earn(waiting: u32) {
    pay -= PAY_WAIT * waiting;
    if (pay != 0u) {
        earned[own_cell] += pay;
    }
    if (found != 0u) {
        let is_soon = clock.tick % AUDIT_EPOCH + AUDIT_DELAY < AUDIT_EPOCH;
        earned[word_at(select(1u, 2u, is_soon), own_cell)] += found;
    }
    if (ACCOUNT_AT == 0u) {
        return;
    }
    for (var k = 0u; k < 4u; k++) {
        if (counts[k] != 0u) {
            earned[word_at(ACCOUNT_AT + k, own_cell)] += counts[k];
        }
    }
    earned[word_at(ACCOUNT_AT + 4u, own_cell)] += waiting;
}
