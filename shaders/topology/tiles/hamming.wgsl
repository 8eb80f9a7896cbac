// Tiles of Hamming graphs: four nodes that differ in their lowest two bits, and so do their neighbours over all other slots, in the same
// order; see src/topology/tiles.rs.

fn tile(t: u32, front: u32) {
    let i = 4u * t;
    let own = held4(i);
    var gain = gained_within(own, i);
    let others = (1u << BITS) - 1u;
    // The first slots that leave the tile: one or two digits are within it.
    for (var k = others * (2u / BITS); k < SLOTS; k++) {
        let j = i ^ ((k % others + 1u) << (BITS * (k / others)));
        let low = min(i, j);
        gain += gained4(own, held4(j), low, max(i, j) - low, i > j, vec4<u32>(k));
    }
    hold4(i, own + gain);
}
