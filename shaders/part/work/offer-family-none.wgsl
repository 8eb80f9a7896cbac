// Cells have no children. Twin: src/part/work/offer.rs.

fn offer_in_family(i: u32, own: u32, tick: u32) {}
