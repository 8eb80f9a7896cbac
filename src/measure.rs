//! The figures read off the swarm at a tick, and the audit of what must not change.

use crate::error::Error;
use crate::number::mix;
use crate::plan::Plan;
use crate::step::BELIEF_RANGE;
use crate::timing::Schedule;
use crate::topology::{Ids, Topology};
use multiversion::multiversion;
use serde::Serialize;
use std::ops::Range;

/// One row of measurements: the state after `tick` ticks.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measurement {
    /// How many ticks were done.
    pub tick: u32,
    /// The least belief.
    pub minimum: i32,
    /// The greatest belief.
    pub maximum: i32,
    /// Greatest less least.
    pub spread: u32,
    /// The exact sum of all beliefs.
    pub sum: i64,
    /// Root mean square deviation of the beliefs from their mean, from exact integer sums.
    pub disagreement: f64,
    /// Nodes that acted in the last tick; 0 before the first.
    pub active: u64,
    /// Messages sent in the last tick: two for every link that was used, one each way; 0 before the first.
    pub messages: u64,
    /// 64 bits that identify the whole state.
    #[serde(serialize_with = "hexadecimal")]
    pub fingerprint: u64,
}

fn hexadecimal<S: serde::Serializer>(fingerprint: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{fingerprint:016x}"))
}

/// The fingerprint of one column or of several: two sums modulo 2^32.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fingerprint(pub [u32; 2]);

impl Fingerprint {
    /// The fingerprint of parts.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self([self.0[0].wrapping_add(other.0[0]), self.0[1].wrapping_add(other.0[1])])
    }

    /// As one number.
    #[must_use]
    pub fn bits(self) -> u64 {
        u64::from(self.0[0]) << 32 | u64::from(self.0[1])
    }

    /// The fingerprint of a stretch of a column, whose first word has the index `first`.
    #[must_use]
    pub fn of(column: u32, first: u32, words: &[u32]) -> Self {
        Self(mix_all(column, first, words))
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn mix_all(column: u32, first: u32, words: &[u32]) -> [u32; 2] {
    let (mut a, mut b) = (0u32, 0u32);
    for (l, &word) in words.iter().enumerate() {
        let [x, y] = mix(column, first.wrapping_add(l as u32), word);
        a = a.wrapping_add(x);
        b = b.wrapping_add(y);
    }
    [a, b]
}

/// What a device adds up over all nodes; sums of parts are the sums of the whole. The layout that the GPU writes is
/// [`Tally::WORDS`] words, see [`Tally::from_words`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The least belief.
    pub minimum: i32,
    /// The greatest belief.
    pub maximum: i32,
    /// Σ x.
    pub sum: i64,
    /// Σ x².
    pub squares: u128,
    /// Nodes that acted.
    pub active: u64,
    /// Messages sent.
    pub messages: u64,
    /// Of all columns.
    pub fingerprint: Fingerprint,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            minimum: i32::MAX,
            maximum: i32::MIN,
            sum: 0,
            squares: 0,
            active: 0,
            messages: 0,
            fingerprint: Fingerprint::default(),
        }
    }
}

impl Tally {
    /// Words of a tally on the GPU.
    pub const WORDS: usize = 14;

    /// Reads a tally as the GPU writes it: minimum, maximum, sum (low, high), squares (low, middle, high), active (low, high),
    /// messages (low, high), fingerprint (two lanes), and whether the run had been stopped before.
    #[must_use]
    pub fn from_words(words: &[u32; Self::WORDS]) -> Self {
        let wide = |k: usize| u64::from(words[k]) | u64::from(words[k + 1]) << 32;
        Self {
            minimum: words[0] as i32,
            maximum: words[1] as i32,
            sum: wide(2) as i64,
            squares: u128::from(wide(4)) | u128::from(words[6]) << 64,
            active: wide(7),
            messages: wide(9),
            fingerprint: Fingerprint([words[11], words[12]]),
        }
    }

