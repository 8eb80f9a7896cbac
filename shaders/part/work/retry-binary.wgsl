// A task that was refused is offered again after 1, 2, 4, 8, ... ticks. Twin: src/part/work/cell/mod.rs.

fn pause_after(times: u32) -> u32 {
    return 1u << (min(times, 11u) - 1u);
}
