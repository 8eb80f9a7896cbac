// Nothing is added to beliefs from outside.
fn add_basis(i: u32) {}
