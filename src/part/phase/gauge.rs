//! Nodes that hold phases: how much in step they are. Twin: `shaders/part/phase/gauge.wgsl`.

use super::lines;
use crate::column::{ColumnId, Reach};
use crate::gauge::{
    Accumulator, Figure, Figures, Form, Gauge, Indicator, Line, Measurement, Op, Reading, Seen, Tally, Told,
};
use crate::number::{SINE_ONE, cosine, sine};
use crate::shader::{Module, module};
use multiversion::multiversion;
use serde::Serialize;
use std::f64::consts::TAU;
use std::ops::Range;

/// How many sectors of the circle are counted; half of them are a half turn. `shaders/part/phase/gauge.wgsl` has it too.
pub const SECTORS: u32 = 64;

/// Nodes that a workgroup of a measurement looks at at a time: its invocations, which make the table of sines together.
const MEASURED_AT_ONCE: u32 = 64;

/// How far the phases are in step.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Phases {
    /// Kuramoto's order parameter r of the honest nodes that are up, 0..=1: the length of the mean of their unit vectors.
    /// Nothing where there is none.
    pub order: Option<f64>,
    /// That mean's direction, in turns, from 0 to below 1; nothing where it has none, its length being 0.
    pub mean_phase: Option<f64>,
}

impl Figures for Phases {
    fn figures(&self) -> Vec<Figure> {
        vec![
            Figure::new(
                "order",
                "ratio",
                "Kuramoto's order parameter of the honest nodes that are up: 1 where all phases are the same",
                self.order,
            ),
            Figure::new(
                "mean_phase",
                "turns",
                "The mean direction of their phases; null where it has none",
                self.mean_phase,
            ),
        ]
    }

    fn lines(&self, told: &Told<'_>) -> Vec<Line> {
        lines::of_phases(self, told)
    }
}

/// Reads a column of phases.
///
/// The spread counts the nodes outside the fullest half turn: of 64 sectors of the circle those 32 in a row that hold
/// the most nodes are taken. It is 0 where all are in step, and near half of the nodes where none are.
#[derive(Clone, Copy, Debug)]
pub struct PhaseGauge {
    /// The phases.
    pub phase: ColumnId,
}

/// The accumulators' numbers.
mod at {
    pub const COUNTED: usize = 0;
    pub const COSINES: usize = 1;
    pub const SINES: usize = 2;
    pub const SECTORS: usize = 3;
}

impl Gauge for PhaseGauge {
    fn name(&self) -> &'static str {
        "consensus"
    }

    fn columns(&self) -> Vec<(u32, ColumnId)> {
        vec![(2, self.phase)]
    }

    fn reach(&self) -> Reach {
        Reach::Own
    }

    fn accumulators(&self) -> Vec<Accumulator> {
        vec![
            Accumulator::new("counted", Op::Count),
            Accumulator::new("cosines", Op::Sum),
            Accumulator::new("sines", Op::Sum),
            Accumulator::new("sectors", Op::Bins(SECTORS)),
        ]
    }

    fn modules(&self) -> Vec<Module> {
        vec![
            module!("lib/sine"),
            module!("lib/sine-tabled").with("SINE_GROUP", MEASURED_AT_ONCE),
            module!("part/phase/gauge"),
        ]
    }

    fn prepares(&self) -> bool {
        true
    }

    fn add(&self, seen: &Seen<'_>, nodes: Range<u32>, tally: &mut Tally) {
        let phases = seen.columns.first().copied().unwrap_or(&[]);
        let range = nodes.start as usize..nodes.end as usize;
        if seen.traffic.has_faults() {
            let counted: Vec<u32> = nodes
                .filter(|&i| seen.traffic.takes_part(i))
                .map(|i| phases[i as usize])
                .collect();
            add_counted(&counted, tally);
        } else {
            add_counted(&phases[range], tally);
        }
    }

    fn indicators(&self) -> Vec<Indicator> {
        let outside = Form::OutsideHalfTurn {
            counted: at::COUNTED,
            bins: at::SECTORS,
        };
        vec![
            Indicator::new("spread", outside).of(at::COUNTED).about(
                "nodes",
                "How far the swarm is from being in step: how many are outside the fullest half turn; null where no honest node is up",
            ),
            Indicator::value("counted", at::COUNTED),
        ]
    }

    fn reading(&self, tally: &Tally, _ticks: u32) -> Reading {
        let [x, y] = [at::COSINES, at::SINES].map(|place| tally.sum(place) as f64);
        let turns = libm::atan2(y, x) / TAU;
        let order = |counted: u64| (x * x + y * y).sqrt() / (counted as f64 * f64::from(SINE_ONE));
        let counted = Some(tally.count(at::COUNTED)).filter(|&nodes| nodes > 0);
        let phases = Phases {
            order: counted.map(order),
            mean_phase: ([x, y] != [0.0; 2]).then(|| turns - libm::floor(turns)),
        };
        Reading::new(self.name(), phases)
    }
}

