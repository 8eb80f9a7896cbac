// What is sent over a node's links, and over how many an exchange takes place, where anything can go wrong: of each link both ends are
// counted at the lower one, so that whether it carries anything is worked out once. Twin: src/gauge/ground.rs, which counts end by end.

fn talk(i: u32, tick: u32) -> vec2<u32> {
    var sent = 0u;
    var used = 0u;
    let own = acts(i, tick);
    let links = slots(i);
    for (var k = 0u; k < links; k++) {
        let j = neighbour(i, k);
        if (j <= i) {
            continue;
        }
        let other = acts(j, tick);
        if (!own && !other) {
            continue;
        }
        // Who acts sends, and is answered where the link carries anything; of two that act neither waits for the other.
        let both = select(0u, 2u, link_carries(i, j, k, tick));
        sent += select(1u + (both >> 1u), 2u, own && other);
        used += both;
    }
    return vec2<u32>(sent, used);
}
