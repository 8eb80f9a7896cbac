// All four members are up and honest. Twin: src/part/work/cell/mod.rs.

fn team_of(i: u32) -> Team {
    return Team(15u, 0u, false, false);
}
