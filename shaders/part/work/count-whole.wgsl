// So many times SIZE tasks arrive, and once more where a draw is below the threshold: of ordinary cells and of hot spots.
// Twin: src/part/work/cell/source.rs.

override WHOLE: u32;
override WHOLE_HOT: u32;
override FRACTION: u32;
override FRACTION_HOT: u32;
override SIZE: u32;

// Whether nothing arrives wherever this is drawn: most words are so.
fn is_none(draw: u32) -> bool {
    return (WHOLE | WHOLE_HOT) == 0u && draw >= max(FRACTION, FRACTION_HOT);
}

fn arriving(kind: u32, draw: u32) -> u32 {
    let times = select(WHOLE, WHOLE_HOT, kind == 1u);
    let fraction = select(FRACTION, FRACTION_HOT, kind == 1u);
    return SIZE * (times + select(0u, 1u, draw < fraction));
}
