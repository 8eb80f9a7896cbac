// What has been added to a node's belief from outside.
@group(2) @binding(3) var<storage, read> basis: array<i32>;

fn basis_of(i: u32) -> i32 {
    return basis[i];
}
