// Whether a node decides in a tick in which nodes do: it is its turn, and it is up and honest. Twin: Base in src/part/learning/site.rs.

fn decides(i: u32, tick: u32) -> bool {
    return takes_part(i) && acts(i, tick);
}
