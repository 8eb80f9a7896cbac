// How far the swarm is from agreement: the nodes outside those 32 sectors in a row, of 64, that hold the most.

fn spread(all: Tally) -> u32 {
    var within = 0u;
    for (var sector = 0u; sector < 32u; sector++) {
        within += bins[sector];
    }
    var most = within;
    for (var first = 0u; first < 64u; first++) {
        within = within - bins[first] + bins[(first + 32u) % 64u];
        most = max(most, within);
    }
    return all.counts[0].x - most;
}
