//! Nodes that hold numbers: how far apart they are, and what their sum must be. Twin: `shaders/part/consensus/gauge/belief.wgsl`.

use super::lines;
use crate::column::{ColumnId, Reach};
use crate::error::Error;
use crate::gauge::{
    Accumulator, Figure, Figures, Form, Gauge, Indicator, Line, Measurement, Op, Reading, Seen, Tally, Told,
};
use crate::number::BELIEF_RANGE;
use crate::shader::{Module, module};
use multiversion::multiversion;
use serde::Serialize;
use std::ops::Range;

/// What the nodes believe; least, greatest and disagreement are nothing where no honest node is up.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Beliefs {
    /// The least belief of an honest node that is up.
    pub minimum: Option<i32>,
    /// The greatest.
    pub maximum: Option<i32>,
    /// The exact sum of all honest nodes' beliefs, up or down.
    pub sum: i64,
    /// Root mean square deviation of the beliefs of honest nodes that are up from their mean, from exact integer sums.
    pub disagreement: Option<f64>,
    /// What honest nodes have taken from liars so far, exactly.
    pub injected: i64,
    /// What honest nodes have forgotten so far, exactly.
    pub forgotten: i64,
    /// The sum of the inputs that the beliefs follow; 0 where there are none.
    pub inputs: i64,
    /// Where nodes begin or cease to lie, the sum of what liars believe, which the audit needs; else 0. No figure.
    #[serde(skip)]
    pub kept: i64,
}

impl Figures for Beliefs {
    fn figures(&self) -> Vec<Figure> {
        let unit = "belief";
        vec![
            Figure::new(
                "minimum",
                unit,
                "The least belief of an honest node that is up",
                self.minimum,
            ),
            Figure::new(
                "maximum",
                unit,
                "The greatest belief of an honest node that is up",
                self.maximum,
            ),
            Figure::new(
                "sum",
                unit,
                "The exact sum of the beliefs of all honest nodes",
                self.sum,
            ),
            Figure::new(
                "disagreement",
                unit,
                "Root mean square deviation of the beliefs of honest nodes that are up from their mean",
                self.disagreement,
            ),
            Figure::new(
                "injected",
                unit,
                "What honest nodes have taken from liars so far",
                self.injected,
            ),
            Figure::new(
                "forgotten",
                unit,
                "What honest nodes have forgotten so far",
                self.forgotten,
            ),
            Figure::new(
                "inputs",
                unit,
                "The sum of the inputs that the beliefs follow",
                self.inputs,
            ),
        ]
    }

    fn lines(&self, told: &Told<'_>) -> Vec<Line> {
        lines::of_beliefs(self, told)
    }
}

/// Reads a column of beliefs.
#[derive(Clone, Copy, Debug)]
pub struct BeliefGauge {
    /// The beliefs.
    pub belief: ColumnId,
    /// Whether some nodes may be down, or lie.
    pub has_faults: bool,
    /// Whether their sum is conserved, but for what the next three say.
    pub is_conserved: bool,
    /// The inputs that have been added to the beliefs, one a node.
    pub basis: Option<ColumnId>,
    /// What was taken from liars: a wide column.
    pub injected: Option<ColumnId>,
    /// What was forgotten: a wide column.
    pub destroyed: Option<ColumnId>,
    /// Whether nodes begin or cease to lie: what they took, forgot and were given counts then whether they lie or not.
    pub lies_change: bool,
}

/// The numbers of the accumulators that are always there; those that not all swarms have follow.
mod at {
    pub const COUNTED: usize = 0;
    pub const MINIMUM: usize = 1;
    pub const MAXIMUM: usize = 2;
    pub const SQUARES: usize = 3;
    pub const SUM: usize = 4;
    pub const ALL: usize = 5;
}

/// The numbers of the others.
struct Others {
    counted_sum: Option<usize>,
    inputs: Option<usize>,
    injected: Option<usize>,
    forgotten: Option<usize>,
    kept: Option<usize>,
}

impl BeliefGauge {
    /// The gauge of beliefs whose sum may change, in a swarm where some nodes may be down or lie, or none.
    #[must_use]
    pub fn of(belief: ColumnId, has_faults: bool) -> Self {
        Self {
            belief,
            has_faults,
            is_conserved: false,
            basis: None,
            injected: None,
            destroyed: None,
            lies_change: false,
        }
    }

