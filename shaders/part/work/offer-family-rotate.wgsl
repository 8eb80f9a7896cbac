// Children get tasks one after the other. Twin: src/part/work/families.rs.

const IS_BY_HASH: bool = false;

fn child_for(i: u32, at: u32, tick: u32, k: u32) -> u32 {
    return (tick + k) & 3u;
}
