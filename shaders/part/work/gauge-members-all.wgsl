// All four members of a cell are up.

fn members_up(i: u32) -> u32 {
    return 4u;
}
