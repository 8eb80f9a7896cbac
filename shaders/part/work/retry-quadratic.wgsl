// A task that was refused is offered again after 1, 4, 9, 16, ... ticks. Twin: src/part/work/cell/mod.rs.

fn pause_after(times: u32) -> u32 {
    let root = min(times, 31u);
    return root * root;
}
