//! Nodes that hold numbers: how far apart they are, and what their sum must be. Twin: `shaders/measure/belief.wgsl`.

use super::{Figure, Gauge, Measurement, Reading, Tally, count, sum};
use crate::error::Error;
use crate::plan::ColumnId;
use crate::shader::{Module, module};
use crate::step::BELIEF_RANGE;
use crate::traffic::Traffic;
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
}

impl Beliefs {
    pub(super) fn figures(&self) -> Vec<Figure> {
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
}

/// Reads a column of beliefs.
#[derive(Clone, Copy, Debug)]
pub struct BeliefGauge {
    /// The beliefs.
    pub belief: ColumnId,
    /// Whether their sum is conserved, but for what the next three say.
    pub is_conserved: bool,
    /// The inputs that have been added to the beliefs, one a node.
    pub basis: Option<ColumnId>,
    /// What was taken from liars: a wide column.
    pub injected: Option<ColumnId>,
    /// What was forgotten: a wide column.
    pub destroyed: Option<ColumnId>,
}

impl BeliefGauge {
    /// The gauge of beliefs whose sum may change.
    #[must_use]
    pub fn of(belief: ColumnId) -> Self {
        Self {
            belief,
            is_conserved: false,
            basis: None,
            injected: None,
            destroyed: None,
        }
    }
}

impl Gauge for BeliefGauge {
    fn columns(&self) -> Vec<(u32, ColumnId)> {
        let rest = [(3, self.basis), (4, self.injected), (5, self.destroyed)];
        std::iter::once((2, self.belief))
            .chain(rest.into_iter().filter_map(|(slot, column)| Some((slot, column?))))
            .collect()
    }

    fn modules(&self) -> Vec<Module> {
        let part = |is_there: bool, there: Module, absent: Module| if is_there { there } else { absent };
        vec![
            part(
                self.basis.is_some(),
                module!("measure/basis"),
                module!("measure/basis-none"),
            ),
            part(
                self.injected.is_some(),
                module!("measure/injected"),
                module!("measure/injected-none"),
            ),
            part(
                self.destroyed.is_some(),
                module!("measure/destroyed"),
                module!("measure/destroyed-none"),
            ),
            module!("measure/belief"),
        ]
    }

    fn spread_module(&self) -> Module {
        module!("measure/spread-range")
    }

    fn add(&self, columns: &[&[u32]], traffic: &Traffic<'_>, nodes: Range<u32>, tally: &mut Tally) {
        let range = nodes.start as usize..nodes.end as usize;
        let mut columns = columns.iter();
        let mut next = |is_there: bool| if is_there { columns.next() } else { None };
        let beliefs: &[i32] = next(true).map_or(&[], |words| bytemuck::cast_slice(&words[range.clone()]));
        let basis = next(self.basis.is_some());
        if traffic.has_faults() {
            for (i, &value) in nodes.clone().zip(beliefs) {
                if !traffic.is_liar(i) {
                    tally.sums[sum::HONEST] += i64::from(value);
                    if traffic.is_up(i) {
                        tally.add_counted(value);
                    }
                }
            }
        } else {
            for part in beliefs.chunks(1 << 12) {
                add_all(part, tally);
            }
            tally.counts[count::COUNTED] += beliefs.len() as u64;
        }
        if let Some(basis) = basis {
            let honest = nodes.clone().filter(|&i| !traffic.is_liar(i));
            tally.sums[sum::BASIS] += honest.map(|i| i64::from(basis[i as usize] as i32)).sum::<i64>();
        }
        for (column, place) in [(self.injected, sum::INJECTED), (self.destroyed, sum::DESTROYED)] {
            if let Some(words) = next(column.is_some()) {
                let (low, high) = words.split_at(words.len() / 2);
                let honest = nodes.clone().filter(|&i| !traffic.is_liar(i)).map(|i| i as usize);
                let wide = honest.map(|i| (u64::from(high[i]) << 32 | u64::from(low[i])) as i64);
                tally.sums[place] = wide.fold(tally.sums[place], i64::wrapping_add);
            }
        }
    }

