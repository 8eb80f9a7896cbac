// Reads a belief. Twin: src/measure/belief.rs.

@group(2) @binding(2) var<storage, read> belief: array<i32>;

fn reading(i: u32) -> Reading {
    return Reading(belief[i], 0, basis_of(i), injected_at(i), destroyed_at(i), 0u);
}
