// What the events of a tick do to those whom they name. Twin: src/part/faults/strikes.rs; the table is made in src/fault/strike.rs.

// A record of so many words each: 0 if it kills, 1 if it revives, 2 if it lets nodes lie, 3 if it lets them be honest, and from bit 8 on
// the bits of liars; how it says whom it names, two numbers, the keys of a permutation; then lists, a bit an agent.
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
        if (!is_named(STRIKE_WORDS * strike + 1u, i)) {
            continue;
        }
        let was = word;
        let was_down = (was & 3u) != 0u;
        let what = events[STRIKE_WORDS * strike];
        let lies = what >> 8u;
        switch what & 0xFFu {
            case 0u: {
                word = (word & ~8u) | 2u;
            }
            case 1u: {
                word = select(word, (word & ~3u) | 8u, was_down);
            }
            case 2u: {
                word |= lies;
            }
            default: {
                word &= ~lies;
            }
        }
        if (was_down != ((word & 3u) != 0u) || ((was ^ word) & lies) != 0u) {
            atomicAdd(&changed[strike], 1u);
        }
    }
    return word;
}
