// The kills and revivals of a tick. Twin: src/part/faults/strikes.rs; the table is made in src/fault/strike.rs.

// A record of so many words each: 1 if it revives, how it says whom it names, two numbers, the keys of a permutation; then lists, a bit
// an agent.
@group(2) @binding(2) var<storage, read> events: array<u32>;
// How many each has changed.
@group(2) @binding(3) var<storage, read_write> changed: array<atomic<u32>>;

override STRIKE_WORDS: u32;
// How many agents there are; at least 3.
override AGENTS: u32;

// Whether the record that begins at `at` names agent i.
fn is_named(at: u32, i: u32) -> bool {
    let number = events[at + 2u];
    switch events[at + 1u] {
        case 0u: {
            return true;
        }
        case 1u: {
            let keys = vec4<u32>(events[at + 4u], events[at + 5u], events[at + 6u], events[at + 7u]);
            let more = vec4<u32>(events[at + 8u], events[at + 9u], events[at + 10u], events[at + 11u]);
            return unpermuted(i, AGENTS, keys, more) < number;
        }
        case 2u: {
            return i >= number && i <= events[at + 3u];
        }
        case 3u: {
            return (i & 3u) == number;
        }
        default: {
            return ((events[number + (i >> 5u)] >> (i & 31u)) & 1u) != 0u;
        }
    }
}

// The word of agent i after the strikes of this tick.
fn after_strikes(before: u32, i: u32) -> u32 {
    var word = before;
    for (var k = 0u; k < clock.strikes; k++) {
        let strike = clock.strike + k;
        let is_down = (word & 3u) != 0u;
        if (!is_named(STRIKE_WORDS * strike, i)) {
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
