// Thresholds that do not change. Twin: src/part/learning/steps/thresholds.rs.

fn threshold_change(i: u32, task: u32) -> u32 {
    return 0u;
}

fn adapt(i: u32, own: u32) {
}
