//! The ordered steps of a tick, as plain data: what is built from a scenario before any device is touched, and what a
//! device executes without knowing of scenarios.

mod check;
mod facts;
mod measure;
mod wanted;

pub use facts::Facts;
pub use wanted::Wanted;

use crate::column::{Access, Binding, Column, ColumnId, Extent, Kinship, Space};
use crate::error::Error;
use crate::fault::{Faults, MEMBERS, Now};
use crate::gauge::{Condition, Gauge, Reason, Talk, Tally};
use crate::shown::Shown;
use crate::step::{Bounds, Step};
use crate::timing::Schedule;
use crate::topology::Topology;
use crate::words::Words;
use std::sync::{Arc, OnceLock};

/// When each node did what the rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Noted {
    /// A word a node: 1 + the tick in which it did, 0 if it has not done it since tick 0.
    pub column: ColumnId,
    /// What it did, as in "rounds to decide".
    pub verb: &'static str,
}

/// The tick from which on times are told.
#[derive(Clone, Debug)]
pub struct Since {
    /// The tick; the swarm is measured then.
    pub tick: u32,
    /// What had been counted up to there, once it has been measured.
    pub counted: Arc<OnceLock<Vec<Tally>>>,
}

/// Everything that a device needs to know.
#[derive(Debug)]
pub struct Plan {
    /// The network.
    pub topology: Arc<dyn Topology>,
    /// Who acts when.
    pub schedule: Schedule,
    /// The state.
    pub columns: Vec<Column>,
    /// The steps of a tick, in order.
    pub steps: Vec<Box<dyn Step>>,
    /// What goes wrong, if anything does.
    pub faults: Option<Faults>,
    /// Words at tick 0 that are known without filling the swarm, until it is filled: of the faults' columns, and of tables.
    pub first: Vec<(ColumnId, Words)>,
    /// What a measurement reads: one a part or more.
    pub gauges: Vec<Arc<dyn Gauge>>,
    /// What is sent in a tick, and counted.
    pub talk: Talk,
    /// Where nodes note when they did what the rule is about, if they do.
    pub noted: Option<Noted>,
    /// What each node's words mean to whoever reads the state.
    pub shown: Vec<Shown>,
    /// How many ticks to run at most.
    pub ticks: u32,
    /// Measure every so many ticks.
    pub every: u32,
    /// Whether to count the nodes of the largest connected part.
    pub component: bool,
    /// From which tick on times are told, if not from the start.
    pub since: Option<Since>,
    /// Stop when all of these hold, if there are any.
    pub stop: Vec<Condition>,
    /// The last tick in which something changes by itself, besides the events of the faults: a signal, an arrival.
    pub last_change: Option<u32>,
    /// How many agents a node has: 1, or 4 where nodes are cells.
    pub agents: u32,
    /// What the parts know besides.
    pub facts: Facts,
    /// Who is whose child, where nodes come and go.
    pub kinship: Option<Kinship>,
    /// Whose words at tick 0 are needed: all, unless a device says otherwise, see [`Device::wants`](crate::device::Device::wants).
    pub wanted: Wanted,
}

impl Plan {
    /// What holds in a tick.
    #[must_use]
    pub fn now(&self, tick: u32) -> Now {
        self.faults.as_ref().map(|faults| faults.now(tick)).unwrap_or_default()
    }

    /// Whether the stop condition is looked at after so many ticks: when a measurement is due, and not before all events have
    /// happened, all signals come and all tasks arrived, as far as they ever end.
    #[must_use]
    pub fn may_stop(&self, tick: u32) -> bool {
        if self.reason(tick) != Some(Reason::Every) {
            return false;
        }
        let event = self.faults.as_ref().and_then(Faults::last_event);
        event.max(self.last_change).is_none_or(|last| tick > last)
    }

