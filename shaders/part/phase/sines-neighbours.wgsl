// The sines that a node hears from its neighbours: their sum, low word first, and how many there could be.
// Twin: src/part/phase/step/links.rs.

fn sines(i: u32, own: u32, tick: u32) -> vec3<u32> {
    var low = 0u;
    var high = 0u;
    let i_acts = acts(i, tick);
    let links = slots(i);
    for (var k = 0u; k < links; k++) {
        let j = neighbour(i, k);
        if (j == i || !hears(i, i_acts, j, k, tick)) {
            continue;
        }
        let heard = sine(told(j, i, phase[j], own, tick) - own);
        low += u32(heard);
        high += u32(heard >> 31u) + select(0u, 1u, low < u32(heard));
    }
    return vec3<u32>(low, high, degree(i));
}
