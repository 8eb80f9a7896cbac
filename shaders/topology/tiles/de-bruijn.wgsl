// Tiles of the de Bruijn graph: four nodes that follow each other, whose neighbours to the left are eight that do, and to the right two and
// two. A link to oneself carries nothing, since it joins equal words. See src/topology/tiles.rs.

// The two words of alternating digits have a link less than others, and the one between them another divisor: one by one.
fn gained_alternating(own: vec4<i32>, i: u32) -> vec4<i32> {
    var gain = vec4<i32>(0);
    for (var n = 0u; n < 4u; n++) {
        for (var k = 0u; k < 4u; k++) {
            let j = neighbour(i + n, k);
            gain[n] += gained_by(own[n], held(j), i + n, j, k, 1u + max(degree(i + n), degree(j)));
        }
    }
    return gain;
}

fn tile(t: u32, front: u32) {
    let i = 4u * t;
    let own = held4(i);
    if (t == LESSER / 4u || t == GREATER / 4u) {
        hold4(i, own + gained_alternating(own, i));
        return;
    }
    let nodes = vec4<u32>(i, i + 1u, i + 2u, i + 3u);
    // The digit that goes out to the left comes in again over slot 0; the other one does over slot 2.
    let out = i >> (LENGTH - 1u);
    let left = (i << 1u) & (NODES - 1u);
    let low = held4(left);
    let high = held4(left + 4u);
    let even = vec4<i32>(low.xz, high.xz);
    let odd = vec4<i32>(low.yw, high.yw);
    let lefts = vec4<u32>(left, left + 2u, left + 4u, left + 6u);
    let kept = select(odd, even, out == 0u);
    let exchanged = select(even, odd, out == 0u);
    var gain = apart_gained4(own, kept, nodes, lefts + out, vec4<u32>(0u));
    gain += apart_gained4(own, exchanged, nodes, lefts + (out ^ 1u), vec4<u32>(2u));
    // To the right an even node's last digit is 0, an odd one's 1, and comes in above over slot 1; the other one does over slot 3.
    let right = i >> 1u;
    let far = right + NODES / 2u;
    let zero = vec2<i32>(held(right), held(right + 1u));
    let one = vec2<i32>(held(far), held(far + 1u));
    gain += apart_gained4(own, vec4<i32>(zero.x, one.x, zero.y, one.y), nodes, vec4<u32>(right, far, right + 1u, far + 1u), vec4<u32>(1u));
    gain += apart_gained4(own, vec4<i32>(one.x, zero.x, one.y, zero.y), nodes, vec4<u32>(far, right, far + 1u, right + 1u), vec4<u32>(3u));
    hold4(i, own + gain);
}
