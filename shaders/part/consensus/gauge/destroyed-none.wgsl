// No node ever forgot anything.
fn add_lost(i: u32) {}
