// Three-majority: what two of three answers agree on, or else the first. Twin: src/part/majority/step.rs.

fn vote(own: u32, a: u32, b: u32, c: u32) -> u32 {
    if (b != 0u && b == c) {
        return b;
    }
    // Whichever else agree, the first is one of them.
    let first = select(select(c, b, b != 0u), a, a != 0u);
    return select(own, first, first != 0u);
}
