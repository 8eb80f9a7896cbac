// For how long each cell has been loaded, or had nothing to do. Twin: src/part/growth/steps/watch.rs.
//
// Reads: its own state and members. Reads and writes: its own word.
// Hazards: none.

@group(2) @binding(0) var<storage, read> states: array<u32>;
@group(2) @binding(1) var<storage, read> members: array<u32>;
@group(2) @binding(2) var<storage, read_write> watches: array<u32>;

// Loaded means so many tasks that wait.
override LOADED_FROM: u32;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = clock.first + id.y * ROW + id.x;
    if (i >= clock.end || control.stopped != 0u) {
        return;
    }
    // Nobody is there.
    if ((members[i] & 32u) != 0u) {
        watches[i] = 0u;
        return;
    }
    let state = states[i];
    let watch = watches[i];
    let loaded = select(0u, min((watch & LOADED) + 1u, LOADED), (state & QUEUED) >= LOADED_FROM);
    let idle = select(0u, min((watch >> IDLE_SHIFT) + 1u, MOST_IDLE), load_of(state) == 0u && (state & PARTED) == 0u);
    var killed = 2u;
    for (var m = 0u; m < 4u; m++) {
        killed &= members[word_at(m, i)];
    }
    watches[i] = loaded | select(0u, DEAD, killed != 0u) | (idle << IDLE_SHIFT);
}
