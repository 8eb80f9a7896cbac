// No node ever forgot anything.

fn destroyed_at(i: u32) -> vec2<u32> {
    return vec2<u32>();
}
