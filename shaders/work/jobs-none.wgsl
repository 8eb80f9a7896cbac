// Tasks are of no job. Twin: src/step/cell/mod.rs.

fn job_began(origin: u32) {}

fn job_ended(task: vec2<u32>, is_committed: bool) {}
