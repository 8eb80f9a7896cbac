// The sine where it is needed often: each workgroup of 256 makes itself a table. Twin: src/number/sine.rs.

var<workgroup> sine_steps: array<u32, 257>;

// Every invocation must call it, before any calls `sine`.
fn make_sine_table(lane: u32) {
    sine_steps[lane] = sine_step(lane);
    if (lane == 0u) {
        sine_steps[256] = sine_step(256u);
    }
    workgroupBarrier();
}

fn sine(phase: u32) -> i32 {
    return interpolated(phase, sine_steps[folded(phase) >> 23u]);
}
