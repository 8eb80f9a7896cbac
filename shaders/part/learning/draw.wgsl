// Every node draws any strategy. Twin: src/part/learning/steps/draw.rs.
//
// Reads: its own strategy. Writes: its own next one. Folds: how many switched.
// Hazards: none.

@group(2) @binding(0) var<storage, read> strategy: array<u32>;
@group(2) @binding(1) var<storage, read_write> strategy_next: array<u32>;

override STRATEGIES: u32;
override DRAW_KEY: u32;
override DRAW_SALT: u32;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) place: u32) {
    let i = clock.first + id.y * ROW + id.x;
    var switched = false;
    if (i < clock.end && control.stopped == 0u) {
        let own = strategy[i];
        var next = own;
        if (decides(i, clock.tick)) {
            let word = threefry2x32(vec2<u32>(DRAW_KEY, DRAW_SALT), vec2<u32>(i, clock.tick)).x;
            next = 1u + multiply_high(word, STRATEGIES);
        }
        strategy_next[i] = next;
        switched = is_switch(own, next);
    }
    note(place, 0u, switched);
}
