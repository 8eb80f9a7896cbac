// Who is named by their family: agents of cells at a depth, of the children of a cell, of cells that have children. Twin: src/fault/kin.rs.

override KIN_AGENTS: u32;

fn is_of_kin(kind: u32, number: u32, i: u32) -> bool {
    let cell = i / KIN_AGENTS;
    switch kind {
        case 5u: {
            return depth_of(cell) == number;
        }
        case 6u: {
            return parents[cell] == number + 1u;
        }
        default: {
            return families[cell] != 0u;
        }
    }
}
