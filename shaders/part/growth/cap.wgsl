// No group takes more than a share of what is free. Twin: src/part/growth/steps/count.rs.
//
// Reads: how many families are free. Reads and writes: how many of its own ask.
// Hazards: none.

@group(2) @binding(0) var<storage, read_write> asks: array<u32>;
@group(2) @binding(1) var<storage, read> free: array<u32>;

// The share, in 2^-32; 2^32 - 1 for all.
override SHARE: u32;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = clock.first + id.y * ROW + id.x;
    if (i >= clock.end || control.stopped != 0u) {
        return;
    }
    let some = max(multiply_high(SHARE, free[0]), 1u);
    asks[i] = min(asks[i], select(some, free[0], SHARE == 0xFFFFFFFFu));
}
