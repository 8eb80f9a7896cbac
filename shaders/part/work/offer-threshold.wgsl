// What is above a bound is offered, one to each neighbour that holds less than the bound. Twin: src/part/work/offer.rs.

override BOUND: u32;

fn begin_flows(i: u32, tick: u32) {}

fn share(i: u32, j: u32, own: u32, theirs: u32) -> u32 {
    return select(0u, 1u, (own & QUEUED) > BOUND + made && theirs < BOUND);
}
