// Tasks are of no job. Twins: src/part/work/cell/mod.rs, src/part/work/receive.rs.

fn job_began(origin: u32) {}

fn job_ended(task: vec2<u32>, is_committed: bool) {}

fn job_moved(origin: u32) {}
