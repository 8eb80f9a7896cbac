// How many of each group of 256 cells ask, and how many families of places are free there. Twin: src/part/growth/steps/count.rs.
//
// Reads: the wishes of its group. Writes: its own two sums.
// Hazards: none.

@group(2) @binding(0) var<storage, read> wishes: array<u32>;
@group(2) @binding(1) var<storage, read_write> asks: array<u32>;
@group(2) @binding(2) var<storage, read_write> free: array<u32>;

// How many places there are.
override MEMBERS: u32;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = clock.first + id.y * ROW + id.x;
    if (i >= clock.end || control.stopped != 0u) {
        return;
    }
    let first = i * 256u;
    let count = min(256u, MEMBERS - first);
    var sums = vec2<u32>();
    for (var k = 0u; k < count; k++) {
        let wish = wishes[first + k];
        sums += vec2<u32>(select(0u, 1u, (wish & WISH_ASKS) != 0u), select(0u, 1u, (wish & WISH_FREE) != 0u));
    }
    asks[i] = sums.x;
    free[i] = sums.y;
}
