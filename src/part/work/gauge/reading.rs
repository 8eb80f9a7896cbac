//! What a row says of a swarm that works.

use super::{WorkGauge, at};
use crate::counters::read64;
use crate::gauge::Measurement;
use crate::gauge::Tally;
use crate::part::work::families::cell_ticks;
use crate::part::work::ledger::{BUCKETS, Layout, bounds, of_all, of_tier, sum};
use serde::Serialize;
use std::ops::Range;

/// What the cells hold, and what has become of all tasks since tick 0.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Work {
    /// Tasks that sources have submitted.
    pub submitted: u64,
    /// Tasks that were refused and wait at their sources to be offered again.
    pub waiting: u64,
    /// Tasks that wait in cells.
    pub queued: u64,
    /// Tasks under execution.
    pub running: u64,
    /// Results that are held because a cell has two members left.
    pub held: u64,
    /// Tasks that cells have given to their children; nothing where none may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with_children: Option<u64>,
    /// Tasks that were committed.
    pub committed: u64,
    /// Tasks that were rejected once more than allowed.
    pub failed: u64,
    /// Tasks that were lost with all members of their cells.
    pub destroyed: u64,
    /// Tasks committed a tick by all cells together, over all ticks so far; nothing before the first.
    pub swarm_throughput: Option<f64>,
    /// Tasks committed a cell and tick, over all cells and ticks so far; nothing before the first.
    pub cell_throughput: Option<f64>,
    /// Share of the cells' ticks so far in which a task was executed; nothing before the first.
    pub utilisation: Option<f64>,
    /// Tasks that wait a cell, on average.
    pub queue_mean: f64,
    /// Tasks that wait at the fullest cell.
    pub queue_max: u32,
    /// Jain's index of the numbers of tasks that all n cells have committed, those that are down by now, too: from 1/n to 1 (Jain,
    /// Chiu, Hawe 1984). Nothing while nothing is committed.
    pub fairness: Option<f64>,
    /// Wrong results that were committed.
    pub committed_wrong: u64,
    /// Results that were verified, and of them those that were rejected.
    pub verified: u64,
    /// See [`Work::verified`].
    pub rejected: u64,
    /// Executions that were begun again.
    pub repeated: u64,
    /// Offers of sources that cells turned down.
    pub refused: u64,
    /// Tasks that moved so far, a committed task: moves of unfinished tasks count. Nothing while nothing is committed.
    pub hops: Option<f64>,
    /// Messages so far: from coordinator to executor.
    pub dispatches: u64,
    /// Messages so far: words on results.
    pub votes: u64,
    /// Messages so far: tasks offered to neighbours.
    pub offers: u64,
    /// Messages so far: tasks that moved.
    pub transfers: u64,
    /// Messages a committed task; nothing while nothing is committed.
    pub messages_per_task: Option<f64>,
    /// Cells by how many of their members are up, none to four.
    pub cells_by_up: [u64; 5],
    /// Ticks from submission to the first execution, over all tiers.
    pub wait: Times,
    /// Ticks from submission to commitment, over all tiers.
    pub response: Times,
    /// The tiers, the most urgent first.
    pub tiers: Vec<TierWork>,
    /// All messages so far.
    pub messages_so_far: u64,
    /// Agents that are up.
    pub agents_up: u64,
    /// For the audit.
    #[serde(skip)]
    pub(crate) account: Account,
}

/// One tier.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct TierWork {
    /// As [`Work::submitted`], and so on.
    pub submitted: u64,
    /// Waiting at sources.
    pub waiting: u64,
    /// Waiting in cells.
    pub queued: u64,
    /// Under execution.
    pub running: u64,
    /// Begun so far, for the first time: what `wait` is of.
    pub started: u64,
    /// Held.
    pub held: u64,
    /// With children; nothing where none may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with_children: Option<u64>,
    /// Committed.
    pub committed: u64,
    /// Failed.
    pub failed: u64,
    /// Destroyed.
    pub destroyed: u64,
    /// Ticks from submission to the first execution, of those that were begun.
    pub wait: Times,
    /// Ticks from submission to commitment, of those that were committed.
    pub response: Times,
}

