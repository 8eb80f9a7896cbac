// Children get tasks by two bits of a hash of what they are, others at each depth. Twin: src/part/work/families.rs.

@group(2) @binding(3) var<storage, read> depths: array<u32>;

fn is_by_hash() -> bool {
    return true;
}

fn child_for(i: u32, at: u32, tick: u32, k: u32) -> u32 {
    let identity = task_identity(vec2<u32>(queue[at], queue[next_lane(at)])).x;
    return (identity >> (2u * (depths[i] & 15u))) & 3u;
}
