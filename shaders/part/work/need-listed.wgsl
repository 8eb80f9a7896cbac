// The value of the outcome that thresholds give. Twin: src/part/work/cell/source.rs.

override NEEDS_AT: u32;
override NEEDS_LENGTH: u32;
override VALUES_AT: u32;

fn need(origin: u32, tick: u32) -> u32 {
    return workload[VALUES_AT + outcome(NEEDS_AT, NEEDS_LENGTH, task_draw(origin, tick).y)];
}
