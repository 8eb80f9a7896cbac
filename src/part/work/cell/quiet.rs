//! Cells to which nothing happens in a tick but that a task under execution goes on: most of them. A pass over a block's words tells them
//! from the others, and does for many at a time what there is to do.

use super::desk::downs;
use super::source::{Counts, Places, Source};
use super::{Learnt, Parameters};
use crate::column::Lanes;
use crate::fault::bits;
use crate::number::threefry2x32_13;
use crate::part::work::choices::{counted, earned};
use crate::part::work::{state, word};
use crate::words::fetch as fetch_word;
use multiversion::multiversion;
use std::ops::Range;

/// What is looked at of some consecutive cells.
pub(super) struct Looked<'a> {
    pub states: &'a [u32],
    /// Who of the four is up, where anything goes wrong.
    pub members: Option<[&'a [u32]; 4]>,
    /// Ones where the cell acts.
    pub acts: &'a [u32],
    /// Not 0 where something may arrive.
    pub arrivals: &'a [u32],
    /// How many tasks wait at the cell's source.
    pub waiting: &'a [u32],
}

impl Parameters {
    /// Whether there are such cells: not where tasks are delegated.
    pub(super) fn has_quiet(&self) -> bool {
        self.delegates.is_none()
    }
}

/// From the words that decide the arrivals at `first` and the cells after it to words that are not 0 where something may arrive.
pub(super) fn arrivals(source: &Source, tables: &[u32], (first, tick): (u32, u32), words: &mut [u32]) {
    let Source::Drawn(drawn) = source else {
        words.fill(1);
        return;
    };
    if tick >= drawn.until {
        words.fill(0);
        return;
    }
    match (&drawn.places, &drawn.events, limits(&drawn.process, tables)) {
        (Places::All { hot, key }, None, Some((flip, limits))) => within(([*key, *hot], first), flip, limits, words),
        _ => some_arrivals(drawn.none_from, words),
    }
}

