// The Metropolis divisor where it is the same for every link: 1 + the larger degree of the two ends.
override DIVISOR: u32;

fn divisor(i: u32, j: u32, end: u32) -> u32 {
    return DIVISOR;
}
