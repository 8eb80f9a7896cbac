// Flows add up from a random start. Twin: src/part/work/offer.rs.

override OFFER_KEY: u32;

fn flow_start(i: u32, tick: u32) -> u32 {
    return threefry2x32_13(vec2<u32>(OFFER_KEY, 0u), vec2<u32>(i, tick)).x >> 16u;
}