    fn others(&self) -> Others {
        let mut next = at::ALL;
        let mut place = |is_there: bool| {
            is_there.then(|| {
                next += 1;
                next - 1
            })
        };
        Others {
            counted_sum: place(self.has_faults),
            inputs: place(self.basis.is_some()),
            injected: place(self.injected.is_some()),
            forgotten: place(self.destroyed.is_some()),
            kept: place(self.lies_change),
        }
    }
}

/// The standard deviation, from exact integer sums.
fn deviation(nodes: u64, sum: i64, squares: i128) -> f64 {
    let n = u128::from(nodes);
    // n²·variance = n·Σx² − (Σx)², exactly: at most 2^32 · 2^90.
    // A faulty device may report sums that cannot be; the audit will say so.
    let squares = u128::try_from(squares).unwrap_or(0);
    let scaled = n
        .saturating_mul(squares)
        .saturating_sub(u128::from(sum.unsigned_abs()).saturating_pow(2));
    (scaled as f64).sqrt() / n as f64
}

impl Gauge for BeliefGauge {
    fn name(&self) -> &'static str {
        "consensus"
    }

    fn columns(&self) -> Vec<(u32, ColumnId)> {
        let rest = [(3, self.basis), (4, self.injected), (5, self.destroyed)];
        std::iter::once((2, self.belief))
            .chain(rest.into_iter().filter_map(|(slot, column)| Some((slot, column?))))
            .collect()
    }

    fn reach(&self) -> Reach {
        Reach::Own
    }

    fn accumulators(&self) -> Vec<Accumulator> {
        let Others {
            counted_sum,
            inputs,
            injected,
            forgotten,
            kept,
        } = self.others();
        let mut all = vec![
            Accumulator::new("counted", Op::Count),
            Accumulator::new("minimum", Op::Minimum),
            Accumulator::new("maximum", Op::Maximum),
            Accumulator::new("squares", Op::Squares),
            Accumulator::new("sum", Op::Sum),
        ];
        let others = [
            ("counted_sum", counted_sum),
            ("inputs", inputs),
            ("injected", injected),
            ("forgotten", forgotten),
            ("kept", kept),
        ];
        all.extend(
            others
                .into_iter()
                .filter(|(_, place)| place.is_some())
                .map(|(name, _)| Accumulator::new(name, Op::Sum)),
        );
        all
    }

    fn modules(&self) -> Vec<Module> {
        let part = |is_there: bool, there: Module, absent: Module| if is_there { there } else { absent };
        vec![
            part(
                self.basis.is_some(),
                module!("part/consensus/gauge/basis"),
                module!("part/consensus/gauge/basis-none"),
            ),
            part(
                self.injected.is_some(),
                module!("part/consensus/gauge/injected"),
                module!("part/consensus/gauge/injected-none"),
            ),
            part(
                self.destroyed.is_some(),
                module!("part/consensus/gauge/destroyed"),
                module!("part/consensus/gauge/destroyed-none"),
            ),
            part(self.has_faults, module!("gauge/up-some"), module!("gauge/up-all")),
            part(
                self.lies_change,
                module!("gauge/liars-change"),
                module!("gauge/liars-fixed"),
            ),
            module!("part/consensus/gauge/belief"),
        ]
    }

    fn add(&self, seen: &Seen<'_>, nodes: Range<u32>, tally: &mut Tally) {
        let traffic = seen.traffic;
        let others = self.others();
        let counts = |i: u32| self.lies_change || !traffic.is_liar(i);
        let range = nodes.start as usize..nodes.end as usize;
        let mut columns = seen.columns.iter();
        let mut next = |is_there: bool| if is_there { columns.next() } else { None };
        let beliefs: &[i32] = next(true).map_or(&[], |words| bytemuck::cast_slice(&words[range.clone()]));
        let basis = next(self.basis.is_some());
        if let Some(counted_sum) = others.counted_sum {
            let mut part = Part::default();
            let mut counted = 0u64;
            let (mut sum, mut kept) = (0i64, 0i64);
            for (i, &value) in nodes.clone().zip(beliefs) {
                if traffic.is_liar(i) {
                    kept += i64::from(value);
                } else {
                    sum += i64::from(value);
                    if traffic.is_up(i) {
                        counted += 1;
                        part.add(value);
                    }
                }
            }
            tally.add(at::COUNTED, counted);
            tally.add(at::SUM, sum);
            tally.add(counted_sum, part.sum);
            if let Some(place) = others.kept {
                tally.add(place, kept);
            }
            part.put(tally);
        } else {
            for values in beliefs.chunks(1 << 12) {
                let part = of_part(values);
                tally.add(at::SUM, part.sum);
                part.put(tally);
            }
            tally.add(at::COUNTED, beliefs.len() as u64);
        }
        if let Some((basis, place)) = basis.zip(others.inputs) {
            let honest = nodes.clone().filter(|&i| counts(i));
            tally.add(place, honest.map(|i| i64::from(basis[i as usize] as i32)).sum::<i64>());
        }
        for place in [others.injected, others.forgotten] {
            if let Some((words, place)) = next(place.is_some()).zip(place) {
                let (low, high) = words.split_at(words.len() / 2);
                let honest = nodes.clone().filter(|&i| counts(i)).map(|i| i as usize);
                let wide = honest.map(|i| (u64::from(high[i]) << 32 | u64::from(low[i])) as i64);
                tally.add(place, wide.fold(0, i64::wrapping_add));
            }
        }
    }

    fn indicators(&self) -> Vec<Indicator> {
        let range = Form::Range {
            minimum: at::MINIMUM,
            maximum: at::MAXIMUM,
        };
        // Beyond these the audit ends the run.
        let beliefs = -i64::from(BELIEF_RANGE)..=i64::from(BELIEF_RANGE);
        let spreads = 0..=2 * i64::from(BELIEF_RANGE);
        vec![
            Indicator::new("spread", range).within(spreads).of(at::COUNTED).about(
                "units",
                "How far the swarm is from agreement: the greatest belief less the least; null where no honest node is up",
            ),
            Indicator::value("minimum", at::MINIMUM)
                .within(beliefs.clone())
                .of(at::COUNTED),
            Indicator::value("maximum", at::MAXIMUM).within(beliefs).of(at::COUNTED),
            Indicator::value("sum", at::SUM),
            Indicator::value("counted", at::COUNTED),
        ]
    }

    fn reading(&self, tally: &Tally, _ticks: u32) -> Reading {
        let others = self.others();
        let counted = Some(tally.count(at::COUNTED)).filter(|&nodes| nodes > 0);
        let sum = |place: Option<usize>| place.map_or(0, |place| tally.sum(place));
        let counted_sum = others.counted_sum.unwrap_or(at::SUM);
        let beliefs = Beliefs {
            minimum: counted.map(|_| tally.value(at::MINIMUM) as i32),
            maximum: counted.map(|_| tally.value(at::MAXIMUM) as i32),
            sum: tally.sum(at::SUM),
            disagreement: counted.map(|nodes| deviation(nodes, tally.sum(counted_sum), tally.value(at::SQUARES))),
            injected: sum(others.injected),
            forgotten: sum(others.forgotten),
            inputs: sum(others.inputs),
            kept: sum(others.kept),
        };
        Reading::new(self.name(), beliefs)
    }

    fn is_conserved(&self) -> bool {
        self.is_conserved
    }

    fn audit(&self, first: &Measurement, row: &Measurement) -> Result<(), Error> {
        let (Some(first), Some(now)) = (first.beliefs(), row.beliefs()) else {
            return Ok(());
        };
        let ledger = |row: &Beliefs| i128::from(row.injected) - i128::from(row.forgotten) + i128::from(row.inputs);
        let kept = |row: &Beliefs| i128::from(row.kept);
        let expected = i128::from(first.sum) + kept(first) - kept(now) + ledger(now) - ledger(first);
        if self.is_conserved && i128::from(now.sum) != expected {
            return Err(Error::Audit {
                tick: row.tick,
                quantity: "the sum of beliefs",
                expected,
                found: now.sum.into(),
            });
        }
        let extremes = [now.minimum, now.maximum].into_iter().flatten();
        match extremes.max_by_key(|value| value.unsigned_abs()) {
            Some(extreme) if extreme.unsigned_abs() > BELIEF_RANGE as u32 => Err(Error::Range {
                tick: row.tick,
                value: extreme.into(),
                limit: BELIEF_RANGE.into(),
            }),
            _ => Ok(()),
        }
    }
}

