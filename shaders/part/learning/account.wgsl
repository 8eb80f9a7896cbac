// Divides what the census has counted since the last time, and adds it up: once for the swarm.
// Twin: AccountStep in src/part/learning/account.rs, which says more.
//
// Reads: the ledger. Writes: what it has seen of it. Folds: the account.
// Hazards: none; one invocation does it all.

@group(2) @binding(0) var<storage, read> ledger: array<u32>;
@group(2) @binding(1) var<storage, read_write> seen_gap: array<u32>;
@group(2) @binding(2) var<storage, read_write> seen_gap_high: array<u32>;
@group(2) @binding(3) var<storage, read_write> seen_held: array<u32>;
@group(2) @binding(4) var<storage, read_write> seen_best: array<u32>;

// How many counters the ledger has, and which of them is the gap; those who hold something and the best follow.
override LEDGER_COUNTERS: u32;
override LEDGER_GAP: u32;
// The first of the account's words of periods.
override FOUND: u32;

// ⌊wide / by⌋, for what is below 2^32; `by` is not 0.
fn divide(low: u32, high: u32, by: u32) -> u32 {
    var rest = high % by;
    var quotient = 0u;
    for (var bit = 32u; bit > 0u; bit--) {
        let carries = (rest >> 31u) != 0u;
        rest = (rest << 1u) | ((low >> (bit - 1u)) & 1u);
        quotient <<= 1u;
        if (carries || rest >= by) {
            rest -= by;
            quotient |= 1u;
        }
    }
    return quotient;
}

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = clock.first + id.y * ROW + id.x;
    if (i >= clock.end || control.stopped != 0u) {
        return;
    }
    let low = ledger[LEDGER_GAP];
    let high = ledger[LEDGER_COUNTERS + LEDGER_GAP];
    let missed = low - seen_gap[i];
    let missed_high = high - seen_gap_high[i] - select(0u, 1u, low < seen_gap[i]);
    let holders = ledger[LEDGER_GAP + 1u] - seen_held[i];
    let best = ledger[LEDGER_GAP + 2u] - seen_best[i];
    seen_gap[i] = low;
    seen_gap_high[i] = high;
    seen_held[i] = ledger[LEDGER_GAP + 1u];
    seen_best[i] = ledger[LEDGER_GAP + 2u];
    if (holders == 0u) {
        return;
    }
    add64(0u, divide(missed, missed_high, holders), 0u);
    add64(1u, 1u, 0u);
    // 10 * best >= 9 * holders, without leaving 32 bits.
    if (holders - best <= best / 9u) {
        atomicMax(&counters[FOUND + period(clock.tick)], 0xFFFFFFFFu - clock.tick);
    }
}
