// The kills and revivals of a tick. Twin: src/part/faults/strikes.rs; the table is made in src/fault/strike.rs.

// A record of so many words each: 1 if it revives, how it says whom it names, two numbers, the keys of a permutation; then lists, a bit
// an agent.
@group(2) @binding(2) var<storage, read> events: array<u32>;
// How many each has changed.
@group(2) @binding(3) var<storage, read_write> changed: array<atomic<u32>>;

override STRIKE_WORDS: u32;

// What lib/named.wgsl reads.
fn chosen_word(k: u32) -> u32 {
    return events[k];
}

// The word of agent i after the strikes of this tick.
fn after_strikes(before: u32, i: u32) -> u32 {
    var word = before;
    for (var k = 0u; k < clock.strikes; k++) {
        let strike = clock.strike + k;
        let is_down = (word & 3u) != 0u;
        if (!is_named(STRIKE_WORDS * strike + 1u, i)) {
            continue;
        }
        if (events[STRIKE_WORDS * strike] == 0u) {
            word = (word & ~8u) | 2u;
        } else if (is_down) {
            word = (word & ~3u) | 8u;
        }
        if (is_down != ((word & 3u) != 0u)) {
            atomicAdd(&changed[strike], 1u);
        }
    }
    return word;
}
