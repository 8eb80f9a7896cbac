// Of the difference of the loads one part in 1 + the greater number of neighbours flows: the fractions of a cell's flows add up
// from a start between 0 and 1, and every whole that is passed is a task. In 2^-16. Twin: src/part/work/offer.rs.

var<private> flow: u32;

fn begin_flows(i: u32, tick: u32) {
    flow = flow_start(i, tick);
}

fn share(i: u32, j: u32, own: u32, theirs: u32) -> u32 {
    let before = flow;
    flow += part_of(load_of(own) - theirs, j);
    return (flow >> 16u) - (before >> 16u);
}
