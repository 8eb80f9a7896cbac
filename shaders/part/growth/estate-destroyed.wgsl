// What cells have forgotten is counted: a number of 64 bits, two words a cell. Twin: src/part/growth/steps/estate.rs.

@group(2) @binding(5) var<storage, read> destroyed: array<u32>;
@group(2) @binding(6) var<storage, read_write> next_destroyed: array<u32>;

fn forgotten_by(i: u32) -> vec2<u32> {
    return vec2<u32>(destroyed[i], destroyed[word_at(1u, i)]);
}

fn hold_forgotten(i: u32, number: vec2<u32>) {
    next_destroyed[i] = number.x;
    next_destroyed[word_at(1u, i)] = number.y;
}
