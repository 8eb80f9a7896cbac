// Nobody asks how deep a cell is. Twin: src/fault/kin.rs.

fn depth_of(cell: u32) -> u32 {
    return 0xFFFFFFFFu;
}
