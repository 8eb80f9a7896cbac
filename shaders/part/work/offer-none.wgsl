// No cell offers anything. Twin: src/part/work/offer.rs.

fn offer(i: u32, own: u32, tick: u32) {}
