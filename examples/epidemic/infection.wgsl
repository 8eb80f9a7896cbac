// A tick of the epidemic: who is infected by a neighbour, and who recovers. Twin: step.rs, which says more.
//
// Reads: its own and its neighbours' states. Writes: its own next state.
// Hazards: none; what it reads at neighbours it does not write.

@group(2) @binding(0) var<storage, read> state: array<u32>;
@group(2) @binding(1) var<storage, read_write> state_next: array<u32>;

override INFECTION: u32;
override RECOVERY: u32;
override INFECTION_KEY: u32;
override INFECTION_SALT: u32;
override RECOVERY_KEY: u32;
override RECOVERY_SALT: u32;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = clock.first + id.y * ROW + id.x;
    if (i >= clock.end || control.stopped != 0u) {
        return;
    }
    let own = state[i];
    var next = own;
    if (takes_part(i)) {
        if (own == 2u) {
            let recovers = happens(vec2<u32>(RECOVERY_KEY, RECOVERY_SALT), i, clock.tick, RECOVERY);
            next = select(2u, 3u, recovers);
        } else if (own != 3u) {
            next = 1u;
            let i_acts = acts(i, clock.tick);
            let links = slots(i);
            for (var k = 0u; k < links; k++) {
                let j = neighbour(i, k);
                if (j == i || !hears(i, i_acts, j, k, clock.tick)) {
                    continue;
                }
                if (told(j, i, state[j], own, clock.tick) != 2u) {
                    continue;
                }
                if (happens(vec2<u32>(INFECTION_KEY, INFECTION_SALT + j), i, clock.tick, INFECTION)) {
                    next = 2u;
                    break;
                }
            }
        }
    }
    state_next[i] = next;
}
