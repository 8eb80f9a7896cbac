// Children get tasks one after the other. Twin: src/part/work/families.rs.

fn is_by_hash() -> bool {
    return false;
}

fn child_for(i: u32, at: u32, tick: u32, k: u32) -> u32 {
    return (tick + k) & 3u;
}