/// A mask such that something arrives exactly where a word's bits, those of the mask turned over, are below the limit of its cell: the first is
/// that of ordinary cells, the second that of hot spots. Nothing if there are no such limits.
fn limits(process: &Counts, tables: &[u32]) -> Option<(u32, [u32; 2])> {
    match process {
        Counts::Whole {
            whole: [0, 0],
            fraction,
            ..
        } => Some((0, *fraction)),
        Counts::Whole { .. } => None,
        Counts::Table(of) => {
            // From the first threshold on there is one at least.
            let of = of.clone().map(|of| tables[of].first().copied());
            (!of.contains(&Some(0))).then(|| (u32::MAX, of.map(|first| first.map_or(0, u32::wrapping_neg))))
        }
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn within(([key, hot], first): ([u32; 2], u32), flip: u32, limits: [u32; 2], words: &mut [u32]) {
    if hot == 0 {
        for word in words.iter_mut() {
            *word = u32::from(*word ^ flip < limits[0]);
        }
        return;
    }
    for (l, word) in words.iter_mut().enumerate() {
        let is_hot = threefry2x32_13([key, 0], [first.wrapping_add(l as u32), 0])[0] < hot;
        let limit = if is_hot { limits[1] } else { limits[0] };
        *word = u32::from(*word ^ flip < limit);
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn some_arrivals(none_from: Option<u32>, words: &mut [u32]) {
    match none_from {
        Some(least) => {
            for word in words.iter_mut() {
                *word = u32::from(*word < least);
            }
        }
        None => words.fill(1),
    }
}

/// The four members of some consecutive cells.
pub(super) fn members<'a>(members: Lanes<'a>, cells: &Range<usize>) -> [&'a [u32]; 4] {
    [0, 1, 2, 3].map(|member| &members.lane(member)[cells.clone()])
}

/// Sets a flag where anything else happens; elsewhere, what is under execution takes a tick less. How many of these there are is the answer.
pub(super) fn go_on(looked: &Looked<'_>, remaining: &mut [u32], flags: &mut [u8]) -> u32 {
    match looked.members {
        Some(members) => go_on_of(looked, members, remaining, flags),
        None => go_on_whole(looked, remaining, flags),
    }
}

macro_rules! go_on {
    ($looked:ident, $remaining:ident, $flags:ident, $l:ident, $is_other:expr) => {{
        let len = $flags.len();
        let (states, acts, remaining) = (&$looked.states[..len], &$looked.acts[..len], &mut $remaining[..len]);
        let (arrivals, waiting) = (&$looked.arrivals[..len], &$looked.waiting[..len]);
        let mut busy_in_all = 0;
        for ($l, to) in $flags.iter_mut().enumerate() {
            let state = states[$l];
            let (busy, queued) = (state & state::BUSY != 0, state & state::QUEUED != 0);
            let finishes = busy & (remaining[$l] <= 1);
            let begins = !busy & queued & (acts[$l] != 0);
            let other = state & !(state::QUEUED | state::BUSY) != 0;
            let flag = $is_other | other | finishes | begins | (arrivals[$l] | waiting[$l] != 0);
            let goes_on = u32::from(busy & !flag);
            remaining[$l] -= goes_on;
            busy_in_all += goes_on;
            *to = u8::from(flag);
        }
        busy_in_all
    }};
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn go_on_whole(looked: &Looked<'_>, remaining: &mut [u32], flags: &mut [u8]) -> u32 {
    go_on!(looked, remaining, flags, l, false)
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn go_on_of(looked: &Looked<'_>, members: [&[u32]; 4], remaining: &mut [u32], flags: &mut [u8]) -> u32 {
    let [a, b, c, d] = members.map(|member| &member[..flags.len()]);
    // With three up a cell is open, and works; one that has just come back may have forgotten.
    go_on!(looked, remaining, flags, l, {
        let words = [a[l], b[l], c[l], d[l]];
        (downs(words) > 1) | ((words[0] | words[1] | words[2] | words[3]) & (bits::FRESH | bits::GONE) != 0)
    })
}

/// What a tick without anything else brings cells that learn, where the flag is not set: it takes for each task that waits, and is accounted for.
pub(super) fn earn(learnt: &Learnt, states: &[u32], flags: &[u8], earned: &mut [&mut [u32]], cells: &Range<usize>) {
    let quiet = || {
        states
            .iter()
            .zip(flags)
            .map(|(&state, &flag)| if flag == 0 { state & state::QUEUED } else { 0 })
    };
    if learnt.pay.wait != 0 {
        for (now, waiting) in earned[earned::NOW][cells.clone()].iter_mut().zip(quiet()) {
            *now = now.wrapping_sub((learnt.pay.wait as u32).wrapping_mul(waiting));
        }
    }
    if let Some(first) = learnt.account {
        for (sum, waiting) in earned[first as usize + counted::WAITED][cells.clone()]
            .iter_mut()
            .zip(quiet())
        {
            *sum = sum.wrapping_add(waiting);
        }
    }
}

/// Has those words fetched that a cell in this state is likely to need.
#[inline(always)]
pub(super) fn fetch(cell: u32, arrives: bool, at: usize, words: &[&mut [u32]], queue: &[&mut [u32]]) {
    const SLOTS: u32 = 3;
    let queued = cell & state::QUEUED;
    let (mut first, mut last) = (queued, queued + u32::from(arrives));
    if cell & state::BUSY == 0 {
        first = 0;
        last = last.min(SLOTS);
    }
    for lane in queue.iter().take(2 * last as usize).skip(2 * first as usize) {
        fetch_word(lane, at);
    }
    let source = [word::CURSOR, word::NEXT];
    for &word in source
        .iter()
        .filter(|_| arrives)
        .chain(&[word::RUNNING, word::RUNNING + 1, word::SCORE])
    {
        fetch_word(words[word], at);
    }
}

/// The lanes of a cell's words that are looked at: those that wait, to read, and the ticks that are left, to write.
pub(super) fn lanes<'a>(words: &'a mut [&mut [u32]], cells: &Range<usize>) -> (&'a [u32], &'a mut [u32]) {
    let (before, after) = words.split_at_mut(word::REMAINING + 1);
    let waiting = &after[word::WAITING - word::REMAINING - 1][cells.clone()];
    (waiting, &mut before[word::REMAINING][cells.clone()])
}
