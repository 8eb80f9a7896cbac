//! How many cells there are at each depth and what they hold; and whether all that ever came are accounted for. Twin:
//! `shaders/part/growth/gauge.wgsl`.

use super::{DEEPEST, delegated, ledger, lines};
use crate::column::{ColumnId, Reach};
use crate::counters::read64;
use crate::error::Error;
use crate::fault::MEMBERS;
use crate::gauge::{
    Accumulator, Figure, Figures, Form, Gauge, Indicator, Line, Measurement, Op, Reading, Seen, Tally, Term, Told,
};
use crate::part::work::state;
use crate::shader::{Module, module};
use serde::Serialize;
use std::ops::Range;

/// Depths: those that are there from the start, and those of families.
const DEPTHS: usize = DEEPEST as usize + 1;

/// The accumulators' numbers.
mod at {
    /// Cells by depth.
    pub const CELLS: usize = 0;
    /// Tasks that they hold, by depth.
    pub const LOADS: usize = 1;
    /// What the swarm has counted.
    pub const LEDGER: usize = 2;
    /// And of tasks that are delegated.
    pub const DELEGATED: usize = 3;
}

/// Reads a cell.
#[derive(Clone, Copy, Debug)]
pub struct GrowthGauge {
    /// How deep each cell is.
    pub depth: ColumnId,
    /// What neighbours read of it.
    pub state: ColumnId,
    /// What the swarm counts.
    pub ledger: ColumnId,
    /// What it counts of tasks that are delegated, if any are.
    pub delegated: Option<ColumnId>,
    /// How many cells are there from the start.
    pub founders: u32,
}

/// How a swarm has grown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Grown {
    /// Cells that are there now.
    #[serde(rename = "living_cells")]
    pub cells: u64,
    /// Agents that are there now, those that are down included.
    #[serde(rename = "living_agents")]
    pub agents: u64,
    /// Agents that are there, added up over all ticks so far: what the swarm has cost.
    pub agent_ticks: u64,
    /// Cells that came into being so far.
    pub born: u64,
    /// Cells that merged back so far.
    pub retired: u64,
    /// Cells that were given up, all their agents being killed, so far.
    #[serde(rename = "lost_cells")]
    pub lost: u64,
    /// Requests so far that got a family, and those that found no place.
    #[serde(rename = "families_granted")]
    pub granted: u64,
    /// See [`Grown::granted`].
    #[serde(rename = "families_refused")]
    pub refused: u64,
    /// Ticks from a cell's first request to its family, on average; nothing before the first family.
    pub request_wait_mean: Option<f64>,
    /// Cells by depth: those that are there from the start, their children, and so on.
    pub cells_by_depth: [u64; DEPTHS],
    /// Tasks that a cell holds on average, by depth; nothing where there is none.
    pub load_by_depth: [Option<f64>; DEPTHS],
    /// Tasks that were delegated; nothing where none are.
    pub delegated: Option<Delegated>,
    /// How many cells are there from the start.
    #[serde(skip)]
    pub(super) founders: u64,
}

/// Tasks that children were given.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Delegated {
    /// Tasks so far.
    pub tasks: u64,
    /// Tasks that were big enough, and that a cell did alone, since its children had another.
    pub alone: u64,
    /// Tasks and parts that a cell did alone, since no family was free in time or no child was left.
    pub undivided: u64,
    /// Parts that another child began again, since the first had been down for a lease.
    pub again: u64,
    /// Parts that were dropped before they were done, since they counted no more.
    pub dropped: u64,
    /// Ticks of execution that these still needed.
    pub given_up: u64,
    /// Parts that were begun, by level: those of tasks first.
    pub parts_by_level: [u64; delegated::LEVELS],
}

