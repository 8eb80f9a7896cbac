// Nobody tells the rumour unasked.

fn prepare(lane: u32, first: u32, tick: u32) {
}

fn is_told(i: u32, tick: u32) -> bool {
    return false;
}
