// What a node forgets is no quantity that is conserved.

fn count_destroyed(i: u32, word: u32) {
}
