// What i, which holds `own`, hears from j, which holds `word`, where nobody lies. Twin: src/hear/mod.rs.

fn told(j: u32, i: u32, word: u32, own: u32, tick: u32) -> u32 {
    return word;
}
