// From a tick on inputs differ by a constant. Twin: Change in src/part/consensus/signal/step.rs.
override SIGNAL_TICK: u32;
override SIGNAL_BY: u32;

fn change_of(i: u32, tick: u32) -> u32 {
    return select(0u, SIGNAL_BY, tick >= SIGNAL_TICK);
}
