// The fingerprint of one column: each workgroup adds its part to its partial tally. Twin: measure::Fingerprint.
//
// Reads: the column. Writes: the fingerprint of its own partial tally.

@group(2) @binding(1) var<storage, read> column: array<u32>;
@group(2) @binding(0) var<storage, read_write> partial_tallies: array<Tally>;

override PARTS: u32;

// The sums of the invocations; a whole tally each would be ten times as much to move.
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
        partial_tallies[group.x].fingerprint += sums[0];
    }
}
