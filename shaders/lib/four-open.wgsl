// Which of the four links from the nodes low, low + 1, low + 2 and low + 3 to those `distance` above, over slot k of the ends asked for,
// carry anything where nothing goes wrong.

fn four_carry(low: u32, distance: u32, k: vec4<u32>) -> vec4<bool> {
    return vec4<bool>(true);
}

fn four_apart_carry(low: vec4<u32>, distance: vec4<u32>, k: vec4<u32>) -> vec4<bool> {
    return vec4<bool>(true);
}

fn one_carries(low: u32, distance: u32, k: u32) -> bool {
    return true;
}
