// Whose family goes in this tick, and who goes with it: asked before anybody is gone. Twin: src/part/growth/steps/heirs.rs.

@group(2) @binding(1) var<storage, read> wishes: array<u32>;

// Whether a cell goes.
fn is_leaving(i: u32) -> bool {
    let parent = parents[i];
    return parent != 0u && (wishes[parent - 1u] & WISH_GOES) != 0u;
}

// Whether a cell takes over what its family has.
fn is_heir(i: u32) -> bool {
    return families[i] != 0u && (wishes[i] & WISH_GOES) != 0u;
}
