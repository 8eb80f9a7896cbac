// How far the swarm is from agreement: the greatest value less the least.

fn spread(all: Tally) -> u32 {
    return u32(all.maximum) - u32(all.minimum);
}
