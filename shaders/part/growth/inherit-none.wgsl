// A newborn holds nothing of its parent's. Twin: src/part/growth/steps/settle.rs.

fn hold(i: u32, word: u32) {}