    fn spread(&self, tally: &Tally) -> u32 {
        tally.range()
    }

    fn reading(&self, tally: &Tally) -> Reading {
        Reading::Belief(Beliefs {
            minimum: tally.counted().map(|_| tally.minimum),
            maximum: tally.counted().map(|_| tally.maximum),
            sum: tally.sums[sum::HONEST],
            disagreement: tally.deviation(),
            injected: tally.sums[sum::INJECTED],
            forgotten: tally.sums[sum::DESTROYED],
            inputs: tally.sums[sum::BASIS],
        })
    }

    fn is_conserved(&self) -> bool {
        self.is_conserved
    }

    fn audit(&self, first: &Measurement, row: &Measurement) -> Result<(), Error> {
        let (Some(first), Some(now)) = (first.beliefs(), row.beliefs()) else {
            return Ok(());
        };
        let ledger = |row: &Beliefs| i128::from(row.injected) - i128::from(row.forgotten) + i128::from(row.inputs);
        let expected = i128::from(first.sum) + ledger(now) - ledger(first);
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

/// Adds at most 2^12 beliefs that all count.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn add_all(beliefs: &[i32], tally: &mut Tally) {
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
    tally.minimum = tally.minimum.min(minimum);
    tally.maximum = tally.maximum.max(maximum);
    tally.sums[sum::HONEST] += sum;
    tally.sums[sum::COUNTED] += sum;
    tally.squares += u128::from(squares) + (u128::from(upper) << 32);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Number;
    use crate::measure::Reason;
    use crate::timing::Schedule;

    fn tally(beliefs: &[i32]) -> Tally {
        let mut tally = Tally::nothing(1);
        let traffic = Traffic::new(Schedule::Always, 0, None);
        gauge().add(
            &[bytemuck::cast_slice(beliefs)],
            &traffic,
            0..beliefs.len() as u32,
            &mut tally,
        );
        tally
    }

    fn gauge() -> BeliefGauge {
        BeliefGauge {
            belief: ColumnId(0),
            is_conserved: true,
            basis: None,
            injected: None,
            destroyed: None,
        }
    }

    #[test]
    fn exact_sums_at_the_extremes() {
        let limit = BELIEF_RANGE;
        let beliefs = [limit, -limit, limit, 3, -7];
        let tally = tally(&beliefs);
        assert_eq!(tally.sums[sum::HONEST], i64::from(limit) - 4);
        let squares = beliefs.iter().map(|&x| (i128::from(x) * i128::from(x)) as u128).sum();
        assert_eq!(tally.squares, squares);
        assert_eq!((tally.minimum, tally.maximum), (-limit, limit));
    }

    #[test]
    fn disagreement_is_the_standard_deviation() {
        let tally = tally(&[2, 4, 4, 4, 5, 5, 7, 9]);
        assert!((tally.deviation().unwrap() - 2.0).abs() < 1e-12);
        assert_eq!(gauge().spread(&tally), 7);
    }

    #[test]
    fn of_nobody_nothing_is_known() {
        let nobody = tally(&[]);
        assert_eq!((nobody.counted(), nobody.deviation()), (None, None));
        let Reading::Belief(beliefs) = gauge().reading(&nobody) else {
            panic!("no beliefs")
        };
        assert_eq!(
            (beliefs.minimum, beliefs.maximum, beliefs.disagreement),
            (None, None, None)
        );
        let text: Vec<_> = beliefs
            .figures()
            .into_iter()
            .map(|figure| (figure.name, figure.number))
            .collect();
        assert_eq!(text[0], ("minimum".into(), Number::I32(None)));
    }

    fn row(sum: i64, injected: i64, forgotten: i64, maximum: i32) -> Measurement {
        Measurement {
            tick: 5,
            reason: Reason::Every,
            spread: Some(0),
            reading: Reading::Belief(Beliefs {
                minimum: Some(0),
                maximum: Some(maximum),
                sum,
                disagreement: Some(0.0),
                injected,
                forgotten,
                inputs: 0,
            }),
            up: 3,
            active: 0,
            exchanges: 0,
            messages: 0,
            component: None,
            fingerprint: 0,
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
