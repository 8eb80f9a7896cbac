//! Which links anything moves over: one pass over states and masks, or over bytes that stand for them.

use super::GAIN;
use crate::fault::bits;
use crate::hear::links::flag_bits;
use crate::number::threefry2x32_13;
use crate::part::work::state;
use multiversion::multiversion;

/// Sets a flag where the own end has tasks that wait, the other is open and holds less by [`super::GAIN`] or more, and the link carries messages. A
/// node without a link is its own other end, which does not hold less.
pub(super) fn flag(own: &[u32], others: &[u32], masks: Option<&[u32]>, flags: &mut [u8]) {
    match masks {
        Some(masks) => flag_masked(own, others, masks, flags),
        None => flag_all(own, others, flags),
    }
}

/// All is worked out, without a branch.
#[inline(always)]
fn moves(own: u32, other: u32) -> bool {
    (own & state::QUEUED != 0) & !state::is_closed(other) & (state::load(own) >= state::load(other) + GAIN)
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn flag_all(own: &[u32], others: &[u32], flags: &mut [u8]) {
    for ((flag, &own), &other) in flags.iter_mut().zip(own).zip(others) {
        *flag = u8::from(moves(own, other));
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn flag_masked(own: &[u32], others: &[u32], masks: &[u32], flags: &mut [u8]) {
    for (((flag, &own), &other), &mask) in flags.iter_mut().zip(own).zip(others).zip(masks) {
        *flag = u8::from(moves(own, other)) & mask as u8 & 1;
    }
}

/// The byte of a cell that takes nothing.
const CLOSED: u32 = 255;

/// What each cell holds, or [`CLOSED`] if it takes nothing or is down; and the same, or [`CLOSED`] where it does not act.
pub(super) fn takes(states: &[u32], status: Option<&[u32]>, acts: &[u32], bytes: [&mut [u8]; 2]) {
    match status {
        Some(status) => takes_up(states, status, acts, bytes),
        None => takes_all(states, acts, bytes),
    }
}

/// A number that says whether a cell that takes `takes` holds less by [`GAIN`] or more: if it is below this one. 0 of a cell that gives nothing or is
/// down; and the same, or 0 where it does not act.
pub(super) fn gives(states: &[u32], status: Option<&[u32]>, acts: &[u32], bytes: [&mut [u8]; 2]) {
    match status {
        Some(status) => gives_up(states, status, acts, bytes),
        None => gives_all(states, acts, bytes),
    }
}

/// No cell holds more than 256 tasks and one under execution: of those that hold 254 and more it is not known here how many, but they take
/// none of cells that hold no more.
#[inline(always)]
fn taken(state: u32, is_down: bool) -> u32 {
    if state::is_closed(state) | is_down {
        CLOSED
    } else {
        state::load(state).min(CLOSED - 1)
    }
}

#[inline(always)]
fn given(state: u32, is_down: bool) -> u32 {
    if (state & state::QUEUED == 0) | is_down {
        0
    } else {
        (state::load(state) - (GAIN - 1)).min(CLOSED)
    }
}

macro_rules! bytes {
    ($all:ident, $up:ident, $of:ident, $otherwise:expr) => {
        #[multiversion(targets(
            "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
            "x86_64+avx2+fma+bmi1+bmi2"
        ))]
        fn $all(states: &[u32], acts: &[u32], [all, acting]: [&mut [u8]; 2]) {
            for (((&state, &acts), all), acting) in states.iter().zip(acts).zip(all).zip(acting) {
                let byte = $of(state, false);
                *all = byte as u8;
                *acting = if acts == 0 { $otherwise } else { byte as u8 };
            }
        }

        #[multiversion(targets(
            "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
            "x86_64+avx2+fma+bmi1+bmi2"
        ))]
        fn $up(states: &[u32], status: &[u32], acts: &[u32], [all, acting]: [&mut [u8]; 2]) {
            for ((((&state, &status), &acts), all), acting) in states.iter().zip(status).zip(acts).zip(all).zip(acting)
            {
                let byte = $of(state, status & bits::DOWN != 0);
                *all = byte as u8;
                *acting = if acts == 0 { $otherwise } else { byte as u8 };
            }
        }
    };
}

