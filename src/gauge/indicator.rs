//! The integers that stop conditions look at, worked out from accumulators on whatever device, and the conditions.

use super::{Gauge, Tally};
use std::ops::{Range, RangeInclusive};
use std::sync::Arc;
#[cfg(feature = "gpu")]
use {
    super::{Op, places::Places},
    std::fmt::Write,
};

/// One part of a sum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// The value of the k-th accumulator: a count, a sum, a minimum or a maximum.
    Value(usize),
    /// The sum of some of the bins of the k-th accumulator.
    Bins(usize, Range<u32>),
    /// A number of 64 bits in the words of the column that the k-th accumulator is: where its lower and its upper half are.
    Counter(usize, [u32; 2]),
}

/// How an indicator follows from the accumulators, named by their numbers. Each form has a twin in WGSL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// A sum, modulo 2^64.
    Sum(Vec<Term>),
    /// The greatest less the least, as numbers without a sign.
    Range {
        /// The accumulator of the least.
        minimum: usize,
        /// And of the greatest.
        maximum: usize,
    },
    /// How many that count are not in the fullest class; classes that lie `classes` bins apart are one, and the first is none.
    Rest {
        /// The accumulator of those that count.
        counted: usize,
        /// The bins.
        bins: usize,
        /// How many classes there are, the first included.
        classes: u32,
    },
    /// How many that count are outside the fullest half turn of a circle, of which each bin is a sector.
    OutsideHalfTurn {
        /// The accumulator of those that count.
        counted: usize,
        /// The bins.
        bins: usize,
    },
}

/// An integer of a measurement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Indicator {
    /// Its name.
    pub name: &'static str,
    /// How it follows.
    pub form: Form,
    /// The count of those that it is of: where that is 0, it is of nobody and not known. Nothing if it is always known.
    pub of: Option<usize>,
    /// Its unit, and what it means, where it is a figure of its own.
    pub unit: &'static str,
    /// See [`Indicator::unit`].
    pub about: &'static str,
    /// Between which numbers it is, where its gauge knows more than its form says; [`Indicator::range`] is both.
    pub within: Option<RangeInclusive<i64>>,
    /// Whether it counts nodes, each at most once.
    pub is_of_nodes: bool,
}

impl Indicator {
    /// An indicator that is always known.
    #[must_use]
    pub fn new(name: &'static str, form: Form) -> Self {
        Self {
            name,
            form,
            of: None,
            unit: "",
            about: "",
            within: None,
            is_of_nodes: false,
        }
    }

    /// The value of one accumulator.
    #[must_use]
    pub fn value(name: &'static str, k: usize) -> Self {
        Self::new(name, Form::Sum(vec![Term::Value(k)]))
    }

    /// It is of those that the `counted`-th accumulator counts.
    #[must_use]
    pub fn of(mut self, counted: usize) -> Self {
        self.of = Some(counted);
        self
    }

    /// Says in what unit it is, and what it means.
    #[must_use]
    pub fn about(mut self, unit: &'static str, about: &'static str) -> Self {
        (self.unit, self.about) = (unit, about);
        self
    }

    /// Says between which numbers it always is, so that a stop condition on another one is refused.
    #[must_use]
    pub fn within(mut self, range: RangeInclusive<i64>) -> Self {
        self.within = Some(range);
        self
    }

    /// Says that it counts nodes, each at most once.
    #[must_use]
    pub fn of_nodes(mut self) -> Self {
        self.is_of_nodes = true;
        self
    }

    /// What a whole tally says; nothing where it is of nobody.
    #[must_use]
    pub fn read(&self, tally: &Tally) -> Option<i64> {
        let is_known = self.of.is_none_or(|counted| tally.count(counted) > 0);
        is_known.then(|| self.form.read(tally))
    }
}

