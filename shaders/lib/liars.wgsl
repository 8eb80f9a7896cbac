// What i, which holds `own`, hears from j, which holds `word`, where some lie. Twin: src/hear/mod.rs.

fn told(j: u32, i: u32, word: u32, own: u32, tick: u32) -> u32 {
    if (is_liar(j)) {
        return lie(j, i, own, tick);
    }
    return word;
}
