// One more than the outcome that thresholds give. Twin: src/part/work/cell/source.rs.

override NEEDS_AT: u32;
override NEEDS_LENGTH: u32;

fn need(origin: u32, tick: u32) -> u32 {
    return 1u + outcome(NEEDS_AT, NEEDS_LENGTH, task_draw(origin, tick).y);
}
