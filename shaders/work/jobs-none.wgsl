// Tasks are of no job. Twins: src/step/cell/mod.rs, src/step/receive.rs.

fn job_began(origin: u32) {}

fn job_ended(task: vec2<u32>, is_committed: bool) {}

fn job_moved(origin: u32) {}
