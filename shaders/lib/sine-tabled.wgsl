// The sine where it is needed often: each workgroup makes itself a table. Twin: src/number/sine.rs.

// Invocations of a workgroup, a power of two up to 256.
override SINE_GROUP: u32;

// The last entry twice: that of a quarter turn lies between two like any other.
var<workgroup> sine_values: array<u32, 258>;

// Every invocation must call it; once the workgroup has met, any may call `sine`.
fn make_sine_table(lane: u32) {
    for (var n = 0u; n < 256u / SINE_GROUP; n++) {
        let i = lane + n * SINE_GROUP;
        sine_values[i] = quarter_sine(i);
    }
    if (lane < 2u) {
        sine_values[256u + lane] = 32767u;
    }
}

fn sine(phase: u32) -> i32 {
    let at = folded(phase) >> 23u;
    return interpolated(phase, sine_values[at], sine_values[at + 1u]);
}
