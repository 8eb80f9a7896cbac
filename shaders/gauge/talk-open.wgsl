// What a node sends over its links, and over how many an exchange takes place, where nothing goes wrong.
// Twin: src/gauge/ground.rs.

fn talk(i: u32, tick: u32) -> vec2<u32> {
    if (is_active(i, tick)) {
        return vec2<u32>(degree(i));
    }
    var used = 0u;
    let links = slots(i);
    for (var k = 0u; k < links; k++) {
        let j = neighbour(i, k);
        if (j != i && is_active(j, tick)) {
            used++;
        }
    }
    return vec2<u32>(used);
}
