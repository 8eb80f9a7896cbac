//! What is read off the nodes: how many are susceptible, infected and recovered, and that they are all. Twin of `gauge.wgsl`.

use crate::step::{INFECTED, RECOVERED};
use serde::Serialize;
use std::ops::Range;
use tetraswarm::Error;
use tetraswarm::column::ColumnId;
use tetraswarm::gauge::{
    Accumulator, Figure, Figures, Gauge, Indicator, Line, Measurement, Op, Reading, Seen, Tally, Told,
};
use tetraswarm::shader::Module;

/// The figures of a row: nodes, whether up or down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Health {
    pub susceptible: u64,
    pub infected: u64,
    pub recovered: u64,
}

impl Figures for Health {
    fn figures(&self) -> Vec<Figure> {
        let figure = |name, about, nodes: u64| Figure::new(name, "nodes", about, nodes);
        vec![
            figure("susceptible", "Nodes that may be infected", self.susceptible),
            figure("infected", "Nodes that are infected, and infect others", self.infected),
            figure("recovered", "Nodes that have recovered, and stay so", self.recovered),
        ]
    }

    /// What the summary says, in the place of the figures one after the other.
    fn lines(&self, told: &Told<'_>) -> Vec<Line> {
        let all = self.susceptible + self.infected + self.recovered;
        let reached = 100.0 * (all - self.susceptible) as f64 / all.max(1) as f64;
        let grouped = tetraswarm::grouped;
        vec![
            (
                told.part,
                format!(
                    "{} of {} nodes were reached ({reached:.1} %), {} are infected",
                    grouped(all - self.susceptible),
                    grouped(all),
                    grouped(self.infected)
                ),
            ),
            (
                "audit",
                "passed: every node is susceptible, infected or recovered".to_owned(),
            ),
        ]
    }
}

/// The accumulators, in the order of [`Health`].
const NAMES: [&str; 3] = ["susceptible", "infected", "recovered"];

/// Reads the column of states.
#[derive(Clone, Copy, Debug)]
pub struct HealthGauge {
    pub state: ColumnId,
    pub nodes: u32,
}

impl Gauge for HealthGauge {
    fn name(&self) -> &'static str {
        "epidemic"
    }

    fn columns(&self) -> Vec<(u32, ColumnId)> {
        vec![(2, self.state)]
    }

    fn accumulators(&self) -> Vec<Accumulator> {
        NAMES.map(|name| Accumulator::new(name, Op::Count)).to_vec()
    }

    fn modules(&self) -> Vec<Module> {
        vec![Module::new("epidemic/gauge", include_str!("gauge.wgsl"))]
    }

    fn add(&self, seen: &Seen<'_>, nodes: Range<u32>, tally: &mut Tally) {
        let states = &seen.columns[0][nodes.start as usize..nodes.end as usize];
        let mut counts = [0u64; 3];
        for &state in states {
            counts[match state {
                INFECTED => 1,
                RECOVERED => 2,
                _ => 0,
            }] += 1;
        }
        for (k, count) in counts.into_iter().enumerate() {
            tally.add(k, count);
        }
    }

    /// What a stop condition may look at, as in `stop.when = ["epidemic.infected <= 0"]`; the first also as `stop.spread`.
    fn indicators(&self) -> Vec<Indicator> {
        [1, 0, 2].map(|k| Indicator::value(NAMES[k], k)).to_vec()
    }

    fn reading(&self, tally: &Tally, _ticks: u32) -> Reading {
        let [susceptible, infected, recovered] = [0, 1, 2].map(|k| tally.count(k));
        let health = Health {
            susceptible,
            infected,
            recovered,
        };
        Reading::new(self.name(), health)
    }

    fn is_conserved(&self) -> bool {
        true
    }

    fn audit(&self, _first: &Measurement, row: &Measurement) -> Result<(), Error> {
        let Some(health) = row.get::<Health>() else {
            return Ok(());
        };
        let found = health.susceptible + health.infected + health.recovered;
        if found == u64::from(self.nodes) {
            return Ok(());
        }
        Err(Error::Audit {
            tick: row.tick,
            quantity: "the number of nodes",
            expected: self.nodes.into(),
            found: found.into(),
        })
    }
}
