// As many tasks arrive in every tick. Twin: src/part/work/cell/source.rs.

fn arriving_in(tick: u32, kind: u32, draw: u32) -> u32 {
    return arriving(kind, draw);
}
