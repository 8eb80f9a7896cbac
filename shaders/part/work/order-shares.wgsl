// The tiers are served in their shares, by the cell's own point of a golden Weyl sequence. Twin: src/part/work/cell/order.rs.

override WEIGHTS_AT: u32;

var<private> served: u32;

fn weight(waiting: u32, tier: u32) -> u32 {
    return select(0u, workload[WEIGHTS_AT + tier], ((waiting >> tier) & 1u) != 0u);
}

// Decides which tier is served.
fn prepare_order() {
    var waiting = 0u;
    let slots_used = queued;
    for (var slot = 0u; slot < slots_used; slot++) {
        waiting |= 1u << task_tier(waiting_task(slot).y);
    }
    var total = 0u;
    for (var tier = 0u; tier < TIERS; tier++) {
        total += weight(waiting, tier);
    }
    var left = multiply_high((own_cell + word_of(SCORE)) * GOLDEN, total);
    served = countTrailingZeros(waiting);
    for (var tier = 0u; tier < TIERS; tier++) {
        let own = weight(waiting, tier);
        if (left < own) {
            served = tier;
            break;
        }
        left -= own;
    }
}

fn urgency(record: u32) -> i32 {
    return select(0, 1, task_tier(record) != served);
}