    /// The tally of two parts together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            minimum: self.minimum.min(other.minimum),
            maximum: self.maximum.max(other.maximum),
            sum: self.sum.wrapping_add(other.sum),
            squares: self.squares + other.squares,
            active: self.active + other.active,
            messages: self.messages + other.messages,
            fingerprint: self.fingerprint.plus(other.fingerprint),
        }
    }

    /// The tally of the beliefs of some nodes, without messages and fingerprint.
    #[must_use]
    pub fn of_beliefs(beliefs: &[i32]) -> Self {
        beliefs.chunks(1 << 12).map(sums).fold(Self::default(), Self::plus)
    }

    /// Counts who acted and what was sent in the tick before `tick`, among `nodes`.
    pub fn count_messages(
        &mut self,
        topology: &dyn Topology,
        schedule: Schedule,
        tick: u32,
        nodes: Range<u32>,
        masks: &mut Vec<u32>,
    ) {
        let Some(last) = tick.checked_sub(1) else { return };
        if schedule.is_always() {
            self.active += u64::from(nodes.end - nodes.start);
            self.messages += nodes.map(|i| u64::from(topology.degree(i))).sum::<u64>();
            return;
        }
        let len = (nodes.end - nodes.start) as usize;
        masks.resize(3 * len, 0);
        let (own, rest) = masks.split_at_mut(len);
        let (other, list) = rest.split_at_mut(len);
        schedule.masks(Ids::Run(nodes.start), last, own);
        self.active += own.iter().map(|m| u64::from(m & 1)).sum::<u64>();
        for slot in 0..topology.slots() {
            let mut done = 0;
            while done < len {
                let start = nodes.start + done as u32;
                let (neighbours, count) = topology.neighbours(slot, start..nodes.end, list);
                let count = count as usize;
                let ids = neighbours.ids(start, &list[..count]);
                schedule.masks(ids, last, &mut other[..count]);
                let absent = |l: usize| matches!(ids, Ids::List(list) if list[l] == start + l as u32);
                let used = (0..count)
                    .filter(|&l| (own[done + l] | other[l]) != 0 && !absent(l))
                    .count();
                self.messages += used as u64;
                done += count;
            }
        }
        if let Some(rows) = topology.rows() {
            for i in nodes.clone() {
                let row = &rows.ends[rows.offsets[i as usize] as usize..rows.offsets[i as usize + 1] as usize];
                self.messages += if own[(i - nodes.start) as usize] != 0 {
                    row.len() as u64
                } else {
                    row.iter().filter(|&&j| schedule.is_active(j, last)).count() as u64
                };
            }
        }
    }

    /// The row of figures for `nodes` nodes.
    #[must_use]
    pub fn measurement(&self, tick: u32, nodes: u32) -> Measurement {
        let n = u128::from(nodes.max(1));
        // n²·variance = n·Σx² − (Σx)², exactly: at most 2^32 · 2^90.
        // A faulty device may report sums that cannot be; the audit will say so.
        let scaled = n
            .saturating_mul(self.squares)
            .saturating_sub(u128::from(self.sum.unsigned_abs()).pow(2));
        Measurement {
            tick,
            minimum: self.minimum,
            maximum: self.maximum,
            spread: self.maximum.abs_diff(self.minimum),
            sum: self.sum,
            disagreement: (scaled as f64).sqrt() / n as f64,
            active: self.active,
            messages: self.messages,
            fingerprint: self.fingerprint.bits(),
        }
    }
}

/// The sums of at most 2^12 beliefs.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn sums(beliefs: &[i32]) -> Tally {
    let (mut minimum, mut maximum, mut sum) = (i32::MAX, i32::MIN, 0i64);
    let mut squares = 0u64;
    for &x in beliefs {
        minimum = minimum.min(x);
        maximum = maximum.max(x);
        sum += i64::from(x);
        // Below 2^62 each, so only the sum of two can be trusted to 64 bits: split off the upper half.
        let magnitude = u64::from(x.unsigned_abs());
        squares = squares.wrapping_add(magnitude.wrapping_mul(magnitude) & 0xFFFF_FFFF);
    }
    let mut upper = 0u64;
    for &x in beliefs {
        let magnitude = u64::from(x.unsigned_abs());
        upper += magnitude.wrapping_mul(magnitude) >> 32;
    }
    Tally {
        minimum,
        maximum,
        sum,
        squares: u128::from(squares) + (u128::from(upper) << 32),
        ..Tally::default()
    }
}

impl Measurement {
    /// Checks what must hold: the sum is what it was at the start, and all beliefs are within the exact range.
    ///
    /// # Errors
    /// [`Error::Audit`] or [`Error::Range`].
    pub fn audit(&self, sum: i64) -> Result<(), Error> {
        if self.sum != sum {
            return Err(Error::Audit {
                tick: self.tick,
                quantity: "the sum of beliefs",
                expected: sum.into(),
                found: self.sum.into(),
            });
        }
        let extreme = if self.maximum.unsigned_abs() > self.minimum.unsigned_abs() {
            self.maximum
        } else {
            self.minimum
        };
        if extreme.unsigned_abs() > BELIEF_RANGE as u32 {
            return Err(Error::Range {
                tick: self.tick,
                value: extreme.into(),
                limit: BELIEF_RANGE.into(),
            });
        }
        Ok(())
    }

    /// Whether the plan's stop condition holds.
    #[must_use]
    pub fn stops(&self, plan: &Plan) -> bool {
        plan.stop_spread.is_some_and(|spread| self.spread <= spread)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_sums_at_the_extremes() {
        let limit = BELIEF_RANGE;
        let beliefs = [limit, -limit, limit, 3, -7];
        let tally = Tally::of_beliefs(&beliefs);
        assert_eq!(tally.sum, i64::from(limit) - 4);
        let squares = beliefs.iter().map(|&x| (i128::from(x) * i128::from(x)) as u128).sum();
        assert_eq!(tally.squares, squares);
        assert_eq!((tally.minimum, tally.maximum), (-limit, limit));
    }

    #[test]
    fn disagreement_is_the_standard_deviation() {
        let row = Tally::of_beliefs(&[2, 4, 4, 4, 5, 5, 7, 9]).measurement(0, 8);
        assert!((row.disagreement - 2.0).abs() < 1e-12);
        assert_eq!(row.spread, 7);
    }

    #[test]
    fn the_audit_notices_one_unit() {
        let row = Tally::of_beliefs(&[1, 2, 3]).measurement(5, 3);
        assert!(row.audit(6).is_ok());
        assert!(matches!(
            row.audit(7),
            Err(Error::Audit {
                tick: 5,
                expected: 7,
                found: 6,
                ..
            })
        ));
    }
}
