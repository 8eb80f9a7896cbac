// A signal that reaches all nodes. Twin: src/part/consensus/signal/step.rs.

fn is_meant(i: u32) -> bool {
    return true;
}
