// The fingerprint of one column: each workgroup adds its part. Twin: gauge::Fingerprint.
//
// Reads: the column. Writes: its own part.

@group(2) @binding(0) var<storage, read_write> prints: array<vec2<u32>>;
@group(2) @binding(1) var<storage, read> column: array<u32>;

override PARTS: u32;

var<workgroup> sums: array<vec2<u32>, 64>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    var own = vec2<u32>();
    let stretches = clock.words / 64u + select(0u, 1u, clock.words % 64u != 0u);
    for (var stretch = group.x; stretch < stretches; stretch += PARTS) {
        let index = stretch * 64u + lane;
        if (index < clock.words) {
            own += mix(clock.column, index, column[index]);
        }
    }
    sums[lane] = own;
    workgroupBarrier();
    for (var half = 32u; half > 0u; half /= 2u) {
        if (lane < half) {
            sums[lane] += sums[lane + half];
        }
        workgroupBarrier();
    }
    if (lane == 0u) {
        prints[group.x] += sums[0];
    }
}
