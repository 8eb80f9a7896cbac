// A task rises after 1, 2, 4, 8, ... ticks. Twin: src/part/work/cell/order.rs.

fn levels(waited: u32) -> u32 {
    return 32u - countLeadingZeros(waited);
}
