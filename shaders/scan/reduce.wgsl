// The sum of each group of 256 values. Twin: src/scan/reduce.rs.
//
// Reads: the values of its group. Writes: its own sum.
// Hazards: none; no invocation waits for another.

@group(2) @binding(0) var<storage, read> values: array<u32>;
@group(2) @binding(1) var<storage, read_write> sums: array<u32>;

// How many values there are.
override MEMBERS: u32;
// 1 if a value counts as one that is not zero.
override MARKS: u32;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = clock.first + id.y * ROW + id.x;
    if (i >= clock.end || control.stopped != 0u) {
        return;
    }
    let first = i * 256u;
    let count = min(256u, MEMBERS - first);
    var sum = 0u;
    for (var k = 0u; k < count; k++) {
        let value = values[first + k];
        sum += select(value, min(value, 1u), MARKS != 0u);
    }
    sums[i] = sum;
}
