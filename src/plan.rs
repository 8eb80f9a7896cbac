//! The ordered steps of a tick, as plain data: what is built from a scenario before any device is touched, and what a
//! device executes without knowing of scenarios.

mod check;

use crate::error::Error;
use crate::fault::{Faults, Now};
use crate::measure::{Condition, Gauge, GroundGauge, Reason, Talk};
use crate::number::hash_name;
use crate::shown::Shown;
use crate::step::Step;
use crate::timing::Schedule;
use crate::topology::Topology;
use crate::words::Words;
use crate::work::WorkPlan;
use std::sync::Arc;

/// A column's place in the plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ColumnId(pub usize);

/// How many words a column has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// One a node.
    Node,
    /// Two a node, the lower words of all nodes first: a 64-bit number.
    Wide,
    /// So many a node, the first words of all nodes first.
    Words(u32),
    /// One a link end: slot by slot one for each node, then one for each stored link end.
    LinkEnd,
    /// One for each group of 256 of what the level below has, the lowest level being the nodes: what a reduction leaves. Level 1 has one
    /// word for 256 nodes, level 2 one for 65,536; [`TOP_LEVEL`] is the last.
    Groups(u32),
    /// So many for the whole swarm, whatever the number of nodes: what all nodes count together. Never doubled.
    Swarm(u32),
    /// So many that no step writes: what the plan says and a device must know. They are no state, and not of the fingerprint.
    Table(u32),
}

/// Of how many a group consists, but for the last one, which may have fewer.
pub const GROUP: u32 = 256;

/// The level of which there is one group only, however many nodes there are.
pub const TOP_LEVEL: u32 = 4;

/// Over what a step runs: what one invocation of its shader is for, and what it writes the words of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Space {
    /// The nodes.
    #[default]
    Nodes,
    /// The groups of a level, see [`Extent::Groups`].
    Groups(u32),
}

impl Space {
    /// How many of it there are in a swarm of so many nodes.
    #[must_use]
    pub fn items(self, nodes: u32) -> u32 {
        match self {
            Self::Nodes => nodes,
            Self::Groups(level) => (0..level.min(TOP_LEVEL)).fold(nodes, |below, _| below.div_ceil(GROUP)),
        }
    }

    /// Whether each of it has words of its own in a column of such an extent.
    #[must_use]
    pub fn owns(self, extent: Extent) -> bool {
        match extent {
            Extent::Node | Extent::Wide | Extent::Words(_) | Extent::LinkEnd => self == Self::Nodes,
            Extent::Groups(level) => self == Self::Groups(level),
            Extent::Swarm(_) | Extent::Table(_) => false,
        }
    }
}

/// One 32-bit quantity of every node or link end.
#[derive(Clone, Debug)]
pub struct Column {
    /// Whose it is and what it is, as in `consensus.belief`: its identity, see [`Column::number`].
    pub name: &'static str,
    /// One word for each of what.
    pub extent: Extent,
    /// Whether a tick's old and new values are both held, because a step reads the neighbours' and writes its own.
    pub doubled: bool,
    /// Whether it is a node's nature and not its knowledge, so that even a node that forgets keeps it.
    pub fixed: bool,
}

impl Column {
    /// What stands for the column in the fingerprint: a hash of its name, so that another column, or another order of columns,
    /// changes nothing of what this one adds.
    #[must_use]
    pub const fn number(&self) -> u32 {
        hash_name(self.name)
    }

    /// Whether it is part of the state that the fingerprint identifies.
    #[must_use]
    pub const fn is_state(&self) -> bool {
        !matches!(self.extent, Extent::Table(_))
    }

    /// Whether a person means it by this name: the whole, or what stands behind the last point.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        is_called(self.name, name)
    }
}

/// Whether a person means the column `whole` by `name`.
pub(crate) fn is_called(whole: &str, name: &str) -> bool {
    whole == name || whole.rsplit('.').next() == Some(name)
}

/// When each node did what the rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Noted {
    /// A word a node: 1 + the tick in which it did, 0 if it has not done it since tick 0.
    pub column: ColumnId,
    /// What it did, as in "rounds to decide".
    pub verb: &'static str,
}

/// What a step does with a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reads it anywhere.
    Read,
    /// Writes the new value at its own index; after the step the new values are the current ones.
    Next,
    /// Reads and writes it at its own index.
    Update,
    /// Adds to any of its words, or takes the greater, the lesser, the `or` or the `and`, atomically and never looking at what
    /// a word holds: the order in which nodes do it does not matter. One of these a word: two of them do not commute. Only for
    /// columns of [`Extent::Swarm`].
    Fold,
}

impl Access {
    /// Whether the step writes at its own index.
    #[must_use]
    pub fn writes_own(self) -> bool {
        matches!(self, Self::Next | Self::Update)
    }
}

/// A column in a step's binding slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The binding's number in the shader's group 2.
    pub slot: u32,
    /// Which column.
    pub column: ColumnId,
    /// What the step does with it.
    pub access: Access,
}

impl Binding {
    /// The column in a slot.
    #[must_use]
    pub fn new(slot: u32, column: ColumnId, access: Access) -> Self {
        Self { slot, column, access }
    }
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
    /// Stop when all of these hold, if there are any.
    pub stop: Vec<Condition>,
    /// The last tick in which something changes by itself, besides the events of the faults: a signal, an arrival.
    pub last_change: Option<u32>,
    /// What a swarm of cells that work knows besides.
    pub work: Option<WorkPlan>,
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

    /// All that a measurement goes through the nodes for: the parts' gauges, and last what is counted once for the swarm, where that
    /// is not known without looking.
    #[must_use]
    pub fn measured(&self) -> Vec<Arc<dyn Gauge>> {
        let mut all = self.gauges.clone();
        all.extend(GroundGauge::of(self).map(|ground| Arc::new(ground) as Arc<dyn Gauge>));
        all
    }

    /// The column that a person means who asks what the nodes hold: the first gauge's first.
    #[must_use]
    pub fn main(&self) -> ColumnId {
        self.gauges.first().map_or_else(ColumnId::default, |gauge| gauge.main())
    }

    /// The number of nodes.
    #[must_use]
    pub fn nodes(&self) -> u32 {
        self.topology.nodes()
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
    /// happened in the last; because it is the end.
    #[must_use]
    pub fn reason(&self, tick: u32) -> Option<Reason> {
        let is_beside = |faults: &Faults| faults.is_beside_event(tick, self.ticks);
        if tick.is_multiple_of(self.every.max(1)) {
            Some(Reason::Every)
        } else if self.faults.as_ref().is_some_and(is_beside) {
            Some(Reason::Event)
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
