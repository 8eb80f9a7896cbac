// A task rises every so many ticks. Twin: src/part/work/cell/order.rs.

override AGE_STEP: u32;

fn levels(waited: u32) -> u32 {
    return waited / AGE_STEP;
}
