// A node tells one of its neighbours: 1 + its number, or 0 if it is not reached. Twin: src/part/rumour/aim.rs.

fn aim_of(i: u32, tick: u32) -> u32 {
    return ask(i, 0u, tick) + 1u;
}
