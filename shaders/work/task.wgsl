// A task as two words. Twin: src/work/task.rs, which says more.

// Which bits of a task's words mean what: the origin's lower bits number a source's tasks; the record has tick, tier, whether execution
// has begun before, rejections and, up to the top, hops.
override NUMBER_BITS: u32;
override TICK_BITS: u32;
override TIER_SHIFT: u32;
override TIER_MASK: u32;
override STARTED: u32;
override TRIES_SHIFT: u32;
override TRIES_MASK: u32;
override HOPS_SHIFT: u32;

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
    return tick | (tier << TIER_SHIFT);
}

fn task_tick(record: u32) -> u32 {
    return record & ((1u << TICK_BITS) - 1u);
}

fn task_tier(record: u32) -> u32 {
    return (record & TIER_MASK) >> TIER_SHIFT;
}

fn task_tries(record: u32) -> u32 {
    return (record & TRIES_MASK) >> TRIES_SHIFT;
}

fn task_hops(record: u32) -> u32 {
    return record >> HOPS_SHIFT;
}

// The record after another hop; those beyond the most that can be counted are not.
fn moved(record: u32) -> u32 {
    return record + select(1u << HOPS_SHIFT, 0u, task_hops(record) == 0xFFFFFFFFu >> HOPS_SHIFT);
}

// What stands for a task in the ledger's sums.
fn task_identity(task: vec2<u32>) -> vec2<u32> {
    return mix(IDENTITY, task.x, task_tick(task.y));
}
