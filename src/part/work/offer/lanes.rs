//! Which links anything moves over: one pass over states and masks, or over bytes that stand for them.

use super::GAIN;
use crate::fault::bits;
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
            for ((((&state, &status), &acts), all), acting) in states.iter().zip(status).zip(acts).zip(all).zip(acting) {
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

/// The same of many pairs: a byte of ones where it may.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
pub(super) fn flag_bytes([gives, gives_acting]: [&[u8]; 2], [takes, takes_acting]: [&[u8]; 2], flags: &mut [u8]) {
    for ((((flag, &gives), &gives_acting), &takes), &takes_acting) in
        flags.iter_mut().zip(gives).zip(gives_acting).zip(takes).zip(takes_acting)
    {
        *flag = u8::from(gains([gives, gives_acting], [takes, takes_acting]));
    }
}
