// How far the swarm is from agreement: how many that count do not hold the opinion that most hold.
override OPINIONS: u32;

fn spread(all: Tally) -> u32 {
    var leading = 0u;
    for (var held = 1u; held <= OPINIONS; held++) {
        var nodes = bins[held];
        // Those that have decided are counted apart, where nodes decide.
        if (BINS > OPINIONS + 1u) {
            nodes += bins[OPINIONS + 1u + held];
        }
        leading = max(leading, nodes);
    }
    return all.counts[0].x - leading;
}
