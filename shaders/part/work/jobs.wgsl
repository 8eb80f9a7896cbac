// What comes of the jobs of a log. Twins: src/part/work/cell/mod.rs, src/part/work/receive.rs; the words are those of src/part/work/task.rs.

@group(2) @binding(5) var<storage, read_write> jobs: array<atomic<u32>>;

override JOBS: u32;

const JOB_START: u32 = 0u;
const JOB_END: u32 = 1u;
const JOB_ENDED: u32 = 2u;
const JOB_TRIES: u32 = 3u;
const JOB_HOPS: u32 = 4u;
const JOB_FAILED: u32 = 5u;

// Execution of one of the job's tasks begins for the first time.
fn job_began(origin: u32) {
    atomicMax(&jobs[JOB_START * JOBS + task_source(origin)], 0xFFFFFFFFu - clock.tick);
}

// One of the job's tasks has left the swarm.
fn job_ended(task: vec2<u32>, is_committed: bool) {
    let job = task_source(task.x);
    atomicMax(&jobs[JOB_END * JOBS + job], clock.tick + 1u);
    atomicAdd(&jobs[JOB_ENDED * JOBS + job], 1u);
    atomicAdd(&jobs[JOB_TRIES * JOBS + job], task_tries(task.y));
    if (!is_committed) {
        atomicAdd(&jobs[JOB_FAILED * JOBS + job], 1u);
    }
}

// One of the job's tasks has moved.
fn job_moved(origin: u32) {
    atomicAdd(&jobs[JOB_HOPS * JOBS + task_source(origin)], 1u);
}
