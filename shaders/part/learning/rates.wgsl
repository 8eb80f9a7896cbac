// The rates of a bandit's options, in 2^-31, period by period. Twin: Rates in src/part/learning/rewards/bandit.rs.

// Row by row, a period each: its first tick, and the rate of each option.
@group(2) @binding(5) var<storage, read> rates: array<u32>;

override PERIODS: u32;
override OPTIONS: u32;

// The period of a tick.
fn period(tick: u32) -> u32 {
    var found = 0u;
    for (var p = 1u; p < PERIODS; p++) {
        if (rates[p * (OPTIONS + 1u)] <= tick) {
            found = p;
        }
    }
    return found;
}

// The rate of an option, counted from 1; 0 of one that there is not.
fn rate(option: u32, tick: u32) -> u32 {
    if (option == 0u || option > OPTIONS) {
        return 0u;
    }
    return rates[period(tick) * (OPTIONS + 1u) + option];
}

// The best rate.
fn best_rate(tick: u32) -> u32 {
    var best = 0u;
    for (var option = 1u; option <= OPTIONS; option++) {
        best = max(best, rate(option, tick));
    }
    return best;
}
