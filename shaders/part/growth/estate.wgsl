// What a family that goes believes goes to its parent, within the range of beliefs. Twin: src/part/growth/steps/estate.rs, which says more.
//
// Reads: its own words, its parent's wish, and, if its family goes, its children's words. Writes: its own words.
// Hazards: none.

@group(2) @binding(0) var<storage, read> beliefs: array<u32>;
@group(2) @binding(2) var<storage, read_write> next_beliefs: array<u32>;

// The greatest belief, and the greatest basis; 0 where that may be anything.
override MOST_BELIEVED: u32;
override MOST_ADDED: u32;

// Numbers of 64 bits, the lower word first.
fn wide(word: u32) -> vec2<u32> {
    return vec2<u32>(word, select(0u, 0xFFFFFFFFu, i32(word) < 0));
}

fn plus(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    let low = a.x + b.x;
    return vec2<u32>(low, a.y + b.y + select(0u, 1u, low < a.x));
}

fn minus(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    return plus(a, plus(vec2<u32>(~b.x, ~b.y), vec2<u32>(1u, 0u)));
}

// The nearest number of at most this magnitude.
fn within(a: vec2<u32>, most: u32) -> u32 {
    let above = minus(a, vec2<u32>(most, 0u));
    if (i32(above.y) >= 0) {
        return most;
    }
    let below = plus(a, vec2<u32>(most, 0u));
    return select(a.x, 0u - most, i32(below.y) < 0);
}

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = clock.first + id.y * ROW + id.x;
    if (i >= clock.end || control.stopped != 0u) {
        return;
    }
    if (is_leaving(i)) {
        next_beliefs[i] = 0u;
        hold_added(i, 0u);
        hold_forgotten(i, vec2<u32>());
        return;
    }
    if (!is_heir(i)) {
        next_beliefs[i] = beliefs[i];
        hold_added(i, added_to(i));
        hold_forgotten(i, forgotten_by(i));
        return;
    }
    let family = families[i];
    var belief = wide(beliefs[i]);
    var basis = wide(added_to(i));
    var forgotten = forgotten_by(i);
    for (var k = 0u; k < FAMILY_SIZE; k++) {
        belief = plus(belief, wide(beliefs[family + k]));
        basis = plus(basis, wide(added_to(family + k)));
        forgotten = plus(forgotten, forgotten_by(family + k));
    }
    let held = within(belief, MOST_BELIEVED);
    let rest = minus(belief, wide(held));
    next_beliefs[i] = held;
    if (MOST_ADDED == 0u) {
        hold_added(i, minus(basis, rest).x);
        return;
    }
    let added = within(basis, MOST_ADDED);
    hold_added(i, added);
    hold_forgotten(i, plus(forgotten, minus(rest, minus(basis, wide(added)))));
}
