// The sum of all values before each. Twin: src/scan/prefix.rs.
//
// Reads: the values of its group of 256, which is a workgroup, and through `offset` what the groups before come to. Writes: its own
// sum.
// Hazards: barriers, so all of a workgroup stay to the end.

@group(2) @binding(0) var<storage, read> values: array<u32>;
@group(2) @binding(1) var<storage, read_write> prefix: array<u32>;

// 1 if a value counts as one that is not zero.
override MARKS: u32;

var<workgroup> sums: array<u32, 256>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let i = clock.first + id.y * ROW + id.x;
    let is_there = i < clock.end && control.stopped == 0u;
    var own = 0u;
    if (is_there) {
        own = select(values[i], min(values[i], 1u), MARKS != 0u);
    }
    // Hillis and Steele, 1986: after each round the sum of twice as many up to this one.
    var sum = own;
    sums[lane] = sum;
    for (var width = 1u; width < 256u; width *= 2u) {
        workgroupBarrier();
        var before = 0u;
        if (lane >= width) {
            before = sums[lane - width];
        }
        workgroupBarrier();
        sum += before;
        sums[lane] = sum;
    }
    if (is_there) {
        prefix[i] = offset(i) + sum - own;
    }
}
