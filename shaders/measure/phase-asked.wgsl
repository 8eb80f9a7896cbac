// How many others a node asks for their phases in a tick in which it acts.
override ASKED: u32;

fn asked(i: u32, tick: u32) -> u32 {
    return ASKED;
}
