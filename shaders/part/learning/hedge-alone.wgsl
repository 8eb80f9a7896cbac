// Nodes hear nobody. Twin: HedgeStep in src/part/learning/steps/hedge.rs.

fn hear(i: u32, tick: u32) -> vec2<u32> {
    return vec2<u32>(0xFFFFFFFFu, 0u);
}

// How many i has asked.
fn tell(i: u32, next: u32, tick: u32) -> u32 {
    return 0u;
}
