// How far the swarm is from agreement: the greatest value less the least.

fn spread(all: Tally) -> u32 {
    return select(u32(all.maximum) - u32(all.minimum), 0u, all.counts[0].x == 0u && all.counts[0].y == 0u);
}