bytes!(takes_all, takes_up, taken, CLOSED as u8);
bytes!(gives_all, gives_up, given, 0);

/// Whether something may move from one cell to another, of which one at least acts: by what [`gives`] and [`takes`] say of them.
#[inline(always)]
pub(super) fn gains([gives, gives_acting]: [u8; 2], [takes, takes_acting]: [u8; 2]) -> bool {
    (takes < gives_acting) | (takes_acting < gives)
}

/// The same of many pairs: a bit each, 64 a word.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn flag_bytes(gives: [&[u8]; 2], takes: [&[u8]; 2], flags: &mut [u64]) {
    let [(whole, rest), (acting, acting_rest)] = gives.map(|bytes| bytes.as_chunks::<WORD>());
    let [(others, others_rest), (others_acting, others_acting_rest)] = takes.map(|bytes| bytes.as_chunks::<WORD>());
    let (words, last) = flags.split_at_mut(whole.len());
    for (k, word) in words.iter_mut().enumerate() {
        *word = flag_word([&whole[k], &acting[k]], [&others[k], &others_acting[k]]);
    }
    if let Some(last) = last.first_mut() {
        // Whoever gives nothing has no flag.
        let padded = [rest, acting_rest, others_rest, others_acting_rest].map(|rest| {
            let mut bytes = [0; WORD];
            bytes[..rest.len()].copy_from_slice(rest);
            bytes
        });
        *last = flag_word([&padded[0], &padded[1]], [&padded[2], &padded[3]]);
    }
}

/// Pairs in a word of flags.
const WORD: usize = 64;

#[inline(always)]
fn flag_word(gives: [&[u8; WORD]; 2], takes: [&[u8; WORD]; 2]) -> u64 {
    let mut bytes = [0u8; WORD];
    for (l, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from(gains([gives[0][l], gives[1][l]], [takes[0][l], takes[1][l]]));
    }
    flag_bits(&bytes)
}

/// Where the flows of `first` and the cells after it begin that are rounded at random.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn random_starts(key: u32, first: u32, tick: u32, starts: &mut [u32]) {
    for (l, start) in starts.iter_mut().enumerate() {
        *start = threefry2x32_13([key, 0], [first.wrapping_add(l as u32), tick])[0] >> 16;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_and_bytes_say_what_states_say() {
        // Loads from 0 to 257, some closed, down, or without a task that waits.
        let of = |k: u32| threefry2x32_13([1, 2], [k, 3])[0];
        let states: Vec<u32> = (0..300)
            .map(|k| (of(k) % 257) | of(k) >> 31 << 9 | u32::from(of(k) >> 24 & 15 == 0) << state::CLOSED_SHIFT)
            .collect();
        let status: Vec<u32> = (0..300).map(|k| u32::from(of(k + 1000) & 7 == 0)).collect();
        let acts: Vec<u32> = (0..300).map(|k| (of(k + 2000) & 1).wrapping_neg()).collect();
        for status in [None, Some(&*status)] {
            let [mut all, mut acting, mut takes_all, mut takes_acting] = [(); 4].map(|()| vec![0; 300]);
            gives(&states, status, &acts, [&mut all, &mut acting]);
            takes(&states, status, &acts, [&mut takes_all, &mut takes_acting]);
            for shift in [0usize, 1, 77] {
                let len = 300 - shift;
                let mut flags = vec![0; len.div_ceil(64)];
                flag_bytes(
                    [&all[..len], &acting[..len]],
                    [&takes_all[shift..], &takes_acting[shift..]],
                    &mut flags,
                );
                for l in 0..len {
                    let [own, other] = [l, l + shift];
                    let is_up = |k: usize| status.is_none_or(|status| status[k] & bits::DOWN == 0);
                    let is_open = is_up(own) && is_up(other) && (acts[own] | acts[other]) != 0;
                    let expected = is_open && moves(states[own], states[other]);
                    let found = flags[l / 64] >> (l % 64) & 1 != 0;
                    // Those that hold most are told apart later.
                    let is_full = state::load(states[other]) >= 254;
                    assert!(found == expected || found && is_full, "{l} {shift}");
                    assert_eq!(
                        gains([all[own], acting[own]], [takes_all[other], takes_acting[other]]),
                        found
                    );
                }
            }
        }
    }
}
