// Nothing is added to beliefs from outside. Twin: src/part/growth/steps/estate.rs.

fn added_to(i: u32) -> u32 {
    return 0u;
}

fn hold_added(i: u32, word: u32) {}
