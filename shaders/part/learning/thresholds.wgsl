// A node takes up a task by its stimulus and its own threshold, or lays it down. Twin: src/part/learning/steps/thresholds.rs.
//
// Reads: its own strategy and thresholds, the swarm's stimuli. Writes: its own next strategy, and by how much its thresholds have
// changed. Folds: how many switched.
// Hazards: none.

@group(2) @binding(0) var<storage, read> strategy: array<u32>;
@group(2) @binding(1) var<storage, read_write> strategy_next: array<u32>;
@group(2) @binding(3) var<storage, read> stimulus: array<u32>;

override STRATEGIES: u32;
override LOW: u32;
override THRESHOLD_WIDTH: u32;
override QUIT: u32;
override FIRST_KEY: u32;
override FIRST_SALT: u32;
override RESPONSE_KEY: u32;
override RESPONSE_SALT: u32;

// A node's threshold for a task at tick 0.
fn first_threshold(i: u32, task: u32) -> u32 {
    if (THRESHOLD_WIDTH == 0u) {
        return LOW;
    }
    return LOW + multiply_high(threefry2x32(vec2<u32>(FIRST_KEY, FIRST_SALT), vec2<u32>(i, task)).x, THRESHOLD_WIDTH + 1u);
}

// s^2 / (s^2 + theta^2) in 2^-31, by long division.
fn respond(s_all: u32, theta_all: u32) -> u32 {
    let zeros = countLeadingZeros(max(s_all, theta_all));
    let shift = 17u - min(zeros, 17u);
    let s = s_all >> shift;
    let theta = theta_all >> shift;
    if (s == 0u) {
        return 0u;
    }
    if (theta == 0u) {
        return 0x80000000u;
    }
    let by = s * s + theta * theta;
    var rest = s * s;
    var quotient = 0u;
    for (var bit = 0u; bit < 31u; bit++) {
        rest <<= 1u;
        quotient <<= 1u;
        if (rest >= by) {
            rest -= by;
            quotient |= 1u;
        }
    }
    return quotient;
}

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) place: u32) {
    let i = clock.first + id.y * ROW + id.x;
    var switched = false;
    if (i < clock.end && control.stopped == 0u) {
        let own = strategy[i];
        var next = own;
        if (decides(i, clock.tick)) {
            let words = threefry2x32(vec2<u32>(RESPONSE_KEY, RESPONSE_SALT), vec2<u32>(i, clock.tick));
            if (own != 0u) {
                next = select(own, 0u, (words.y >> 1u) < QUIT);
            } else {
                let task = multiply_high(words.x, STRATEGIES);
                let threshold = first_threshold(i, task) + threshold_change(i, task);
                if ((words.y >> 1u) < respond(stimulus[task], threshold)) {
                    next = task + 1u;
                }
            }
            adapt(i, own);
        }
        strategy_next[i] = next;
        switched = is_switch(own, next);
    }
    note(place, 0u, switched);
}
