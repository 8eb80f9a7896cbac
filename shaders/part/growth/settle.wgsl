// What a newborn begins with, and what is left of one that is gone. Twin: src/part/growth/steps/settle.rs.
//
// Reads: what has happened to it, and what its parent's children begin with. Reads and writes: its own words.
// Hazards: none.

@group(2) @binding(0) var<storage, read> events: array<u32>;
@group(2) @binding(1) var<storage, read> heritage: array<u32>;
@group(2) @binding(2) var<storage, read_write> members: array<u32>;
@group(2) @binding(3) var<storage, read_write> side_words: array<u32>;
@group(2) @binding(4) var<storage, read_write> states: array<u32>;
@group(2) @binding(5) var<storage, read_write> depths: array<u32>;
@group(2) @binding(6) var<storage, read_write> born: array<u32>;

// After so many ticks a newborn works.
override DELAY: u32;
// Of so many agents how many lie at the start, and what draws depend on.
override LIARS: u32;
override AGENTS_AT_FIRST: u32;
override LIARS_KEY: u32;
override LIARS_KEY_TOO: u32;

// The word of an agent that has come into being.
fn newborn(agent: u32) -> u32 {
    if (LIARS == 0u) {
        return 0u;
    }
    let draw = threefry2x32(vec2<u32>(LIARS_KEY, LIARS_KEY_TOO), vec2<u32>(agent, clock.tick)).x;
    return select(0u, 4u, multiply_high(draw, AGENTS_AT_FIRST) < LIARS);
}

fn begin(i: u32) {
    let parent = parent_of(i);
    for (var m = 0u; m < 4u; m++) {
        members[word_at(m, i)] = newborn(4u * i + m);
    }
    // The sides of walls.
    side_words[i] = heritage[parent] & ~15u;
    hold(i, heritage[word_at(1u, parent)]);
    depths[i] = heritage[word_at(2u, parent)];
    states[i] = select(0u, YOUNG, DELAY > 1u);
    born[i] = clock.tick + 1u;
}

fn end(i: u32) {
    for (var m = 0u; m < 4u; m++) {
        members[word_at(m, i)] = 34u;
    }
    side_words[i] = 1u;
    hold(i, 0u);
    depths[i] = 0u;
    states[i] = 0u;
    born[i] = 0u;
}

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = clock.first + id.y * ROW + id.x;
    if (i >= clock.end || control.stopped != 0u) {
        return;
    }
    switch events[i] {
        case 1u: {
            begin(i);
        }
        case 2u: {
            end(i);
        }
        case 3u: {
            states[i] |= RETIRING;
        }
        case 4u: {
            states[i] &= ~RETIRING;
        }
        default: {
            let state = states[i];
            if ((state & YOUNG) != 0u && clock.tick + 2u - born[i] >= DELAY) {
                states[i] = state & ~YOUNG;
            }
        }
    }
}
