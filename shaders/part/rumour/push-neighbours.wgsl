// Whether one of a node's neighbours has aimed at it. Twin: src/part/rumour/step.rs.

@group(2) @binding(3) var<storage, read> aim: array<u32>;

fn prepare(lane: u32, first: u32, tick: u32) {
}

fn is_told(i: u32, tick: u32) -> bool {
    let links = slots(i);
    var told_it = false;
    for (var k = 0u; k < links; k++) {
        told_it = told_it || aim[neighbour(i, k)] == i + 1u;
    }
    return told_it;
}
