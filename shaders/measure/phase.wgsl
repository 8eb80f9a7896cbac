// Reads a phase: its cosine and sine, and the sector of the circle, of 64. Twin: src/measure/phase.rs.

@group(2) @binding(2) var<storage, read> phase: array<u32>;

fn reading(i: u32) -> Reading {
    let own = phase[i];
    return Reading(cosine(own), sine(own), 0, vec2<u32>(), vec2<u32>(), own >> 26u);
}