/// Of some beliefs that all count.
struct Part {
    minimum: i32,
    maximum: i32,
    sum: i64,
    squares: u128,
}

impl Default for Part {
    fn default() -> Self {
        Self {
            minimum: i32::MAX,
            maximum: i32::MIN,
            sum: 0,
            squares: 0,
        }
    }
}

impl Part {
    fn add(&mut self, value: i32) {
        self.minimum = self.minimum.min(value);
        self.maximum = self.maximum.max(value);
        self.sum += i64::from(value);
        self.squares += u128::from(value.unsigned_abs()).pow(2);
    }

    fn put(&self, tally: &mut Tally) {
        tally.add(at::MINIMUM, self.minimum);
        tally.add(at::MAXIMUM, self.maximum);
        tally.add(at::SQUARES, self.squares as i128); // below 2^94
    }
}

/// At most 2^12 beliefs that all count.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn of_part(beliefs: &[i32]) -> Part {
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
    Part {
        minimum,
        maximum,
        sum,
        squares: u128::from(squares) + (u128::from(upper) << 32),
    }
}

impl Measurement {
    /// The beliefs' figures, where nodes hold beliefs.
    #[must_use]
    pub fn beliefs(&self) -> Option<&Beliefs> {
        self.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gauge::{Number, Reason};
    use crate::hear::Traffic;
    use crate::timing::Schedule;

    fn tally(beliefs: &[i32]) -> Tally {
        let mut tally = Tally::nothing(&gauge().accumulators());
        let seen = Seen {
            columns: &[bytemuck::cast_slice(beliefs)],
            topology: &crate::topology::Circulant::new("ring", 8, [1]).unwrap(),
            traffic: &Traffic::new(Schedule::Always, 0, None),
            ticks: 0,
        };
        gauge().add(&seen, 0..beliefs.len() as u32, &mut tally);
        tally
    }

    fn gauge() -> BeliefGauge {
        BeliefGauge {
            is_conserved: true,
            ..BeliefGauge::of(ColumnId(0), false)
        }
    }

    fn read(beliefs: &[i32]) -> Beliefs {
        gauge().reading(&tally(beliefs), 0).get::<Beliefs>().unwrap().clone()
    }

    #[test]
    fn exact_sums_at_the_extremes() {
        let limit = BELIEF_RANGE;
        let beliefs = [limit, -limit, limit, 3, -7];
        let tally = tally(&beliefs);
        assert_eq!(tally.sum(at::SUM), i64::from(limit) - 4);
        let squares: i128 = beliefs.iter().map(|&x| i128::from(x) * i128::from(x)).sum();
        assert_eq!(tally.value(at::SQUARES), squares);
        let extremes = [at::MINIMUM, at::MAXIMUM].map(|k| tally.value(k));
        assert_eq!(extremes, [-limit, limit].map(i128::from));
    }

    #[test]
    fn disagreement_is_the_standard_deviation() {
        let beliefs = [2, 4, 4, 4, 5, 5, 7, 9];
        assert!((read(&beliefs).disagreement.unwrap() - 2.0).abs() < 1e-12);
        assert_eq!(gauge().indicators()[0].read(&tally(&beliefs)), Some(7));
    }

    #[test]
    fn of_nobody_nothing_is_known() {
        let beliefs = read(&[]);
        assert_eq!(
            (beliefs.minimum, beliefs.maximum, beliefs.disagreement),
            (None, None, None)
        );
        assert_eq!(gauge().indicators()[0].read(&tally(&[])), None);
        let text: Vec<_> = beliefs
            .figures()
            .into_iter()
            .map(|figure| (figure.name, figure.number))
            .collect();
        assert_eq!(text[0], ("minimum".into(), Number::I32(None)));
    }

    fn row(sum: i64, injected: i64, forgotten: i64, maximum: i32) -> Measurement {
        let beliefs = Beliefs {
            minimum: Some(0),
            maximum: Some(maximum),
            sum,
            disagreement: Some(0.0),
            injected,
            forgotten,
            inputs: 0,
            kept: 0,
        };
        Measurement {
            tick: 5,
            reason: Reason::Every,
            readings: vec![Reading::new("consensus", beliefs)],
            ..Measurement::default()
        }
    }

    #[test]
    fn the_audit_notices_one_unit() {
        let first = row(6, 0, 0, 3);
        assert!(gauge().audit(&first, &row(6, 0, 0, 3)).is_ok());
        assert!(gauge().audit(&first, &row(9, 5, 2, 3)).is_ok());
        let error = gauge().audit(&first, &row(9, 5, 3, 3)).unwrap_err();
        assert!(
            matches!(
                error,
                Error::Audit {
                    tick: 5,
                    expected: 8,
                    found: 9,
                    ..
                }
            ),
            "{error}"
        );
        let error = gauge().audit(&first, &row(6, 0, 0, BELIEF_RANGE + 1)).unwrap_err();
        assert!(matches!(error, Error::Range { .. }), "{error}");
    }
}
