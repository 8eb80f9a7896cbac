// Nobody lies.

fn told(j: u32, i: u32, word: u32, own: u32, tick: u32) -> u32 {
    return word;
}
