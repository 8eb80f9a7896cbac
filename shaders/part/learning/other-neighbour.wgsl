// Whom a node compares itself with: a neighbour. Twin: src/part/learning/steps/fermi.rs.

fn other(i: u32, tick: u32) -> u32 {
    return ask(i, 0u, tick);
}
