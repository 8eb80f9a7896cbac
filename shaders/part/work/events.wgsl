// More or fewer tasks arrive in some ticks at some cells. Twin: src/part/work/cell/events.rs.

// Where the first ticks of all stretches but the first are, and how many.
override STARTS_AT: u32;
override STARTS: u32;
// Where the stretches are, and how many words each has: where its rates begin, how many events hold, and where each says whom it falls on.
override STRETCHES_AT: u32;
override STRETCH_WORDS: u32;

// What lib/named.wgsl reads.
fn chosen_word(k: u32) -> u32 {
    return workload[k];
}

fn arriving_in(tick: u32, kind: u32, draw: u32) -> u32 {
    let at = STRETCHES_AT + STRETCH_WORDS * outcome(STARTS_AT, STARTS, tick);
    var falling = 0u;
    for (var k = 0u; k < workload[at + 1u]; k++) {
        falling |= select(0u, 1u << k, is_named(workload[at + 2u + k], own_cell));
    }
    let rate = workload[at] + 2u * (2u * falling + kind);
    return arriving_by(workload[rate], workload[rate + 1u], draw);
}
