// Tiles of a circulant network: four nodes that follow each other. Over one slot their neighbours follow each other too; whether they are
// above or below is the same for a whole workgroup but where some links go round the end of the indices. See src/topology/tiles.rs.

fn tile(t: u32, front: u32) {
    let i = 4u * t;
    let first = 4u * front;
    let own = held4(i);
    var gain = vec4<i32>(0);
    for (var k = 0u; k < SLOTS; k++) {
        let by = distances.words[k >> 2u][k & 3u];
        let left = NODES - by;
        let up = first >= left;
        if (up || first + 1024u <= left) {
            let j = i + select(by, 0u - left, up);
            let low = select(i, j, up);
            gain += near_gained4(own, near4(j), low, select(by, left, up), up, vec4<u32>(k), select(0u, (0u - left) & 3u, up));
        } else {
            gain += gained_round(own, i, k);
        }
    }
    hold4(i, own + gain);
}