impl Gauge for GrowthGauge {
    fn name(&self) -> &'static str {
        "growth"
    }

    fn columns(&self) -> Vec<(u32, ColumnId)> {
        vec![(2, self.depth), (3, self.state)]
    }

    fn reach(&self) -> Reach {
        Reach::Own
    }

    fn accumulators(&self) -> Vec<Accumulator> {
        let mut all = vec![
            Accumulator::new("cells", Op::Bins(DEPTHS as u32)),
            Accumulator::new("loads", Op::Bins(DEPTHS as u32)),
            Accumulator::new("ledger", Op::Column(self.ledger)),
        ];
        let delegated = self.delegated.map(Op::Column);
        all.extend(delegated.map(|column| Accumulator::new("delegated", column)));
        all
    }

    fn modules(&self) -> Vec<Module> {
        vec![
            module!("part/work/state"),
            module!("part/growth/gauge").with("DEPTHS", DEPTHS as u32),
        ]
    }

    fn add(&self, seen: &Seen<'_>, nodes: Range<u32>, tally: &mut Tally) {
        let [depths, states, ..] = seen.columns else { return };
        let (mut cells, mut loads) = ([0u32; DEPTHS], [0u32; DEPTHS]);
        for i in nodes {
            if i >= self.founders && seen.topology.parent(i).is_none() {
                continue;
            }
            let depth = (depths[i as usize] as usize).min(DEPTHS - 1);
            cells[depth] += 1;
            loads[depth] = loads[depth].wrapping_add(state::load(states[i as usize]));
        }
        for (list, bins) in [(at::CELLS, cells), (at::LOADS, loads)] {
            for (bin, more) in tally.list_mut(list).iter_mut().zip(bins) {
                *bin = bin.wrapping_add(more);
            }
        }
    }

    fn indicators(&self) -> Vec<Indicator> {
        let depths = DEPTHS as u32;
        vec![
            Indicator::new("grown", Form::Sum(vec![Term::Bins(at::CELLS, 1..depths)]))
                .about(
                    "cells",
                    "Cells that are there besides those that are there from the start",
                )
                .within(0..=i64::MAX),
            Indicator::new("cells", Form::Sum(vec![Term::Bins(at::CELLS, 0..depths)])).within(0..=i64::MAX),
        ]
    }

    fn reading(&self, tally: &Tally, _ticks: u32) -> Reading {
        let list = |k: usize, depth: usize| tally.list(k).get(depth).copied().map_or(0, u64::from);
        let words = tally.list(at::LEDGER);
        let counted = |k: usize| read64(words, ledger::ALL, k);
        let cells_by_depth: [u64; DEPTHS] = std::array::from_fn(|depth| list(at::CELLS, depth));
        let cells = cells_by_depth.iter().sum();
        let mean = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
        let members = u64::from(MEMBERS);
        let delegated = self.delegated.map(|_| {
            let words = tally.list(at::DELEGATED);
            let read = |k: usize| read64(words, delegated::ALL, k);
            Delegated {
                tasks: read(delegated::TASKS),
                alone: read(delegated::ALONE),
                undivided: read(delegated::UNDIVIDED),
                again: read(delegated::AGAIN),
                dropped: read(delegated::DROPPED),
                given_up: read(delegated::GIVEN_UP),
                parts_by_level: std::array::from_fn(|level| read(delegated::PARTS + level)),
            }
        });
        Reading::new(
            self.name(),
            Grown {
                cells,
                agents: members * cells,
                agent_ticks: members * counted(ledger::CELL_TICKS),
                born: counted(ledger::BORN),
                retired: counted(ledger::RETIRED),
                lost: counted(ledger::LOST),
                granted: counted(ledger::GRANTED),
                refused: counted(ledger::REFUSED),
                request_wait_mean: mean(counted(ledger::WAITED), counted(ledger::GRANTED)),
                load_by_depth: std::array::from_fn(|depth| mean(list(at::LOADS, depth), cells_by_depth[depth])),
                cells_by_depth,
                delegated,
                founders: self.founders.into(),
            },
        )
    }

    fn is_conserved(&self) -> bool {
        true
    }

    fn audit(&self, _first: &Measurement, row: &Measurement) -> Result<(), Error> {
        let Some(grown) = row.get::<Grown>() else { return Ok(()) };
        let found = grown.cells + grown.retired + grown.lost;
        if grown.founders + grown.born == found && grown.cells_by_depth[0] == grown.founders {
            return Ok(());
        }
        let message = format!(
            "{} cells were there from the start and {} have come since, but {} are there, {} of them from the start, {} have merged back \
             and {} were given up",
            grown.founders, grown.born, grown.cells, grown.cells_by_depth[0], grown.retired, grown.lost
        );
        Err(Error::Ledger {
            tick: row.tick,
            message,
        })
    }
}

impl Figures for Grown {
    fn figures(&self) -> Vec<Figure> {
        let count = |name: &'static str, unit, about, number: u64| Figure::new(name, unit, about, number);
        let mut all = vec![
            count(
                "living_cells",
                "cells",
                "Cells that are there, those that are down included",
                self.cells,
            ),
            count(
                "living_agents",
                "agents",
                "Agents that are there, those that are down included",
                self.agents,
            ),
            count(
                "agent_ticks",
                "agent-ticks",
                "Agents that are there, added up over all ticks so far",
                self.agent_ticks,
            ),
            count("born", "cells", "Cells that came into being so far", self.born),
            count(
                "retired",
                "cells",
                "Cells that merged back into their parents so far",
                self.retired,
            ),
            count(
                "lost_cells",
                "cells",
                "Cells given up so far, since all agents of their families were killed",
                self.lost,
            ),
            count(
                "families_granted",
                "requests",
                "Requests so far that got a family",
                self.granted,
            ),
            count(
                "families_refused",
                "requests",
                "Requests so far that found no free place",
                self.refused,
            ),
            Figure::new(
                "request_wait_mean",
                "ticks",
                "From a cell's first request to its family; null before the first family",
                self.request_wait_mean,
            ),
        ];
        if let Some(delegated) = &self.delegated {
            all.extend([
                count("delegated", "tasks", "Tasks so far that were given to children", delegated.tasks),
                count(
                    "done_alone",
                    "tasks",
                    "Big tasks so far that a cell did alone, since its children had another",
                    delegated.alone,
                ),
                count(
                    "undivided",
                    "orders",
                    "Tasks and parts so far that a cell did alone, since no family was free in time or no child was left",
                    delegated.undivided,
                ),
                count("parts_again", "parts", "Parts so far that another child began again", delegated.again),
                count("parts_dropped", "parts", "Parts so far that were dropped, since they counted no more", delegated.dropped),
                count("ticks_given_up", "ticks", "Ticks of execution that dropped parts still needed", delegated.given_up),
            ]);
            for (level, &parts) in (1..).zip(&delegated.parts_by_level) {
                let about = "Parts so far at this level: 1 for those of tasks, 2 for those of these";
                all.push(Figure::new(format!("level_{level}_parts"), "parts", about, parts));
            }
        }
        for (depth, (&cells, &load)) in self.cells_by_depth.iter().zip(&self.load_by_depth).enumerate() {
            let about = "Cells at this depth: 0 for those that are there from the start, 1 for their children";
            all.push(Figure::new(format!("depth_{depth}_cells"), "cells", about, cells));
            let about = "Tasks that a cell at this depth holds, on average; null where there is none";
            all.push(Figure::new(format!("depth_{depth}_load"), "tasks", about, load));
        }
        all
    }

    fn lines(&self, told: &Told<'_>) -> Vec<Line> {
        let _ = told;
        lines::of_grown(self)
    }
}
