// Who goes down and who comes back: events kill and revive, and each may crash or come back by a draw.
// Twin: src/part/faults/step.rs.

// The probabilities that one that is up crashes and that one that has crashed comes back, in 2^-32.
override CRASH: u32;
override RECOVERY: u32;
override CRASH_KEY: u32;

// The word of node or agent `i` after the tick's events and its draw, from the one before.
fn after_outage(before: u32, i: u32) -> u32 {
    var word = after_strikes(before & ~8u, i);
    let crashed = (word & 1u) != 0u;
    let threshold = select(CRASH, RECOVERY, crashed);
    if (threshold != 0u && happens(vec2<u32>(CRASH_KEY, 0u), i, clock.tick, threshold)) {
        word ^= 1u;
        if ((word & 3u) != 0u) {
            word &= ~8u;
        } else if (crashed) {
            word |= 8u;
        }
    }
    return word;
}
