// Waiting does not make a task more urgent. Twin: src/step/cell/order.rs.

fn levels(waited: u32) -> u32 {
    return 0u;
}