impl Form {
    fn read(&self, tally: &Tally) -> i64 {
        // A faulty device may report counts that cannot be; sums wrap, as its own do.
        match self {
            Self::Sum(terms) => terms.iter().fold(0, |sum, term| {
                let term = match term {
                    Term::Value(k) => tally.sum(*k),
                    Term::Bins(k, range) => {
                        let bins = &tally.list(*k)[range.start as usize..range.end as usize];
                        bins.iter().map(|&bin| i64::from(bin)).sum()
                    }
                    Term::Counter(k, [low, high]) => {
                        let word = |at: u32| tally.list(*k).get(at as usize).copied().unwrap_or(0);
                        (u64::from(word(*low)) | u64::from(word(*high)) << 32) as i64
                    }
                };
                sum.wrapping_add(term)
            }),
            Self::Range { minimum, maximum } => {
                let [low, high] = [*minimum, *maximum].map(|k| tally.value(k) as i32);
                i64::from((high as u32).wrapping_sub(low as u32))
            }
            Self::Rest { counted, bins, classes } => {
                let bins = tally.list(*bins);
                let of = |class: usize| {
                    let alike = bins.iter().skip(class).step_by(*classes as usize);
                    alike.fold(0u32, |sum, &bin| sum.wrapping_add(bin))
                };
                let most = (1..*classes as usize).map(of).max().unwrap_or(0);
                i64::from((tally.value(*counted) as u32).wrapping_sub(most))
            }
            Self::OutsideHalfTurn { counted, bins } => {
                let bins = tally.list(*bins);
                let half = bins.len() / 2;
                let mut within = bins[..half].iter().fold(0u32, |sum, &bin| sum.wrapping_add(bin));
                let mut most = within;
                for first in 0..bins.len() {
                    within = within
                        .wrapping_sub(bins[first])
                        .wrapping_add(bins[(first + half) % bins.len()]);
                    most = most.max(within);
                }
                i64::from((tally.value(*counted) as u32).wrapping_sub(most))
            }
        }
    }

    /// The body of a WGSL function of `at`, where the row begins, that returns the number as a `vec2<u32>`, low word first; `gauge` is
    /// the gauge whose accumulators these are.
    #[cfg(feature = "gpu")]
    pub(super) fn wgsl(&self, places: &Places, gauge: usize) -> String {
        let at = |k: usize| places.gauges[gauge][k].row;
        let value = |k: usize| {
            let row = at(k);
            match places.gauges[gauge][k].op {
                Op::Sum | Op::Squares => format!("vec2<u32>(rows[at + {row}u], rows[at + {}u])", row + 1),
                Op::Minimum | Op::Maximum => format!("widened(i32(rows[at + {row}u]))"),
                _ => format!("vec2<u32>(rows[at + {row}u], 0u)"),
            }
        };
        let bin = |k: usize| places.gauges[gauge][k].bins;
        let mut text = String::new();
        match self {
            Self::Sum(terms) => {
                text += "    var sum = vec2<u32>();\n";
                for term in terms {
                    let _ = match term {
                        Term::Value(k) => writeln!(text, "    sum = add64(sum, {});", value(*k)),
                        Term::Bins(k, range) => writeln!(
                            text,
                            "    for (var k = {}u; k < {}u; k++) {{ sum = add64(sum, vec2<u32>(bins[k], 0u)); }}",
                            bin(*k) + range.start,
                            bin(*k) + range.end
                        ),
                        Term::Counter(k, [low, high]) => writeln!(
                            text,
                            "    sum = add64(sum, vec2<u32>(rows[at + {}u], rows[at + {}u]));",
                            at(*k) + *low as usize,
                            at(*k) + *high as usize
                        ),
                    };
                }
                text += "    return sum;\n";
            }
            Self::Range { minimum, maximum } => {
                let [low, high] = [minimum, maximum].map(|&k| at(k));
                let _ = writeln!(
                    text,
                    "    return vec2<u32>(rows[at + {high}u] - rows[at + {low}u], 0u);"
                );
            }
            Self::Rest { counted, bins, classes } => {
                let (first, end) = (bin(*bins), bin(*bins) + places.gauges[gauge][*bins].list());
                let _ = writeln!(
                    text,
                    "    var most = 0u;\n    \
                     for (var kind = 1u; kind < {classes}u; kind++) {{\n        \
                     var held = 0u;\n        \
                     for (var k = {first}u + kind; k < {end}u; k += {classes}u) {{ held += bins[k]; }}\n        \
                     most = max(most, held);\n    }}\n    \
                     return vec2<u32>(rows[at + {}u] - most, 0u);",
                    at(*counted)
                );
            }
            Self::OutsideHalfTurn { counted, bins } => {
                let (first, sectors) = (bin(*bins), places.gauges[gauge][*bins].list());
                let half = sectors / 2;
                let _ = writeln!(
                    text,
                    "    var within = 0u;\n    \
                     for (var sector = 0u; sector < {half}u; sector++) {{ within += bins[{first}u + sector]; }}\n    \
                     var most = within;\n    \
                     for (var sector = 0u; sector < {sectors}u; sector++) {{\n        \
                     within = within - bins[{first}u + sector] + bins[{first}u + (sector + {half}u) % {sectors}u];\n        \
                     most = max(most, within);\n    }}\n    \
                     return vec2<u32>(rows[at + {}u] - most, 0u);",
                    at(*counted)
                );
            }
        }
        text
    }
}

/// How an indicator and a bound compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// At most.
    AtMost,
    /// At least.
    AtLeast,
    /// Below.
    Below,
    /// Above.
    Above,
    /// The same.
    Equal,
    /// Not the same.
    Unequal,
}

