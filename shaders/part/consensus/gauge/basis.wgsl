// What has been added to a node's belief from outside.
@group(2) @binding(3) var<storage, read> basis: array<i32>;

fn add_basis(i: u32) {
    add_inputs(widened(basis[i]));
}
