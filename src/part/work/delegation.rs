//! Tasks that are too big for one cell, and are divided among its children: what the part `growth` asks of work. Where what stands is
//! said here; who divides and puts together, in `src/part/growth/`.
//!
//! A cell has one *order*: a task, or a part of one, that its four children do. A child has one *part*: what it does of its parent's. What a
//! part is of its task says its path: two bits a level behind a leading 1, which enter every draw that is made for it, so that parts err
//! independently.

use crate::column::ColumnId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the four children of a cell make of a task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Each does a quarter, for speed: the task is right if all four are.
    #[default]
    Divide,
    /// Each does the whole, for trust: what three of the four agree on is the result.
    Replicate,
}

/// How big tasks are delegated.
#[derive(Clone, Copy, Debug)]
pub struct Delegates {
    /// The column of orders, [`order::ALL`] words a cell.
    pub order: ColumnId,
    /// The column of parts, [`part::ALL`] words a cell.
    pub part: ColumnId,
    /// Tasks that need so many ticks or more are delegated.
    pub need: u32,
    /// Whether a part that is forgotten keeps its numbers, but for its path, until it has been accounted for.
    pub accounts: bool,
}

/// The words of an order.
pub mod order {
    /// The task, in two words.
    pub const ORIGIN: usize = 0;
    /// See [`ORIGIN`].
    pub const RECORD: usize = 1;
    /// What it is of its task: 1 for the whole; 0 if there is no order.
    pub const PATH: usize = 2;
    /// How many ticks it needs.
    pub const SIZE: usize = 3;
    /// How many orders there have been before: results of another one do not count.
    pub const ATTEMPT: usize = 4;
    /// Of its four parts, a byte each: what has come of it (2 bits), which child does it (2), how often another one has begun it again (4).
    pub const PARTS: usize = 5;
    /// The tick in which it was given.
    pub const SINCE: usize = 6;
    /// How it stands, see [`WAITS`] and so on, in two bits; then in two what has come of it, see [`super::result`]; then what is counted.
    pub const STATE: usize = 7;
    /// How many there are.
    pub const ALL: usize = 8;

    /// It waits for a family.
    pub const WAITS: u32 = 0;
    /// Children do it.
    pub const OUT: u32 = 1;
    /// The cell does it alone.
    pub const UNDIVIDED: u32 = 2;
    /// It is done.
    pub const DONE: u32 = 3;
    /// The bits of these.
    pub const STANDS: u32 = 3;
    /// Where the result begins.
    pub const RESULT_SHIFT: u32 = 2;
    /// In this tick it has been given to children.
    pub const JUST_OUT: u32 = 16;
    /// In this tick it has been given up to be done by children.
    pub const JUST_UNDIVIDED: u32 = 32;
    /// Where the number begins of parts that were given to other children in this tick.
    pub const AGAIN_SHIFT: u32 = 6;
    /// In the tick before the cell began another big task alone.
    pub const ALONE: u32 = 512;
}

/// The words of a part.
pub mod part {
    /// The task, in two words.
    pub const ORIGIN: usize = 0;
    /// See [`ORIGIN`].
    pub const RECORD: usize = 1;
    /// What it is of its task; 0 if there is no part.
    pub const PATH: usize = 2;
    /// How many ticks it needs.
    pub const SIZE: usize = 3;
    /// The parent's order that it is of, and how often it has been begun: 16 times the one and the other.
    pub const ATTEMPT: usize = 4;
    /// How many ticks it still needs.
    pub const REMAINING: usize = 5;
    /// What has come of it, see [`super::result`], in two bits, and then the bits that follow.
    pub const STATE: usize = 6;
    /// How many there are.
    pub const ALL: usize = 7;

    /// The bits of the result.
    pub const RESULT: u32 = 3;
    /// The cell's own children do it.
    pub const OUT: u32 = 4;
    /// They may, and nobody has begun it.
    pub const NEW: u32 = 8;
    /// Where the number of the part begins among the four of its order.
    pub const INDEX_SHIFT: u32 = 4;
    /// Where the number of rejections begins.
    pub const TRIES_SHIFT: u32 = 8;
}

/// What has come of an order or a part.
pub mod result {
    /// Nothing yet.
    pub const NONE: u32 = 0;
    /// A right result.
    pub const RIGHT: u32 = 1;
    /// A wrong one, that nobody has found out.
    pub const WRONG: u32 = 2;
    /// None: it was rejected once more than allowed, or its parts do not agree.
    pub const FAILED: u32 = 3;
}

impl Mode {
    /// How many ticks the k-th part needs of an order of so many.
    #[inline(always)]
    #[must_use]
    pub const fn size(self, size: u32, k: u32) -> u32 {
        match self {
            Self::Divide => size / 4 + (size % 4 > k) as u32,
            Self::Replicate => size,
        }
    }

    /// What comes of an order whose parts have these results; nothing as long as that is open. Of replicas what three agree on is it, and
    /// none where three cannot; of parts one that failed fails all.
    #[must_use]
    pub fn joined(self, parts: [u32; 4]) -> u32 {
        let count = |what: u32| parts.iter().filter(|&&part| part == what).count();
        let (right, wrong, failed) = (count(result::RIGHT), count(result::WRONG), count(result::FAILED));
        match self {
            Self::Divide if failed > 0 => result::FAILED,
            Self::Divide if right == 4 => result::RIGHT,
            Self::Divide if right + wrong == 4 => result::WRONG,
            Self::Replicate if right >= 3 => result::RIGHT,
            Self::Replicate if wrong >= 3 => result::WRONG,
            Self::Replicate if right + wrong + failed == 4 => result::FAILED,
            _ => result::NONE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Over all 8 levels: the probability that a replicated result is bad, if one replica is with probability p, is f(p) = 6p² − 8p³ + 3p⁴.
    #[test]
    fn replicas_are_bad_by_the_law_of_three_of_four() {
        let level = |p: f64| {
            let mut bad = 0.0;
            for outcomes in 0..16u32 {
                let parts = [0, 1, 2, 3].map(|k| {
                    if outcomes >> k & 1 != 0 {
                        result::WRONG
                    } else {
                        result::RIGHT
                    }
                });
                let wrong = outcomes.count_ones() as i32;
                if Mode::Replicate.joined(parts) != result::RIGHT {
                    bad += p.powi(wrong) * (1.0 - p).powi(4 - wrong);
                }
            }
            bad
        };
        let after = |p: f64, levels: usize| (0..levels).fold(p, |p, _| level(p));
        for (p, levels, known) in [
            (0.1, 1, 0.0523),
            (0.1, 2, 0.015_289_7),
            (0.1, 3, 0.001_374_23),
            (0.22, 8, 0.003_017),
            (0.245, 8, 0.943_291),
        ] {
            assert!(
                (after(p, levels) - known).abs() < 1e-6,
                "{p} after {levels}: {}",
                after(p, levels)
            );
        }
        let fixed = 0.232_408_1;
        assert!((level(fixed) - fixed).abs() < 1e-6);
    }

    #[test]
    fn parts_differ_by_one_at_most_and_come_to_the_whole() {
        for size in 0..100 {
            let parts = [0, 1, 2, 3].map(|k| Mode::Divide.size(size, k));
            assert_eq!(parts.iter().sum::<u32>(), size);
            assert!(parts.iter().max().unwrap() - parts.iter().min().unwrap() <= 1);
        }
    }
}
