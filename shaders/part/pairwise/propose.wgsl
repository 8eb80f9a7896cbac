// Who proposes to whom: the place among its links over which a node proposes, and 1, or 0 for a node that listens.
// Twin: src/part/pairwise/propose.rs, which says more.
//
// Reads: how many links it has. Writes: its own place.
// Hazards: none.

@group(2) @binding(0) var<storage, read_write> place: array<u32>;

override PARTNER_KEY: u32;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = clock.first + id.y * ROW + id.x;
    if (i >= clock.end || control.stopped != 0u) {
        return;
    }
    if (takes_part(i)) {
        let draw = threefry2x32(vec2<u32>(PARTNER_KEY, 0u), vec2<u32>(i, clock.tick));
        let links = slots(i);
        let proposes = (draw.y >> 31u) != 0u && links > 0u && acts(i, clock.tick);
        place[i] = select(0u, 1u + multiply_high(draw.x, links), proposes);
    }
}