/// Adds phases that all count.
fn add_counted(phases: &[u32], tally: &mut Tally) {
    for part in phases.chunks(1 << 12) {
        let [x, y] = of_part(part);
        tally.add(at::COSINES, x);
        tally.add(at::SINES, y);
        let bins = tally.list_mut(at::SECTORS);
        for &phase in part {
            bins[(phase >> (32 - SECTORS.ilog2())) as usize] += 1;
        }
    }
    tally.add(at::COUNTED, phases.len() as u64);
}

/// Of at most 2^12 phases the sums of the cosines and of the sines.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn of_part(phases: &[u32]) -> [i32; 2] {
    let mut sums = [0; 2];
    for &phase in phases {
        sums[0] += cosine(phase);
        sums[1] += sine(phase);
    }
    sums
}

impl Measurement {
    /// The phases' figures, where nodes hold phases.
    #[must_use]
    pub fn phases(&self) -> Option<&Phases> {
        self.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hear::Traffic;
    use crate::timing::Schedule;

    fn read(phases: &[u32]) -> (Option<i64>, Phases) {
        let gauge = PhaseGauge { phase: ColumnId(0) };
        let mut tally = Tally::nothing(&gauge.accumulators());
        let seen = Seen {
            columns: &[phases],
            topology: &crate::topology::Circulant::new("ring", 8, [1]).unwrap(),
            traffic: &Traffic::new(Schedule::Always, 0, None),
            ticks: 0,
        };
        gauge.add(&seen, 0..phases.len() as u32, &mut tally);
        let phases = gauge.reading(&tally, 0).get::<Phases>().unwrap().clone();
        (gauge.indicators()[0].read(&tally), phases)
    }

    #[test]
    fn in_step_and_out_of_step() {
        let (spread, phases) = read(&[3 << 30; 1000]);
        assert_eq!(
            (spread, phases.order, phases.mean_phase),
            (Some(0), Some(1.0), Some(0.75))
        );
        let even: Vec<u32> = (0..1024u32).map(|i| i << 22).collect();
        let (spread, phases) = read(&even);
        assert!(
            phases.order.unwrap() < 1e-5 && spread == Some(512),
            "{spread:?} {phases:?}"
        );
        let (spread, phases) = read(&[0, 1 << 31]);
        assert_eq!((spread, phases.order, phases.mean_phase), (Some(1), Some(0.0), None));
        let (spread, nobody) = read(&[]);
        assert_eq!(spread, None);
        assert_eq!((nobody.order, nobody.mean_phase), (None, None));
    }

    #[test]
    fn a_half_turn_across_zero_is_found() {
        let phases: Vec<u32> = (0..100u32)
            .map(|i| (i * (1 << 24)).wrapping_sub(1 << 30))
            .chain([1 << 31])
            .collect();
        assert_eq!(read(&phases).0, Some(1));
    }
}
