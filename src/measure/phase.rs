//! Nodes that hold phases: how much in step they are. Twin: `shaders/measure/phase.wgsl`.

use super::{Figure, Gauge, Reading, Talk, Tally, count, sum};
use crate::number::{SINE_ONE, cosine, sine};
use crate::plan::ColumnId;
use crate::shader::{Module, module};
use crate::traffic::Traffic;
use multiversion::multiversion;
use serde::Serialize;
use std::f64::consts::TAU;
use std::ops::Range;

/// How many sectors of the circle are counted; half of them are a half turn. `shaders/measure/phase.wgsl` and
/// `shaders/measure/spread-half-turn.wgsl` have it too.
pub const SECTORS: u32 = 64;

/// How far the phases are in step.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Phases {
    /// Kuramoto's order parameter r of the honest nodes that are up, 0..=1: the length of the mean of their unit vectors.
    /// Nothing where there is none.
    pub order: Option<f64>,
    /// That mean's direction, in turns, from 0 to below 1; nothing where it has none, its length being 0.
    pub mean_phase: Option<f64>,
}

impl Phases {
    pub(super) fn figures(&self) -> Vec<Figure> {
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
}

/// Reads a column of phases.
///
/// The spread counts the nodes outside the fullest half turn: of 64 sectors of the circle those 32 in a row that hold
/// the most nodes are taken. It is 0 where all are in step, and near half of the nodes where none are.
#[derive(Clone, Copy, Debug)]
pub struct PhaseGauge {
    /// The phases.
    pub phase: ColumnId,
    /// How many others a node asks that acts, if it does not hear its neighbours instead.
    pub asks: Option<u32>,
}

impl Gauge for PhaseGauge {
    fn columns(&self) -> Vec<(u32, ColumnId)> {
        vec![(2, self.phase)]
    }

    fn bins(&self) -> u32 {
        SECTORS
    }

    fn modules(&self) -> Vec<Module> {
        let mut modules = vec![
            module!("lib/sine"),
            module!("lib/sine-computed"),
            module!("measure/phase"),
        ];
        modules.extend(self.asks.map(|asks| module!("measure/phase-asked").with("ASKED", asks)));
        modules
    }

    fn spread_module(&self) -> Module {
        module!("measure/spread-half-turn")
    }

    fn talk(&self) -> Talk {
        if self.asks.is_some() { Talk::Asks } else { Talk::Links }
    }

    fn asked(&self, _columns: &[&[u32]], _node: u32, _tick: u32) -> u32 {
        self.asks.unwrap_or(0)
    }

    fn add(&self, columns: &[&[u32]], traffic: &Traffic<'_>, nodes: Range<u32>, tally: &mut Tally) {
        let phases = columns.first().copied().unwrap_or(&[]);
        let range = nodes.start as usize..nodes.end as usize;
        if traffic.has_faults() {
            let counted: Vec<u32> = nodes
                .filter(|&i| traffic.takes_part(i))
                .map(|i| phases[i as usize])
                .collect();
            add_counted(&counted, tally);
        } else {
            add_counted(&phases[range], tally);
        }
    }

    fn spread(&self, tally: &Tally) -> u32 {
        let bins = &tally.bins;
        let half = bins.len() / 2;
        // A faulty device may report counts that cannot be.
        let mut within = bins[..half].iter().fold(0u32, |sum, &bin| sum.wrapping_add(bin));
        let mut most = within;
        for first in 0..bins.len() {
            within = within
                .wrapping_sub(bins[first])
                .wrapping_add(bins[(first + half) % bins.len()]);
            most = most.max(within);
        }
        (tally.counts[count::COUNTED] as u32).wrapping_sub(most)
    }

    fn reading(&self, tally: &Tally) -> Reading {
        let [x, y] = [sum::COUNTED, sum::OTHER].map(|place| tally.sums[place] as f64);
        let turns = libm::atan2(y, x) / TAU;
        let order = |counted: u64| (x * x + y * y).sqrt() / (counted as f64 * f64::from(SINE_ONE));
        Reading::Phase(Phases {
            order: tally.counted().map(order),
            mean_phase: ([x, y] != [0.0; 2]).then(|| turns - libm::floor(turns)),
        })
    }
}

/// Adds phases that all count.
fn add_counted(phases: &[u32], tally: &mut Tally) {
    for part in phases.chunks(1 << 12) {
        let all = of_part(part);
        tally.minimum = tally.minimum.min(all.minimum);
        tally.maximum = tally.maximum.max(all.maximum);
        tally.squares += u128::from(all.squares);
        tally.sums[sum::COUNTED] += i64::from(all.sums[0]);
        tally.sums[sum::OTHER] += i64::from(all.sums[1]);
        for &phase in part {
            tally.bins[(phase >> (32 - SECTORS.ilog2())) as usize] += 1;
        }
    }
    tally.counts[count::COUNTED] += phases.len() as u64;
}

/// Of at most 2^12 phases the sums of the cosines and of the sines, and what else a tally has of the cosines.
struct Part {
    sums: [i32; 2],
    minimum: i32,
    maximum: i32,
    squares: u64,
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn of_part(phases: &[u32]) -> Part {
    let (mut sums, mut minimum, mut maximum, mut squares) = ([0; 2], i32::MAX, i32::MIN, 0);
    for &phase in phases {
        let (x, y) = (cosine(phase), sine(phase));
        sums[0] += x;
        sums[1] += y;
        minimum = minimum.min(x);
        maximum = maximum.max(x);
        squares += u64::from((x * x) as u32);
    }
    Part {
        sums,
        minimum,
        maximum,
        squares,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timing::Schedule;

    fn read(phases: &[u32]) -> (u32, Phases) {
        let gauge = PhaseGauge {
            phase: ColumnId(0),
            asks: None,
        };
        let mut tally = Tally::nothing(gauge.bins());
        let traffic = Traffic::new(Schedule::Always, 0, None);
        gauge.add(&[phases], &traffic, 0..phases.len() as u32, &mut tally);
        let Reading::Phase(phases) = gauge.reading(&tally) else {
            panic!("no phases")
        };
        (gauge.spread(&tally), phases)
    }

    #[test]
    fn in_step_and_out_of_step() {
        let (spread, phases) = read(&[3 << 30; 1000]);
        assert_eq!((spread, phases.order, phases.mean_phase), (0, Some(1.0), Some(0.75)));
        let even: Vec<u32> = (0..1024u32).map(|i| i << 22).collect();
        let (spread, phases) = read(&even);
        assert!(phases.order.unwrap() < 1e-5 && spread == 512, "{spread} {phases:?}");
        let (spread, phases) = read(&[0, 1 << 31]);
        assert_eq!((spread, phases.order, phases.mean_phase), (1, Some(0.0), None));
        let (_, nobody) = read(&[]);
        assert_eq!((nobody.order, nobody.mean_phase), (None, None));
    }

    #[test]
    fn a_half_turn_across_zero_is_found() {
        let phases: Vec<u32> = (0..100u32)
            .map(|i| (i * (1 << 24)).wrapping_sub(1 << 30))
            .chain([1 << 31])
            .collect();
        assert_eq!(read(&phases).0, 1);
    }
}
