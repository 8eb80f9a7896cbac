// What a committed result counts, by its tier. Twin: src/part/work/cell/learnt.rs.

override POINTS_AT: u32;

fn points_of(task: vec2<u32>) -> u32 {
    return workload[POINTS_AT + task_tier(task.y)];
}
