// The voter model: the opinion of whomever the node asked. Twin: src/part/majority/step.rs.

fn vote(own: u32, a: u32, b: u32, c: u32) -> u32 {
    return select(own, a, a != 0u);
}
