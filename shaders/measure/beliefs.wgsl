// First pass of a measurement: each workgroup tallies every PARTS-th stretch of 128 nodes. Twin: measure::Tally.
//
// Reads: beliefs; walks the links to count messages. Writes: one partial tally a workgroup.

@group(2) @binding(0) var<storage, read> belief: array<i32>;
@group(2) @binding(1) var<storage, read_write> partial_tallies: array<Tally>;

override PARTS: u32;

fn messages_of(i: u32, tick: u32) -> u32 {
    if (is_active(i, tick)) {
        return degree(i);
    }
    var used = 0u;
    let links = slots(i);
    for (var k = 0u; k < links; k++) {
        let j = neighbour(i, k);
        if (j != i && is_active(j, tick)) {
            used++;
        }
    }
    return used;
}

@compute @workgroup_size(128)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    var own = nothing();
    let count = clock.end - clock.first;
    let stretches = count / 128u + select(0u, 1u, count % 128u != 0u);
    for (var stretch = group.x; stretch < stretches; stretch += PARTS) {
        let offset = stretch * 128u + lane;
        if (offset >= count) {
            continue;
        }
        let i = clock.first + offset;
        let x = belief[i];
        let magnitude = u32(abs(x));
        var acted = 0u;
        var sent = 0u;
        if (clock.tick > 0u) {
            acted = select(0u, 1u, is_active(i, clock.tick - 1u));
            sent = messages_of(i, clock.tick - 1u);
        }
        own = together(own, Tally(
            x,
            x,
            vec2<u32>(u32(x), select(0u, 0xFFFFFFFFu, x < 0)),
            vec3<u32>(magnitude * magnitude, multiply_high(magnitude, magnitude), 0u),
            vec2<u32>(acted, 0u),
            vec2<u32>(sent, 0u),
            vec2<u32>(0u, 0u),
        ));
    }
    let all = of_workgroup(lane, own);
    if (lane == 0u) {
        partial_tallies[group.x] = all;
    }
}
