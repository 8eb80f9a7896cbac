// Whether a selection names somebody. Twin: src/fault/chosen.rs. The piece that holds the words, `chosen_word`, is another, and so is the one
// that says whom their family names, `is_of_kin`.

// How many there are to choose from; at least 3.
override AGENTS: u32;

// Whether the words mean one who has come since: all where all are meant, those of a role, and of a share as great a one.
fn is_named_later(at: u32, i: u32) -> bool {
    let kind = chosen_word(at);
    let number = chosen_word(at + 1u);
    if (kind == 1u) {
        let draw = threefry2x32(vec2<u32>(chosen_word(at + 3u), chosen_word(at + 4u)), vec2<u32>(i, 0u)).x;
        return multiply_high(draw, AGENTS) < number;
    }
    return kind == 0u || (kind == 3u && (i & 3u) == number);
}

// Whether the words that begin at `at` name i: how they say it, two numbers, the keys of a permutation.
fn is_named(at: u32, i: u32) -> bool {
    if (chosen_word(at) >= 5u) {
        return is_of_kin(chosen_word(at), chosen_word(at + 1u), i);
    }
    if (i >= AGENTS) {
        return is_named_later(at, i);
    }
    let number = chosen_word(at + 1u);
    switch chosen_word(at) {
        case 0u: {
            return true;
        }
        case 1u: {
            let keys = vec4<u32>(chosen_word(at + 3u), chosen_word(at + 4u), chosen_word(at + 5u), chosen_word(at + 6u));
            let more = vec4<u32>(chosen_word(at + 7u), chosen_word(at + 8u), chosen_word(at + 9u), chosen_word(at + 10u));
            return unpermuted(i, AGENTS, keys, more) < number;
        }
        case 2u: {
            return i >= number && i <= chosen_word(at + 2u);
        }
        case 3u: {
            return (i & 3u) == number;
        }
        default: {
            return ((chosen_word(number + (i >> 5u)) >> (i & 31u)) & 1u) != 0u;
        }
    }
}
