// No node ever took from liars anything.

fn injected_at(i: u32) -> vec2<u32> {
    return vec2<u32>();
}