impl Relation {
    /// All, with the signs by which scenarios name them; a longer one stands before one that it begins with.
    pub const ALL: [(&'static str, Self); 6] = [
        ("<=", Self::AtMost),
        (">=", Self::AtLeast),
        ("==", Self::Equal),
        ("!=", Self::Unequal),
        ("<", Self::Below),
        (">", Self::Above),
    ];

    /// The sign.
    #[must_use]
    pub fn sign(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(_, relation)| *relation == self)
            .map_or("", |(sign, _)| sign)
    }

    pub(super) fn holds(self, value: i64, bound: i64) -> bool {
        match self {
            Self::AtMost => value <= bound,
            Self::AtLeast => value >= bound,
            Self::Below => value < bound,
            Self::Above => value > bound,
            Self::Equal => value == bound,
            Self::Unequal => value != bound,
        }
    }

    /// The WGSL of whether it holds of the numbers `a` and `b`; `order` is -1, 0 or 1.
    #[cfg(feature = "gpu")]
    fn wgsl(self) -> &'static str {
        match self {
            Self::AtMost => "order <= 0",
            Self::AtLeast => "order >= 0",
            Self::Below => "order < 0",
            Self::Above => "order > 0",
            Self::Equal => "order == 0",
            Self::Unequal => "order != 0",
        }
    }
}

/// A condition under which a run stops, if all its conditions hold at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The gauge, by its place in the plan.
    pub gauge: usize,
    /// Which of its indicators.
    pub indicator: usize,
    /// How it is to compare.
    pub relation: Relation,
    /// With what.
    pub bound: i64,
}

impl Condition {
    /// The first gauge's first indicator, which says how far the swarm is from its aim, is at most so much.
    #[must_use]
    pub fn spread(bound: u32) -> Self {
        Self {
            gauge: 0,
            indicator: 0,
            relation: Relation::AtMost,
            bound: bound.into(),
        }
    }

    /// The number that it looks at, among a measurement's indicators; nothing where it is of nobody.
    #[must_use]
    pub fn value(&self, indicators: &[Vec<Option<i64>>]) -> Option<i64> {
        let of = indicators.get(self.gauge);
        of.and_then(|of| of.get(self.indicator).copied().flatten())
    }

    /// As scenarios write it, with the whole name: `consensus.spread <= 100`.
    #[must_use]
    pub fn text(&self, gauges: &[Arc<dyn Gauge>]) -> String {
        let whole = gauges.get(self.gauge).map_or_else(String::new, |gauge| {
            let name = gauge
                .indicators()
                .get(self.indicator)
                .map_or("", |indicator| indicator.name);
            format!("{}.{name}", gauge.name())
        });
        format!("{whole} {} {}", self.relation.sign(), self.bound)
    }

    /// Whether it holds of a measurement's indicators; of nobody it does not.
    #[must_use]
    pub fn holds(&self, indicators: &[Vec<Option<i64>>]) -> bool {
        let value = self.value(indicators);
        value.is_some_and(|value| self.relation.holds(value, self.bound))
    }
}

/// The WGSL of `holds(at)`: whether all conditions of a plan hold of the row at `at`, of which there is at least one.
#[cfg(feature = "gpu")]
pub(crate) fn conditions_wgsl(gauges: &[Arc<dyn Gauge>], stop: &[Condition], places: &Places) -> String {
    let mut text = String::new();
    let mut all = Vec::new();
    for (k, condition) in stop.iter().enumerate() {
        let indicators = gauges[condition.gauge].indicators();
        let Some(indicator) = indicators.get(condition.indicator) else {
            continue;
        };
        let body = indicator.form.wgsl(places, condition.gauge);
        let _ = writeln!(text, "fn indicator_{k}(at: u32) -> vec2<u32> {{\n{body}}}\n");
        let known = indicator.of.map_or_else(String::new, |of| {
            format!("rows[at + {}u] != 0u && ", places.gauges[condition.gauge][of].row)
        });
        let bound = condition.bound as u64;
        let _ = writeln!(
            text,
            "fn holds_{k}(at: u32) -> bool {{\n    let order = compare(indicator_{k}(at), vec2<u32>({}u, {}u));\n    return {known}{};\n}}\n",
            bound as u32,
            (bound >> 32) as u32,
            condition.relation.wgsl()
        );
        all.push(format!("holds_{k}(at)"));
    }
    let all = if all.is_empty() {
        "false".to_owned()
    } else {
        all.join(" && ")
    };
    let _ = writeln!(text, "fn holds(at: u32) -> bool {{\n    return {all};\n}}");
    text
}
