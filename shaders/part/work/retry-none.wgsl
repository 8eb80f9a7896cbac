// A task that was refused is offered again in the next tick. Twin: src/part/work/cell/mod.rs.

fn pause_after(times: u32) -> u32 {
    return 1u;
}
