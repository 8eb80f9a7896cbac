// Who lies does so from the start to the end: what liars hold is of no account.
fn keep(i: u32) {}
