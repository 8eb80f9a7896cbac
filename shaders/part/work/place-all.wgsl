// Tasks arrive at all cells; those are hot whose draw is below the threshold. Twin: src/part/work/cell/source.rs.

override HOT: u32;
override PLACE_KEY: u32;

// 0 for an ordinary cell, 1 for a hot spot.
fn class_of(i: u32) -> u32 {
    if (HOT == 0u) {
        return 0u;
    }
    return select(0u, 1u, threefry2x32_13(vec2<u32>(PLACE_KEY, 0u), vec2<u32>(i, 0u)).x < HOT);
}
