// No task is more urgent than another. Twin: src/part/work/cell/order.rs.

fn prepare_order() {}

fn urgency(record: u32) -> i32 {
    return 0;
}
