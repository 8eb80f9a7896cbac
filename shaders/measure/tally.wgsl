// First pass of a measurement: each workgroup tallies every PARTS-th stretch of 64 nodes. Twins: measure::Gauge, measure::talk.
//
// Reads: what the gauge reads; walks the links to count messages. Writes: one partial tally a workgroup, and adds to the bins.

@group(2) @binding(0) var<storage, read_write> partial_tallies: array<Tally>;
@group(2) @binding(1) var<storage, read_write> bins: array<atomic<u32>>;

override PARTS: u32;
override BINS: u32;
// 1 if nodes that are down count, too.
override COUNTS_DOWN: u32;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    var own = nothing();
    let count = clock.end - clock.first;
    let stretches = count / 64u + select(0u, 1u, count % 64u != 0u);
    for (var stretch = group.x; stretch < stretches; stretch += PARTS) {
        let offset = stretch * 64u + lane;
        if (offset >= count) {
            continue;
        }
        let i = clock.first + offset;
        let up = is_up(i);
        let honest = !is_liar(i);
        var one = nothing();
        one.counts[1] = vec2<u32>(select(0u, 1u, up), 0u);
        if (honest) {
            let read = reading(i);
            one.sums[0] = widened(read.value);
            one.sums[3] = widened(read.basis);
            one.sums[4] = read.injected;
            one.sums[5] = read.destroyed;
            if (up || COUNTS_DOWN != 0u) {
                let magnitude = u32(abs(read.value));
                one.squares = vec2<u32>(magnitude * magnitude, multiply_high(magnitude, magnitude));
                one.minimum = read.value;
                one.maximum = read.value;
                one.sums[1] = one.sums[0];
                one.sums[2] = widened(read.other);
                one.counts[0] = vec2<u32>(1u, 0u);
                if (read.bin < BINS) {
                    // Integers: the order does not matter.
                    atomicAdd(&bins[read.bin], 1u);
                }
            }
        }
        if (clock.tick > 0u) {
            let tick = clock.tick - 1u;
            let sent = talk(i, tick);
            one.counts[2] = vec2<u32>(select(0u, 1u, acts(i, tick)), 0u);
            one.counts[3] = vec2<u32>(sent.x, 0u);
            one.counts[4] = vec2<u32>(sent.y, 0u);
        }
        own = together(own, one);
    }
    let all = of_workgroup(lane, own);
    if (lane == 0u) {
        partial_tallies[group.x] = all;
    }
}
