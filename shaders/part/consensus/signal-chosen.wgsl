// A signal that reaches some of the nodes: those in whose word its bit is set. Twin: src/part/consensus/signal/step.rs.

@group(2) @binding(2) var<storage, read> chosen: array<u32>;

override SIGNAL_BIT: u32;

fn is_meant(i: u32) -> bool {
    return (chosen[i] & SIGNAL_BIT) != 0u;
}
