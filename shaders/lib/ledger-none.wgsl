// Nobody lies, so that nothing is taken from liars.

fn count_injected(i: u32, word: i32) {
}
