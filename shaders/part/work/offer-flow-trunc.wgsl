// Of the difference of the loads one part in 1 + the greater number of neighbours flows, and fractions are dropped.
// Twin: src/part/work/offer.rs.

fn begin_flows(i: u32, tick: u32) {}

fn share(i: u32, j: u32, own: u32, theirs: u32) -> u32 {
    return part_of(load_of(own) - theirs, j) >> 16u;
}