/// How long something took, in ticks, and how many tasks that is said of; no time is known where it is of none. Percentiles are exact
/// below 64 ticks, and right within 1.6 % from there on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Times {
    /// Tasks that it is of: those that were begun, of waits; those that were committed, of responses.
    pub tasks: u64,
    /// Tasks that it is not of, though they were submitted, and whose times may be longer: those that were never begun, of waits; those
    /// that have not ended, of responses.
    pub unfinished: u64,
    /// The tick since which tasks count.
    pub since_tick: u32,
    /// On average, exactly.
    pub mean: Option<f64>,
    /// For half of them at most.
    pub p50: Option<u32>,
    /// For 90 % of them at most.
    pub p90: Option<u32>,
    /// For 99 % of them at most.
    pub p99: Option<u32>,
    /// For all of them at most, exactly.
    pub max: Option<u32>,
}

/// What the audit compares.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Account {
    /// Of each tier how many the cells took in.
    pub admitted: Vec<u64>,
    /// How many tasks the sources hold back, counted at the cells.
    pub waiting: u64,
    /// Sums of identities: submitted; ended; in cells; held back by sources.
    pub submitted: [u32; 2],
    pub ended: [u32; 2],
    pub in_cells: [u32; 2],
    pub held_back: [u32; 2],
    /// Cells and tasks that contradict themselves.
    pub broken: u64,
}

/// The quotient; nothing of nothing.
fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// The least time that at least `percent` of `count` entries do not exceed, as its bucket's middle.
fn percentile(histogram: impl Iterator<Item = u64>, count: u64, percent: u64, max: u32) -> u32 {
    let needed = (u128::from(count) * u128::from(percent)).div_ceil(100);
    let mut so_far = 0u128;
    for (bucket, entries) in (0..).zip(histogram) {
        so_far += u128::from(entries);
        if so_far >= needed {
            let (least, width) = bounds(bucket);
            return (least + width / 2).min(max);
        }
    }
    max
}

/// The times of some tiers together.
fn times(
    layout: Layout,
    (words, histograms): (&[u32], &[u32]),
    since: Option<u32>,
    response: bool,
    tiers: Range<u32>,
    unfinished: u64,
) -> Times {
    let read = |which: usize| -> u64 {
        let of_each = tiers
            .clone()
            .map(|tier| read64(words, layout.counters(), layout.of_tier(which, tier)));
        of_each.sum()
    };
    let (count, total) = if response {
        (read(of_tier::COMMITTED), read(of_tier::RESPONDED))
    } else {
        (read(of_tier::STARTED), read(of_tier::WAITED))
    };
    let counted = Times {
        tasks: count,
        unfinished,
        since_tick: since.unwrap_or(0),
        ..Times::default()
    };
    if count == 0 {
        return counted;
    }
    let longest = |tier: u32| sum::LONGEST + usize::from(response) * layout.tiers + tier as usize;
    let longest_ever = tiers
        .clone()
        .map(|tier| words[layout.sum(longest(tier))])
        .max()
        .unwrap_or(0);
    let histogram = (0..BUCKETS).map(|bucket| -> u64 {
        let firsts = tiers.clone().map(|tier| layout.histogram(response, tier));
        firsts
            .map(|first| read64(histograms, layout.buckets(), first + bucket))
            .sum()
    });
    let max = match since {
        None => longest_ever,
        // The longest ever may be of before; what is in the last bucket is no longer than its end.
        Some(_) => {
            let filled = (0u32..).zip(histogram.clone()).filter(|(_, entries)| *entries > 0);
            let (least, width) = bounds(filled.last().map_or(0, |(bucket, _)| bucket));
            longest_ever.min(least + (width - 1))
        }
    };
    let at = |percent| Some(percentile(histogram.clone(), count, percent, max));
    Times {
        mean: share(total, count),
        p50: at(50),
        p90: at(90),
        p99: at(99),
        max: Some(max),
        ..counted
    }
}

