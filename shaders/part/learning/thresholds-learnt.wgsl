// Thresholds that fall with doing and rise with not doing. Twin: src/part/learning/steps/thresholds.rs.

@group(2) @binding(4) var<storage, read_write> threshold_changes: array<u32>;

override TASKS: u32;
override LEARN: u32;
override FORGET: u32;
override LEAST_THRESHOLD: u32;
override MOST_THRESHOLD: u32;

fn threshold_change(i: u32, task: u32) -> u32 {
    return threshold_changes[word_at(task, i)];
}

fn adapt(i: u32, own: u32) {
    for (var task = 0u; task < TASKS; task++) {
        let first = first_threshold(i, task);
        let held = first + threshold_change(i, task);
        let moved = select(held + FORGET, held - min(held, LEARN), own == task + 1u);
        threshold_changes[word_at(task, i)] = clamp(moved, LEAST_THRESHOLD, MOST_THRESHOLD) - first;
    }
}
