// Tasks arrive at one cell only. Twin: src/part/work/cell/source.rs.

override PLACE: u32;

// 1 for that cell, 2 for those where nothing arrives.
fn class_of(i: u32) -> u32 {
    return select(2u, 1u, i == PLACE);
}
