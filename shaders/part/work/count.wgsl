// What a workgroup's cells add to the ledger, gathered before it is added: one addition a workgroup and counter, not one a task.
// Only the buckets of times, which are many, are added to as they come. Twin: src/part/work/cell/count.rs; the places are those of
// src/part/work/ledger.rs.

// The histograms: the lower halves of all buckets, then the upper ones.
@group(2) @binding(6) var<storage, read_write> times: array<atomic<u32>>;

override TIERS: u32;
// Of a histogram.
override BUCKETS: u32;

// Counters that each tier has.
const TIER_SUBMITTED: u32 = 0u;
const TIER_ADMITTED: u32 = 1u;
const TIER_COMMITTED: u32 = 2u;
const TIER_FAILED: u32 = 3u;
const TIER_DESTROYED: u32 = 4u;
const TIER_STARTED: u32 = 5u;
const TIER_WAITED: u32 = 6u;
const TIER_RESPONDED: u32 = 7u;
const TIER_ALL: u32 = 8u;

// Counters that all tiers share.
const ALL_REFUSED: u32 = 0u;
const ALL_DISPATCHES: u32 = 1u;
const ALL_VOTES: u32 = 2u;
const ALL_BUSY: u32 = 5u;
const ALL_WRONG: u32 = 6u;
const ALL_REPEATED: u32 = 7u;
const ALL_REJECTED: u32 = 8u;
const ALL_VERIFIED: u32 = 9u;
const ALL_ALL: u32 = 10u;

// The words after the counters.
const SUM_SUBMITTED: u32 = 0u;
const SUM_ENDED: u32 = 2u;
const SUM_LONGEST: u32 = 4u;

// Counters, then the sums, then the longest times: for at most 8 tiers.
var<workgroup> gathered: array<atomic<u32>, 94>;

fn scalars() -> u32 {
    return TIER_ALL * TIERS + ALL_ALL;
}

// How many places are in use.
fn places() -> u32 {
    return scalars() + SUM_LONGEST + 2u * TIERS;
}

// Empties what is gathered; every invocation must call it.
fn begin_count(lane: u32) {
    if (lane < places()) {
        atomicStore(&gathered[lane], 0u);
    }
    workgroupBarrier();
}

// Adds what is gathered to the ledger; every invocation must call it.
fn end_count(lane: u32) {
    workgroupBarrier();
    if (lane >= places()) {
        return;
    }
    let by = atomicLoad(&gathered[lane]);
    if (by == 0u) {
        return;
    }
    let first = scalars();
    if (lane < first) {
        add64(lane, by, 0u);
    } else if (lane < first + SUM_LONGEST) {
        atomicAdd(&counters[2u * COUNTERS + (lane - first)], by);
    } else {
        atomicMax(&counters[2u * COUNTERS + (lane - first)], by);
    }
}

// Adds to a scalar. What 256 cells add at once fits a word; of times that may be long only those that are not are gathered.
fn count_scalar(k: u32, by: u32) {
    if (by >= 0x1000000u) {
        add64(k, by, 0u);
    } else if (by != 0u) {
        atomicAdd(&gathered[k], by);
    }
}

// Adds to a counter of all.
fn count_all(which: u32, by: u32) {
    count_scalar(TIER_ALL * TIERS + which, by);
}

// Adds to a tier's counter.
fn count_tier(which: u32, tier: u32, by: u32) {
    count_scalar(which * TIERS + tier, by);
}

// Adds the identities of tasks.
fn count_identities(which: u32, identities: vec2<u32>) {
    let at = scalars() + which;
    atomicAdd(&gathered[at], identities.x);
    atomicAdd(&gathered[at + 1u], identities.y);
}

// The bucket of a time: below 64 each its own, above 32 from one power of two to the next.
fn bucket(ticks: u32) -> u32 {
    if (ticks < 64u) {
        return ticks;
    }
    let exponent = 31u - countLeadingZeros(ticks);
    return 64u + (exponent - 6u) * 32u + (ticks >> (exponent - 5u)) - 32u;
}

// A wait (0), or a response (1), of so many ticks.
fn count_time(response: u32, tier: u32, ticks: u32) {
    count_tier(TIER_WAITED + response, tier, ticks);
    let histogram = response * TIERS + tier;
    atomicMax(&gathered[scalars() + SUM_LONGEST + histogram], ticks);
    let at = histogram * BUCKETS + bucket(ticks);
    if (atomicAdd(&times[at], 1u) == 0xFFFFFFFFu) {
        // The lower half wraps.
        atomicAdd(&times[2u * TIERS * BUCKETS + at], 1u);
    }
}
