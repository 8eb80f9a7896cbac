// Draws on a part have a key of their own. Twin: key_of in src/part/work/cell/delegate.rs.

fn key_of(path: u32) -> u32 {
    if (path == 1u) {
        return RESULT_KEY;
    }
    return threefry2x32(vec2<u32>(RESULT_KEY, path), vec2<u32>()).x;
}
