// Each node is looked at by itself.
fn look(i: u32, lane: u32, is_there: bool) {
    if (is_there) {
        gauge(i);
    }
}
