// Nodes begin and cease to lie: a liar keeps what it believes, and what it took, forgot and was given before stays in the account.
fn keep(i: u32) {
    add_kept(widened(belief[i]));
    add_basis(i);
    add_taken(i);
    add_lost(i);
}
