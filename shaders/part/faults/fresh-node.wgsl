// Whether a node has come back in this tick. Twin: src/part/faults/forget.rs.

fn is_fresh(i: u32) -> bool {
    return (state[i] & 8u) != 0u;
}
