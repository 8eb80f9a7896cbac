// So many times SIZE tasks arrive, and once more where a draw is below the threshold: of ordinary cells and of hot spots.
// Twin: src/part/work/cell/source.rs.

override WHOLE: u32;
override WHOLE_HOT: u32;
override FRACTION: u32;
override FRACTION_HOT: u32;
override SIZE: u32;
// Whether nothing arrives wherever and whenever some words are drawn, and the least of those: most are so.
override IS_RARE: u32;
override NONE_FROM: u32;

fn is_none(draw: u32) -> bool {
    return IS_RARE != 0u && draw >= NONE_FROM;
}

// By the two words of a rate.
fn arriving_by(whole: u32, fraction: u32, draw: u32) -> u32 {
    return SIZE * (whole + select(0u, 1u, draw < fraction));
}

fn arriving(kind: u32, draw: u32) -> u32 {
    return arriving_by(select(WHOLE, WHOLE_HOT, kind == 1u), select(FRACTION, FRACTION_HOT, kind == 1u), draw);
}