    /// What bounds the loops of a step.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        Bounds {
            degree: self.topology.largest_degree(),
            ticks: self.ticks,
        }
    }

    /// Whether nodes are cells of four agents.
    #[must_use]
    pub fn has_cells(&self) -> bool {
        self.agents == MEMBERS
    }

    /// All that a measurement goes through the nodes for: the parts' gauges, and last what is counted once for the swarm, where that
    /// is not known without looking.
    #[must_use]
    pub fn measured(&self) -> Vec<Arc<dyn Gauge>> {
        let mut all = self.gauges.clone();
        all.extend(self.given().gauge().map(|ground| Arc::new(ground) as Arc<dyn Gauge>));
        all
    }

    /// The column that a person means who asks what the nodes hold: the first gauge's first.
    #[must_use]
    pub fn main(&self) -> ColumnId {
        self.gauges.first().map_or_else(ColumnId::default, |gauge| gauge.main())
    }

    /// The number of nodes; where these come and go, of places.
    #[must_use]
    pub fn nodes(&self) -> u32 {
        self.topology.nodes()
    }

    /// The number of nodes that are there from the start.
    #[must_use]
    pub fn founders(&self) -> u32 {
        self.topology.founders()
    }

    /// Whether a step writes who is whose child, so that there are no links while it runs.
    #[must_use]
    pub fn changes_links(&self, step: &dyn Step) -> bool {
        let written = |b: &Binding| b.access != Access::Read;
        self.kinship.is_some_and(|kin| {
            let mut all = step.bindings().into_iter().filter(written);
            all.any(|b| b.column == kin.parents || b.column == kin.families)
        })
    }

    /// How many there are of what a step runs over.
    #[must_use]
    pub fn items(&self, space: Space) -> u32 {
        space.items(self.nodes())
    }

    /// The words of one copy of a column.
    #[must_use]
    pub fn words(&self, column: ColumnId) -> u64 {
        match self.columns[column.0].extent {
            Extent::Node => u64::from(self.nodes()),
            Extent::Wide => 2 * u64::from(self.nodes()),
            Extent::Words(words) => u64::from(words) * u64::from(self.nodes()),
            Extent::LinkEnd => self.topology.link_ends(),
            Extent::Groups(level) => self.items(Space::Groups(level)).into(),
            Extent::Swarm(words) | Extent::Table(words) => u64::from(words),
        }
    }

    /// The bytes that a column takes, both copies if it is doubled.
    #[must_use]
    pub fn column_bytes(&self, column: ColumnId) -> u64 {
        4 * self.words(column) * if self.columns[column.0].doubled { 2 } else { 1 }
    }

    /// The bytes of all columns and stored links.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let columns: u64 = (0..self.columns.len()).map(|c| self.column_bytes(ColumnId(c))).sum();
        columns + self.topology.stored_bytes()
    }

    /// Whether some step writes a column, so that it may change.
    #[must_use]
    pub fn is_written(&self, column: ColumnId) -> bool {
        let mut bindings = self.steps.iter().flat_map(|step| step.bindings());
        bindings.any(|binding| binding.column == column && binding.access != Access::Read)
    }

    /// The bytes that a tick must move through memory at the least: every column and every stored link that a step
    /// reads or writes, once.
    #[must_use]
    pub fn bytes_per_tick(&self) -> u64 {
        self.steps
            .iter()
            .map(|step| {
                let columns: u64 = step
                    .bindings()
                    .iter()
                    // Of a table a step reads what it needs, in few ticks.
                    .filter(|b| !matches!(self.columns[b.column.0].extent, Extent::Table(_)))
                    .map(|b| {
                        let both = matches!(b.access, Access::Update | Access::Fold);
                        4 * self.words(b.column) * if both { 2 } else { 1 }
                    })
                    .sum();
                let status = match &self.faults {
                    Some(faults) if step.hears() => 4 * self.words(faults.status),
                    _ => 0,
                };
                columns
                    + status
                    + if step.reads_links() {
                        self.topology.stored_bytes()
                    } else {
                        0
                    }
            })
            .sum()
    }

    /// The column of that name: the whole name, as in `consensus.belief`, or its last part where no other column's is the same.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the names that there are.
    pub fn column(&self, name: &str) -> Result<ColumnId, Error> {
        let columns = || self.columns.iter().enumerate();
        let whole = columns().find(|(_, column)| column.name == name);
        let mut called = columns().filter(|(_, column)| column.is_called(name));
        match (whole, called.next(), called.next()) {
            (Some((at, _)), ..) | (None, Some((at, _)), None) => Ok(ColumnId(at)),
            (None, Some((_, one)), Some((_, other))) => Err(Error::invalid(
                format!("column '{name}'"),
                format!("may be {} or {}; give the whole name", one.name, other.name),
            )),
            _ => {
                let known: Vec<&str> = self.columns.iter().map(|column| column.name).collect();
                Err(Error::invalid(
                    format!("column '{name}'"),
                    format!("is not part of this swarm, which has: {}", known.join(", ")),
                ))
            }
        }
    }

    /// Why the swarm is measured after so many ticks, if it is: because it is due; because something happens in the next tick, or
    /// happened in the last; because times are told from then on; because it is the end.
    #[must_use]
    pub fn reason(&self, tick: u32) -> Option<Reason> {
        let is_beside = |faults: &Faults| faults.is_beside_event(tick, self.ticks);
        if tick.is_multiple_of(self.every.max(1)) {
            Some(Reason::Every)
        } else if self.faults.as_ref().is_some_and(is_beside) {
            Some(Reason::Event)
        } else if self.since.as_ref().is_some_and(|since| since.tick == tick) {
            Some(Reason::From)
        } else {
            (tick == self.ticks).then_some(Reason::End)
        }
    }

    /// Whether the swarm is measured after so many ticks.
    #[must_use]
    pub fn is_measured(&self, tick: u32) -> bool {
        self.reason(tick).is_some()
    }
}
