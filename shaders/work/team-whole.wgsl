// All four members are up and honest. Twin: src/step/cell/mod.rs.

fn team_of(i: u32) -> Team {
    return Team(15u, 0u, false);
}
