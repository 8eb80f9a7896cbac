//! Verdicts by a rule that was written before any run.
//!
//! A claim is that one variant is better than another by more than `smallest` of the other's mean. At a level it *holds* if the whole 95 %
//! interval of the paired difference, by Student's t, lies beyond that on the good side. It *does not hold* if the whole interval lies on
//! the other side of that: within ± `smallest`, or worse. Otherwise it *cannot be told* from so many runs. Where no run differs at all the two
//! are *identical*. Where a run does not know the figure it cannot be told either: whatever keeps a number from being known may be what
//! the variants differ in.
//!
//! Over levels it holds if it does at all, *holds when …* if at some, which are named; it does not hold if it does so at none; if it is
//! told at some that it does not, and at others nothing is told, it cannot be told.

use super::figure::Better;
use super::statistics::Paired;
use serde::{Deserialize, Serialize};

/// A verdict at one level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// It is better by more than the smallest difference that matters.
    #[serde(rename = "holds")]
    Holds,
    /// It is not.
    #[serde(rename = "does not hold")]
    DoesNotHold,
    /// The interval reaches from one side to the other.
    #[serde(rename = "cannot be told")]
    CannotBeTold,
    /// No run differs.
    #[serde(rename = "identical")]
    Identical,
}

impl Verdict {
    /// As it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::DoesNotHold => "does not hold",
            Self::CannotBeTold => "cannot be told",
            Self::Identical => "identical",
        }
    }
}

/// The verdict of a comparison; `smallest` is a share of the baseline's mean.
#[must_use]
pub fn verdict(paired: &Paired, better: Better, smallest: f64) -> Verdict {
    if paired.is_identical {
        return Verdict::Identical;
    }
    let (Some(low), Some(high)) = (paired.low, paired.high) else {
        return Verdict::CannotBeTold;
    };
    let (least, most) = match better {
        Better::More => (low, high),
        Better::Less => (-high, -low),
    };
    let bound = smallest * paired.baseline.abs();
    if least > bound {
        Verdict::Holds
    } else if most <= bound {
        Verdict::DoesNotHold
    } else {
        Verdict::CannotBeTold
    }
}

/// The verdict over levels, which have names.
#[must_use]
pub fn overall(levels: &[(&str, Verdict)]) -> String {
    let count = |verdict: Verdict| levels.iter().filter(|(_, other)| *other == verdict).count();
    let holding: Vec<&str> = levels
        .iter()
        .filter(|(_, verdict)| *verdict == Verdict::Holds)
        .map(|(level, _)| *level)
        .collect();
    match holding.len() {
        0 if levels.is_empty() => Verdict::CannotBeTold.name().to_owned(),
        0 if count(Verdict::Identical) == levels.len() => Verdict::Identical.name().to_owned(),
        0 if count(Verdict::CannotBeTold) == 0 => Verdict::DoesNotHold.name().to_owned(),
        0 => Verdict::CannotBeTold.name().to_owned(),
        all if all == levels.len() => Verdict::Holds.name().to_owned(),
        _ => format!("holds when {}", holding.join("; ")),
    }
}
