// Nothing is delegated. Twin: src/part/work/gauge/mod.rs.

fn task_of_order(i: u32) -> vec2<u32> {
    return vec2<u32>(0xFFFFFFFFu);
}