/// Counters of 64 bits, the low words of all and then the high words, less what they were; whatever follows them stays.
fn less(words: &[u32], counters: usize, before: &[u32]) -> Vec<u32> {
    let mut left = words.to_vec();
    for k in 0..counters {
        let count = read64(words, counters, k).wrapping_sub(read64(before, counters, k));
        left[k] = count as u32;
        left[k + counters] = (count >> 32) as u32;
    }
    left
}

impl Work {
    /// What a tally says after so many ticks; where times are told from a later tick on, with that and what had been counted by then.
    /// Where that is not known, or yet to come, nothing is said of times.
    pub(super) fn of(gauge: &WorkGauge, tally: &Tally, ticks: u32, since: Option<(u32, Option<&Tally>)>) -> Self {
        let layout = gauge.layout;
        let (words, histograms) = (tally.list(at::LEDGER), tally.list(at::TIMES));
        // What times, shares and rates are of.
        let (later, later_times);
        let (told, told_times, told_ticks) = match since {
            None => (words, histograms, ticks),
            Some((tick, before)) => {
                let known = before.is_some();
                let before = before.unwrap_or(tally);
                later = less(words, layout.counters(), before.list(at::LEDGER));
                later_times = less(histograms, layout.buckets(), before.list(at::TIMES));
                let ticks = if known { ticks.saturating_sub(tick) } else { 0 };
                (&*later, &*later_times, ticks)
            }
        };
        let from = since.map(|(tick, _)| tick);
        let all = |which: usize| read64(words, layout.counters(), layout.of_all(which));
        let held = |what: usize, tier: usize| u64::from(tally.list(at::HELD)[what * layout.tiers + tier]);
        let mut admitted = Vec::new();
        let tiers: Vec<TierWork> = (0..layout.tiers)
            .map(|tier| {
                let read = |which: usize| read64(words, layout.counters(), layout.of_tier(which, tier as u32));
                admitted.push(read(of_tier::ADMITTED));
                let waiting = read(of_tier::SUBMITTED).saturating_sub(read(of_tier::ADMITTED));
                let not_begun = read(of_tier::SUBMITTED).saturating_sub(read(of_tier::STARTED));
                let with_children = gauge.orders.map(|_| held(3, tier));
                let not_ended = waiting + held(0, tier) + held(1, tier) + held(2, tier) + with_children.unwrap_or(0);
                let one = tier as u32..tier as u32 + 1;
                TierWork {
                    submitted: read(of_tier::SUBMITTED),
                    waiting,
                    queued: held(0, tier),
                    running: held(1, tier),
                    started: read(of_tier::STARTED),
                    held: held(2, tier),
                    with_children,
                    committed: read(of_tier::COMMITTED),
                    failed: read(of_tier::FAILED),
                    destroyed: read(of_tier::DESTROYED),
                    wait: times(layout, (told, told_times), from, false, one.clone(), not_begun),
                    response: times(layout, (told, told_times), from, true, one, not_ended),
                }
            })
            .collect();
        let over = |of: fn(&TierWork) -> u64| tiers.iter().map(of).sum::<u64>();
        let committed = over(|tier| tier.committed);
        let cells_by_up = std::array::from_fn(|up| u64::from(tally.list(at::CELLS)[up]));
        let cells: u64 = cells_by_up.iter().sum();
        let cell_ticks = match (gauge.growth, since) {
            (None, _) => cells as f64 * f64::from(told_ticks),
            (Some(_), None) => cell_ticks(tally.list(at::GROWTH)) as f64,
            (Some(_), Some((_, before))) => {
                let [now, then] = [tally, before.unwrap_or(tally)].map(|tally| cell_ticks(tally.list(at::GROWTH)));
                now.saturating_sub(then) as f64
            }
        };
        let since_then = |which: usize| read64(told, layout.counters(), layout.of_all(which));
        let committed_since: u64 = (0..layout.tiers as u32)
            .map(|tier| read64(told, layout.counters(), layout.of_tier(of_tier::COMMITTED, tier)))
            .sum();
        let moved = since_then(of_all::TRANSFERS);
        let sent = [of_all::DISPATCHES, of_all::VOTES, of_all::OFFERS, of_all::TRANSFERS].map(since_then);
        let per = |what: f64| (cell_ticks > 0.0).then(|| what / cell_ticks);
        let queues = tally.list(at::QUEUES);
        let messages = [of_all::DISPATCHES, of_all::VOTES, of_all::OFFERS, of_all::TRANSFERS].map(all);
        let words_of = |at: [usize; 2]| at.map(|k| tally.value(k) as u32);
        let sums_of = |which: usize| [words[layout.sum(which)], words[layout.sum(which + 1)]];
        let every = 0..layout.tiers as u32;
        let (score, squares) = (tally.sum(at::SCORE) as f64, tally.value(at::SQUARES));
        Self {
            submitted: over(|tier| tier.submitted),
            waiting: over(|tier| tier.waiting),
            queued: over(|tier| tier.queued),
            running: over(|tier| tier.running),
            held: over(|tier| tier.held),
            with_children: gauge.orders.map(|_| over(|tier| tier.with_children.unwrap_or(0))),
            committed,
            failed: over(|tier| tier.failed),
            destroyed: over(|tier| tier.destroyed),
            swarm_throughput: (told_ticks > 0).then(|| committed_since as f64 / f64::from(told_ticks)),
            cell_throughput: per(committed_since as f64),
            utilisation: per(since_then(of_all::BUSY) as f64),
            queue_mean: share(over(|tier| tier.queued), cells).unwrap_or_default(),
            queue_max: queues.iter().rposition(|&cells| cells != 0).unwrap_or(0) as u32,
            fairness: (squares > 0).then(|| score * score / (cells as f64 * squares as f64)),
            committed_wrong: all(of_all::WRONG),
            verified: all(of_all::VERIFIED),
            rejected: all(of_all::REJECTED),
            repeated: all(of_all::REPEATED),
            refused: all(of_all::REFUSED),
            hops: share(moved, committed_since),
            dispatches: messages[0],
            votes: messages[1],
            offers: messages[2],
            transfers: messages[3],
            messages_per_task: share(sent.iter().sum(), committed_since),
            cells_by_up,
            wait: times(
                layout,
                (told, told_times),
                from,
                false,
                every.clone(),
                over(|tier| tier.wait.unfinished),
            ),
            response: times(
                layout,
                (told, told_times),
                from,
                true,
                every,
                over(|tier| tier.response.unfinished),
            ),
            tiers,
            messages_so_far: messages.iter().sum(),
            agents_up: (0..).zip(cells_by_up).map(|(up, cells): (u64, u64)| up * cells).sum(),
            account: Account {
                admitted,
                waiting: tally.count(at::WAITING),
                submitted: sums_of(sum::SUBMITTED),
                ended: sums_of(sum::ENDED),
                in_cells: words_of(at::IN_CELLS),
                held_back: words_of(at::HELD_BACK),
                broken: tally.count(at::BROKEN),
            },
        }
    }

    /// Tasks that have been submitted and have not ended.
    #[must_use]
    pub fn outstanding(&self) -> u64 {
        self.waiting + self.queued + self.running + self.held + self.with_children.unwrap_or(0)
    }
}

impl Measurement {
    /// The tasks' figures, where cells work.
    #[must_use]
    pub fn work(&self) -> Option<&Work> {
        self.get()
    }
}
