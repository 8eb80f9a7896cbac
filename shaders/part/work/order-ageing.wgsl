// The most urgent tier is next, and waiting tasks rise. Twin: src/part/work/cell/order.rs.

fn prepare_order() {}

fn urgency(record: u32) -> i32 {
    return i32(task_tier(record)) - i32(levels(clock.tick - task_tick(record)));
}
