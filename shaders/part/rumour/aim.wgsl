// Whom each node that knows the rumour tells it in this tick. Twin: src/part/rumour/aim.rs.
//
// Reads: its own knowledge. Writes: its own aim.
// Hazards: none.

@group(2) @binding(0) var<storage, read> rumour: array<u32>;
@group(2) @binding(1) var<storage, read_write> aim: array<u32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = clock.first + id.y * ROW + id.x;
    if (i >= clock.end || control.stopped != 0u) {
        return;
    }
    var aimed = 0u;
    if ((rumour[i] & 0xFFFFu) == 1u && takes_part(i) && acts(i, clock.tick)) {
        aimed = aim_of(i, clock.tick);
    }
    aim[i] = aimed;
}
