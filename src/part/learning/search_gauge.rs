//! How far a search is. Twin: `shaders/part/learning/gauge-search.wgsl`.

use super::steps::is_done;
use crate::column::{ColumnId, Reach};
use crate::gauge::{Accumulator, Figure, Figures, Gauge, Indicator, Op, Reading, Seen, Tally};
use crate::shader::{Module, module};
use serde::Serialize;
use std::ops::Range;

/// What nodes have found; all of it is of honest nodes that are up and have begun.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Searched {
    /// How many have one point left.
    pub done: u64,
    /// The mean of the best points that they have seen.
    pub point: Option<f64>,
    /// The least of these.
    pub least: Option<u32>,
    /// The greatest.
    pub greatest: Option<u32>,
}

impl Figures for Searched {
    fn figures(&self) -> Vec<Figure> {
        vec![
            Figure::new(
                "done",
                "nodes",
                "Honest nodes that are up and have one point left",
                self.done,
            ),
            Figure::new(
                "point",
                "",
                "Mean of the best points that they have seen; null where none has begun",
                self.point,
            ),
            Figure::new("point_least", "", "The least of these", self.least),
            Figure::new("point_greatest", "", "The greatest of these", self.greatest),
        ]
    }
}

/// Reads the points.
#[derive(Clone, Copy, Debug)]
pub struct SearchGauge {
    /// The best points.
    pub point: ColumnId,
    /// The words of the search.
    pub search: ColumnId,
}

/// The accumulators' numbers.
mod at {
    pub const BEGUN: usize = 0;
    pub const DONE: usize = 1;
    pub const POINTS: usize = 2;
    pub const LEAST: usize = 3;
    pub const GREATEST: usize = 4;
}

impl Gauge for SearchGauge {
    fn name(&self) -> &'static str {
        "search"
    }

    fn columns(&self) -> Vec<(u32, ColumnId)> {
        vec![(2, self.point), (3, self.search)]
    }

    fn reach(&self) -> Reach {
        Reach::Own
    }

    fn accumulators(&self) -> Vec<Accumulator> {
        vec![
            Accumulator::new("begun", Op::Count),
            Accumulator::new("done", Op::Count),
            Accumulator::new("points", Op::Sum),
            Accumulator::new("least", Op::Minimum),
            Accumulator::new("greatest", Op::Maximum),
        ]
    }

    fn modules(&self) -> Vec<Module> {
        vec![module!("part/learning/gauge-search")]
    }

    fn add(&self, seen: &Seen<'_>, nodes: Range<u32>, tally: &mut Tally) {
        let [points, searches] = seen.columns else { return };
        for i in nodes.filter(|&i| seen.traffic.takes_part(i)) {
            let point = points[i as usize];
            if point == 0 {
                continue;
            }
            tally.add(at::BEGUN, 1);
            tally.add(at::DONE, i32::from(is_done(searches[i as usize])));
            tally.add(at::POINTS, point);
            tally.add(at::LEAST, point);
            tally.add(at::GREATEST, point);
        }
    }

    fn indicators(&self) -> Vec<Indicator> {
        vec![
            Indicator::new(
                "range",
                crate::gauge::Form::Range {
                    minimum: at::LEAST,
                    maximum: at::GREATEST,
                },
            )
            .of(at::BEGUN)
            .about("points", "The greatest less the least point; null where none has begun"),
            Indicator::value("done", at::DONE),
        ]
    }

    fn reading(&self, tally: &Tally, _ticks: u32) -> Reading {
        let begun = Some(tally.count(at::BEGUN)).filter(|&nodes| nodes > 0);
        let searched = Searched {
            done: tally.count(at::DONE),
            point: begun.map(|nodes| tally.sum(at::POINTS) as f64 / nodes as f64),
            least: begun.map(|_| tally.value(at::LEAST) as u32),
            greatest: begun.map(|_| tally.value(at::GREATEST) as u32),
        };
        Reading::new(self.name(), searched)
    }
}
