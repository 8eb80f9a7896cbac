// As many tasks arrive as thresholds say: of ordinary cells and of hot spots. Twin: src/part/work/cell/source.rs.

override TABLE_AT: u32;
override TABLE_LENGTH: u32;
override HOT_TABLE_AT: u32;
override HOT_TABLE_LENGTH: u32;

fn is_none(draw: u32) -> bool {
    return false;
}

// By the two words of a rate.
fn arriving_by(first: u32, count: u32, draw: u32) -> u32 {
    return outcome(first, count, draw);
}

fn arriving(kind: u32, draw: u32) -> u32 {
    let is_hot = kind == 1u;
    return arriving_by(select(TABLE_AT, HOT_TABLE_AT, is_hot), select(TABLE_LENGTH, HOT_TABLE_LENGTH, is_hot), draw);
}
