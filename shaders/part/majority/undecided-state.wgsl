// Undecided-state dynamics: who meets another opinion has none, and then takes the next that it meets.
// Twin: src/part/majority/step.rs.

fn vote(own: u32, a: u32, b: u32, c: u32) -> u32 {
    if (a == 0u || a == own) {
        return own;
    }
    return select(0u, a, own == 0u);
}
