//! Between which numbers an indicator can be, so that a condition that can never hold is refused and not waited for.

use super::indicator::{Form, Indicator, Relation, Term};
use super::{Accumulator, Op};
use std::ops::RangeInclusive;

/// What nothing more is known of.
const ANY: RangeInclusive<i64> = i64::MIN..=i64::MAX;

/// Of a number of 32 bits without a sign.
const WORD: RangeInclusive<i64> = 0..=u32::MAX as i64;

/// What both allow.
fn both(a: &RangeInclusive<i64>, b: &RangeInclusive<i64>) -> RangeInclusive<i64> {
    *a.start().max(b.start())..=*a.end().min(b.end())
}

/// What their sum can be; anything if that may be beyond 64 bits, where it wraps.
fn plus(a: &RangeInclusive<i64>, b: &RangeInclusive<i64>) -> RangeInclusive<i64> {
    match (a.start().checked_add(*b.start()), a.end().checked_add(*b.end())) {
        (Some(low), Some(high)) => low..=high,
        _ => ANY,
    }
}

impl Term {
    fn range(&self, accumulators: &[Accumulator], nodes: u32) -> RangeInclusive<i64> {
        match self {
            Self::Value(k) => match accumulators.get(*k).map(|accumulator| accumulator.op) {
                Some(Op::Count) => 0..=nodes.into(),
                Some(Op::Minimum | Op::Maximum) => i32::MIN.into()..=i32::MAX.into(),
                _ => ANY,
            },
            Self::Bins(_, bins) => 0..=WORD.end() * i64::from(bins.end.saturating_sub(bins.start)),
            Self::Counter(..) => ANY,
        }
    }
}

impl Indicator {
    /// Between which numbers it can be in a swarm of so many nodes: by its form, and by what its gauge says of it.
    #[must_use]
    pub fn range(&self, accumulators: &[Accumulator], nodes: u32) -> RangeInclusive<i64> {
        let of_form = match &self.form {
            Form::Sum(terms) => terms
                .iter()
                .map(|term| term.range(accumulators, nodes))
                .reduce(|a, b| plus(&a, &b))
                .unwrap_or(0..=0),
            Form::Range { .. } => WORD,
            Form::Rest { .. } | Form::OutsideHalfTurn { .. } => 0..=nodes.into(),
        };
        let declared = self.within.clone().unwrap_or(ANY);
        let counted = if self.is_of_nodes { 0..=nodes.into() } else { ANY };
        both(&both(&of_form, &declared), &counted)
    }
}

impl Relation {
    /// Whether some number of the range compares so with the bound.
    pub(super) fn may_hold(self, range: &RangeInclusive<i64>, bound: i64) -> bool {
        let (low, high) = (*range.start(), *range.end());
        match self {
            Self::AtMost => low <= bound,
            Self::AtLeast => high >= bound,
            Self::Below => low < bound,
            Self::Above => high > bound,
            Self::Equal => range.contains(&bound),
            Self::Unequal => low != bound || high != bound,
        }
    }
}

/// A range for a person, as in "is never below 0".
pub(super) fn told(range: &RangeInclusive<i64>) -> String {
    let [low, high] = [range.start(), range.end()].map(|bound| crate::grouped(*bound));
    match (*range.start() == i64::MIN, *range.end() == i64::MAX) {
        (true, true) => "may be any number".to_owned(),
        (true, false) => format!("is never above {high}"),
        (false, true) => format!("is never below {low}"),
        (false, false) => format!("is from {low} to {high}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_follows_from_the_form_and_from_what_is_declared() {
        let accumulators = [
            Accumulator::new("counted", Op::Count),
            Accumulator::new("least", Op::Minimum),
            Accumulator::new("sum", Op::Sum),
            Accumulator::new("kinds", Op::Bins(8)),
        ];
        let range = |indicator: Indicator| indicator.range(&accumulators, 100);
        let sum = |terms: &[Term]| Indicator::new("x", Form::Sum(terms.to_vec()));
        assert_eq!(range(Indicator::value("x", 0)), 0..=100);
        assert_eq!(range(Indicator::value("x", 1)), i32::MIN.into()..=i32::MAX.into());
        assert_eq!(range(Indicator::value("x", 2)), ANY);
        assert_eq!(range(Indicator::value("x", 2).within(0..=i64::MAX)), 0..=i64::MAX);
        assert_eq!(range(sum(&[Term::Bins(3, 2..4)])), 0..=2 * i64::from(u32::MAX));
        assert_eq!(range(sum(&[Term::Bins(3, 2..4)]).of_nodes()), 0..=100);
        assert_eq!(range(sum(&[Term::Value(0), Term::Value(0)])), 0..=200);
        assert_eq!(range(sum(&[Term::Value(0), Term::Value(2)])), ANY);
        let rest = Form::Rest {
            counted: 0,
            bins: 3,
            classes: 4,
        };
        assert_eq!(range(Indicator::new("x", rest)), 0..=100);
    }

    #[test]
    fn what_may_hold_agrees_with_trying_all() {
        for (low, high) in [(0, 0), (0, 3), (-2, 2)] {
            for bound in -4..=4 {
                for (sign, relation) in Relation::ALL {
                    let one_does = (low..=high).any(|value| relation.holds(value, bound));
                    let may = relation.may_hold(&(low..=high), bound);
                    assert_eq!(may, one_does, "{low}..={high} {sign} {bound}");
                }
            }
        }
    }
}
