// Nobody asks for the rumour.

fn pulls(i: u32, tick: u32) -> bool {
    return false;
}
