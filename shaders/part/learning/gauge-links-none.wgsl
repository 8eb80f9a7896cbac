// Leaves the links alone. Twin: src/part/learning/gauge.rs.

fn gauge_links(i: u32, own: u32) {
}
