// Waiting does not make a task more urgent. Twin: src/part/work/cell/order.rs.

fn levels(waited: u32) -> u32 {
    return 0u;
}
