// Which of the waiting tasks is next: the least urgency number; of equals the oldest, then the one from the lower origin.
// Twin: src/part/work/cell/order.rs.

// The slot of that task; there must be one.
fn next_slot() -> u32 {
    let slots_used = queued;
    if (slots_used == 1u) {
        return 0u;
    }
    prepare_order();
    var chosen = 0u;
    var task = waiting_task(0u);
    var least = vec2<u32>(task_tick(task.y), task.x);
    var least_urgency = urgency(task.y);
    for (var slot = 1u; slot < slots_used; slot++) {
        task = waiting_task(slot);
        let other = vec2<u32>(task_tick(task.y), task.x);
        let other_urgency = urgency(task.y);
        let is_older = other.x < least.x || (other.x == least.x && other.y < least.y);
        if (other_urgency < least_urgency || (other_urgency == least_urgency && is_older)) {
            chosen = slot;
            least = other;
            least_urgency = other_urgency;
        }
    }
    return chosen;
}
