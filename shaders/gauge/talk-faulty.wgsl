// What a node sends over its links, and over how many an exchange takes place, where anything can go wrong.
// Twin: src/gauge/ground.rs.

fn talk(i: u32, tick: u32) -> vec2<u32> {
    var sent = 0u;
    var used = 0u;
    if (!is_up(i)) {
        return vec2<u32>();
    }
    let own = acts(i, tick);
    let links = slots(i);
    for (var k = 0u; k < links; k++) {
        let j = neighbour(i, k);
        if (j == i) {
            continue;
        }
        let carries = link_carries(i, j, k, tick);
        let other = acts(j, tick);
        sent += select(0u, 1u, own || (other && carries));
        used += select(0u, 1u, (own || other) && carries);
    }
    return vec2<u32>(sent, used);
}
