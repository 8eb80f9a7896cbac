// A task as two words. Twin: src/part/work/task.rs, which says more.

// Which bits of a task's words mean what: the origin's lower bits number a source's tasks; the record has, from the lowest, rejections,
// whether execution has begun before, tier and, up to the top, tick.
override NUMBER_BITS: u32;
override TRIES_MASK: u32;
override STARTED: u32;
override TIER_SHIFT: u32;
override TIER_MASK: u32;
override TICK_SHIFT: u32;

// Keeps the ledger's sums apart from the fingerprint's.
const IDENTITY: u32 = 0x7A5Cu;

// With one source its number is 0, and all bits number the tasks.
fn task_origin(source: u32, number: u32) -> u32 {
    return (source << (NUMBER_BITS & 31u)) | number;
}

fn task_source(origin: u32) -> u32 {
    return select(origin >> (NUMBER_BITS & 31u), 0u, NUMBER_BITS == 32u);
}

fn task_record(tick: u32, tier: u32) -> u32 {
    return (tick << TICK_SHIFT) | (tier << TIER_SHIFT);
}

fn task_tick(record: u32) -> u32 {
    return record >> TICK_SHIFT;
}

fn task_tier(record: u32) -> u32 {
    return (record & TIER_MASK) >> TIER_SHIFT;
}

fn task_tries(record: u32) -> u32 {
    return record & TRIES_MASK;
}

// The record after another rejection.
fn rejected(record: u32) -> u32 {
    return record + 1u;
}

// What stands for a task in the ledger's sums.
fn task_identity(task: vec2<u32>) -> vec2<u32> {
    return mix(IDENTITY, task.x, task_tick(task.y));
}
