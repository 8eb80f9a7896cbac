// Tiles of the diamond: four nodes of a site that follow each other in x. What differs between its eight sites is looked up, but for x: the
// links in slots 0 and 1 never change it, and those in slots 2 and 3 do it alike, or neither does. See src/topology/lattice/tiles.rs.

// Where a link of node i leads in y and z, and in x as if the box had no sides.
fn led(i: u32, hop: vec4<u32>, y: u32, z: u32) -> u32 {
    let layer = WIDTH * HEIGHT;
    let round_y = select(0u, select(layer, 0u - layer, hop.z == 1u), leaves(hop.z, y, HEIGHT));
    let round_z = select(0u, select(NODES, 0u - NODES, hop.w == 1u), leaves(hop.w, z, DEPTH));
    return i + hop.x + round_y + round_z;
}

fn tile(t: u32, front: u32) {
    let i = 4u * t;
    let layer = WIDTH * HEIGHT;
    let index = i / layer;
    let at = i - index * layer;
    let z = index / SITES;
    let y = at / WIDTH;
    let x = at - y * WIDTH;
    let site = index - z * SITES;
    let third = hops.table[2u * SITES + site];
    let fourth = hops.table[3u * SITES + site];
    let own = held4(i);
    let first = gained_straight(own, i, led(i, hops.table[site], y, z), 0u);
    let second = gained_straight(own, i, led(i, hops.table[SITES + site], y, z), 1u);
    let a = led(i, third, y, z);
    let b = led(i, fourth, y, z);
    var gain = first + second;
    if (third.y == 0u) {
        gain += gained_straight(own, i, a, 2u) + gained_straight(own, i, b, 3u);
    } else if (third.y == 1u) {
        let at_right = x + 4u == WIDTH;
        gain += gained_ahead(own, i, a, 2u, at_right) + gained_ahead(own, i, b, 3u, at_right);
    } else {
        let at_left = x == 0u;
        gain += gained_behind(own, i, a, 2u, at_left) + gained_behind(own, i, b, 3u, at_left);
    }
    hold4(i, own + gain);
}
