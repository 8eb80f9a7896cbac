// Nobody is killed or revived. Twin: src/part/faults/strikes.rs.

fn after_strikes(before: u32, i: u32) -> u32 {
    return before;
}
