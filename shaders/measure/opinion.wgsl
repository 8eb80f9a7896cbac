// Reads an opinion: its class is its number, and with those that have decided apart. Twin: src/measure/opinion.rs.

@group(2) @binding(2) var<storage, read> opinion: array<u32>;

override OPINIONS: u32;
// Whoever acts asks so many iff these bits of its word are so.
override ASK_SAMPLES: u32;
override ASK_MASK: u32;
override ASK_VALUE: u32;

fn reading(i: u32) -> Reading {
    let held = opinion[i] & 0xFFFFu;
    let bin = held + (OPINIONS + 1u) * (opinion[i] >> 31u);
    // What is no opinion is in no class.
    return Reading(0, 0, 0, vec2<u32>(), vec2<u32>(), select(0xFFFFFFFFu, bin, held <= OPINIONS));
}

fn asked(i: u32, tick: u32) -> u32 {
    return select(0u, ASK_SAMPLES, (opinion[i] & ASK_MASK) == ASK_VALUE);
}
