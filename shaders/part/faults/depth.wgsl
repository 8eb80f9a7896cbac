// How deep a cell is. Twin: src/fault/kin.rs.

@group(2) @binding(4) var<storage, read> depths: array<u32>;

fn depth_of(cell: u32) -> u32 {
    return depths[cell];
}
