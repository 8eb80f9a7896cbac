// Whoever acts asks so many iff these bits of its word are so. Twin: src/gauge/asking.rs.

@group(2) @binding(2) var<storage, read> asking: array<u32>;

override ASK_SAMPLES: u32;
override ASK_MASK: u32;
override ASK_VALUE: u32;

fn asked(i: u32, tick: u32) -> u32 {
    return select(0u, ASK_SAMPLES, (asking[i] & ASK_MASK) == ASK_VALUE);
}
