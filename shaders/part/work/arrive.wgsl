// The source submits, and the cell takes in what it has room for. Twin: src/part/work/cell/mod.rs.

// Tasks that a cell holds at most.
override CAPACITY: u32;

// What a source submits in a tick.
struct Submitted {
    count: u32,
    // Σ of the tasks' identities.
    identities: vec2<u32>,
}

// What a source holds back.
struct Held {
    count: u32,
    identities: vec2<u32>,
}

// Whether the source does anything in this tick: it submits, or offers again what it holds back.
fn arrives() -> bool {
    return (word_of(WAITING) > 0u && word_of(NOT_BEFORE) <= clock.tick) || submits();
}

fn arrive() {
    let before = word_of(WAITING);
    let submitted = submit(before > 0u);
    if (submitted.count > 0u) {
        count_identities(SUM_SUBMITTED, submitted.identities);
    }
    var held = Held(before + submitted.count, submitted.identities);
    if (held.count == 0u) {
        return;
    }
    // New tasks stand behind those that were refused.
    if (before == 0u || word_of(NOT_BEFORE) <= clock.tick) {
        held = take_in(held);
    }
    set_word(WAITING, held.count);
    set_word(WAITING + 1u, word_of(WAITING + 1u) + held.identities.x);
    set_word(WAITING + 2u, word_of(WAITING + 2u) + held.identities.y);
}

// Takes in what there is room for, and sends the source away for a while if something is left.
fn take_in(before: Held) -> Held {
    var held = before;
    let room = select(CAPACITY - queued - select(0u, 1u, is_busy) - reserved(), 0u, countOneBits(team.up) < 2u);
    let taken = min(room, held.count);
    var attempts = word_of(NEXT) >> ATTEMPT_SHIFT;
    for (var k = 0u; k < taken; k++) {
        let task = task_at(word_of(CURSOR), word_of(NEXT) & NUMBER);
        put(queued, task);
        queued += 1u;
        held.count -= 1u;
        held.identities -= task_identity(task);
        count_tier(TIER_ADMITTED, task_tier(task.y), 1u);
        advance(held.count > 0u);
        attempts = 0u;
    }
    if (held.count > 0u) {
        count_all(ALL_REFUSED, 1u);
        attempts = min(attempts + 1u, 31u);
        set_word(NOT_BEFORE, clock.tick + pause_after(attempts));
    }
    set_word(NEXT, (word_of(NEXT) & NUMBER) | (attempts << ATTEMPT_SHIFT));
    return held;
}

// Moves the cursor on to the next task; `more` says whether there is one.
fn advance(more: bool) {
    let next = word_of(NEXT);
    if (!more) {
        // It was the last one of its place.
        set_word(NEXT, next & ~NUMBER);
        return;
    }
    let cursor = word_of(CURSOR);
    if ((next & NUMBER) + 1u < count_at(cursor)) {
        set_word(NEXT, next + 1u);
        return;
    }
    set_word(NEXT, next & ~NUMBER);
    set_word(CURSOR, next_place(cursor + 1u));
}
