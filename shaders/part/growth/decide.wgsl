// Which cell asks for a family, and which family goes. Twin: src/part/growth/steps/decide.rs, which says more.
//
// Reads: its own words, and its four children's. Writes: its own wish, and what its children would begin with.
// Hazards: none.

@group(2) @binding(0) var<storage, read> states: array<u32>;
@group(2) @binding(1) var<storage, read> watches: array<u32>;
@group(2) @binding(2) var<storage, read> depths: array<u32>;
@group(2) @binding(3) var<storage, read> pauses: array<u32>;
@group(2) @binding(4) var<storage, read> side_words: array<u32>;
@group(2) @binding(6) var<storage, read_write> wishes: array<u32>;
@group(2) @binding(7) var<storage, read_write> heritage: array<u32>;

// After so many loaded ticks a cell asks, if it is less deep; a family goes after so many idle ones, or with at most so many tasks.
override AFTER: u32;
override DEEPEST: u32;
override RETIRE_IDLE: u32;
override RETIRE_LOAD: u32;

// What becomes of the family of a cell, whose first child is `family`.
fn wish_of_family(i: u32, family: u32) -> u32 {
    var held = 0u;
    var is_lost = true;
    var is_idle = true;
    for (var k = 0u; k < FAMILY_SIZE; k++) {
        let child = family + k;
        if (families[child] != 0u) {
            return 0u;
        }
        let state = states[child];
        let watch = watches[child];
        held += load_of(state) + select(0u, 1u, (state & PARTED) != 0u);
        is_lost = is_lost && (state & ABANDONED) != 0u && (watch & DEAD) != 0u;
        is_idle = is_idle && (watch >> IDLE_SHIFT) >= RETIRE_IDLE;
    }
    if (held == 0u && is_lost) {
        return WISH_GOES | WISH_LOST;
    }
    let own = states[i];
    let is_down = (own >> CLOSED_SHIFT) != 0u;
    if ((states[family] & RETIRING) != 0u) {
        return select(select(0u, WISH_GOES, held == 0u), WISH_KEEPS, is_down);
    }
    // What it has for children, or does for its parent, they do.
    if (is_down || (own & (APART | DELEGATED | PARTED)) != 0u || (states[family] & YOUNG) != 0u) {
        return 0u;
    }
    return select(0u, WISH_RETIRES, is_idle || held + load_of(own) <= RETIRE_LOAD);
}

fn wish_of(i: u32) -> u32 {
    if (i >= FOUNDERS && parents[i] == 0u) {
        return select(0u, WISH_FREE, ((i - FOUNDERS) & 3u) == 0u);
    }
    let family = families[i];
    if (family != 0u) {
        return wish_of_family(i, family);
    }
    let loaded = watches[i] & LOADED;
    let state = states[i];
    let wants = loaded >= AFTER || (state & WANTS) != 0u;
    let can = (state & APART) == 0u && (state >> CLOSED_SHIFT) == 0u;
    let asks = wants && can && depths[i] < DEEPEST && clock.tick >= pauses[i];
    return select(0u, 1u + depths[i], asks) | select(0u, WISH_CALM, loaded == 0u && (state & WANTS) == 0u);
}

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = clock.first + id.y * ROW + id.x;
    if (i >= clock.end || control.stopped != 0u) {
        return;
    }
    let wish = wish_of(i);
    wishes[i] = wish;
    let asks = wish & WISH_ASKS;
    var words = vec3<u32>();
    if (asks != 0u) {
        words = vec3<u32>(side_words[i], strategy_of(i), asks);
    }
    heritage[i] = words.x;
    heritage[word_at(1u, i)] = words.y;
    heritage[word_at(2u, i)] = words.z;
}
