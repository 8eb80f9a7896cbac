// The Metropolis divisor of a link: 1 + the larger degree of its two ends.

fn divisor(i: u32, j: u32, end: u32) -> u32 {
    return 1u + max(degree(i), degree(j));
}
