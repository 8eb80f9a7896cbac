// First pass of a measurement, for each gauge: each workgroup adds up over every PARTS-th stretch of 64 nodes. Twin: gauge::Gauge.
//
// Reads: what the gauge reads. Writes: the words of one part a workgroup, and adds to the bins. Hazards: every invocation reaches the
// barriers in `begin` and `end`.

override PARTS: u32;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    prepare(lane);
    begin(lane, group.y);
    let count = clock.end - clock.first;
    let stretches = count / 64u + select(0u, 1u, count % 64u != 0u);
    for (var stretch = group.x; stretch < stretches; stretch += PARTS) {
        let offset = stretch * 64u + lane;
        if (offset < count) {
            gauge(clock.first + offset);
        }
    }
    end(lane, group.x, group.y);
}
