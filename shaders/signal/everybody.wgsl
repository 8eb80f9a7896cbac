// A signal that reaches all nodes. Twin: src/step/signal.rs.

fn is_meant(i: u32) -> bool {
    return true;
}
