// Flows add up from a start by a golden Weyl sequence. Twin: src/part/work/offer.rs.

fn flow_start(i: u32, tick: u32) -> u32 {
    return ((i + tick) * GOLDEN) >> 16u;
}
