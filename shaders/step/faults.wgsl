// Who is up: events kill and revive groups of nodes, and each node may crash or come back by a draw.
// Twin: src/step/faults.rs.
//
// Reads and writes: its own status.
// Hazards: none.

@group(2) @binding(0) var<storage, read_write> status: array<u32>;

// The probabilities that a node that is up crashes and that one that has crashed comes back, in 2^-32.
override CRASH: u32;
override RECOVERY: u32;
override CRASH_KEY: u32;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = clock.first + id.y * ROW + id.x;
    if (i >= clock.end || control.stopped != 0u) {
        return;
    }
    var word = status[i] & ~8u;
    if ((word & clock.revives) != 0u && (word & 3u) != 0u) {
        word = (word & ~3u) | 8u;
    }
    if ((word & clock.kills) != 0u) {
        word = (word & ~8u) | 2u;
    }
    let crashed = (word & 1u) != 0u;
    let threshold = select(CRASH, RECOVERY, crashed);
    if (threshold != 0u && happens(vec2<u32>(CRASH_KEY, 0u), i, clock.tick, threshold)) {
        word ^= 1u;
        if ((word & 3u) != 0u) {
            word &= ~8u;
        } else if (crashed) {
            word |= 8u;
        }
    }
    status[i] = word;
}
