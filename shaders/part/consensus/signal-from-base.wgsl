// The first signal starts from the inputs at the beginning. Twin: src/part/consensus/signal/step.rs.

@group(2) @binding(1) var<storage, read> base: array<u32>;

fn before_signal(i: u32, now: u32) -> u32 {
    return base[i];
}
