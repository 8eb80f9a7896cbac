// Two choices: what both answers agree on. Who has no opinion takes the first that it hears. Twin: src/part/majority/step.rs.

fn vote(own: u32, a: u32, b: u32, c: u32) -> u32 {
    let first = select(b, a, a != 0u);
    return select(own, first, first != 0u && (own == 0u || a == b));
}
