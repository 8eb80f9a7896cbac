// The sine where it is needed once or twice: without a table. Twin: src/number/sine.rs.

fn sine(phase: u32) -> i32 {
    return interpolated(phase, sine_step(folded(phase) >> 23u));
}

fn cosine(phase: u32) -> i32 {
    return sine(phase + 0x40000000u);
}
