//! The ordered steps of a tick, as plain data: what is built from a scenario before any device is touched, and what a
//! device executes without knowing of scenarios.

use crate::error::Error;
use crate::fault::{Faults, Now};
use crate::measure::{Gauge, Reason};
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
    /// So many for the whole swarm, whatever the number of nodes: what all nodes count together. Never doubled.
    Swarm(u32),
    /// So many that no step writes: what the plan says and a device must know. They are no state, and not of the fingerprint.
    Table(u32),
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
    /// What a measurement reads.
    pub gauge: Arc<dyn Gauge>,
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
    /// Stop when the spread is at most this.
    pub stop_spread: Option<u32>,
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

    /// The number of nodes.
    #[must_use]
    pub fn nodes(&self) -> u32 {
        self.topology.nodes()
    }

    /// The words of one copy of a column.
    #[must_use]
    pub fn words(&self, column: ColumnId) -> u64 {
        match self.columns[column.0].extent {
            Extent::Node => u64::from(self.nodes()),
            Extent::Wide => 2 * u64::from(self.nodes()),
            Extent::Words(words) => u64::from(words) * u64::from(self.nodes()),
            Extent::LinkEnd => self.topology.link_ends(),
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

    /// Whether each column has a name that says whose it is, and that is its own: by the name the fingerprint tells columns apart.
    fn check_names(&self) -> Result<(), Error> {
        for (at, column) in self.columns.iter().enumerate() {
            let name = column.name;
            if name.split('.').count() < 2 || name.split('.').any(str::is_empty) {
                return Err(Error::invalid(
                    format!("column '{name}'"),
                    "does not say whose it is; a name is as in consensus.belief",
                ));
            }
            let before = &self.columns[..at];
            if let Some(other) = before.iter().find(|other| other.number() == column.number()) {
                let message = if other.name == name {
                    "is there twice; give each column a name of its own".to_owned()
                } else {
                    format!(
                        "has the number {:08x} in the fingerprint, as '{}' has; rename one of the two",
                        column.number(),
                        other.name
                    )
                };
                return Err(Error::invalid(format!("column '{name}'"), message));
            }
        }
        Ok(())
    }

    /// Whether columns can be told apart, and what the steps and the gauge do with columns of the whole swarm can be done: what
    /// devices ask before they take a swarm in.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the step or the gauge, and the column.
    pub fn check(&self) -> Result<(), Error> {
        self.check_names()?;
        let is_swarm = |column: &Column| matches!(column.extent, Extent::Swarm(_));
        let is_table = |column: &Column| matches!(column.extent, Extent::Table(_));
        let doubled = self
            .columns
            .iter()
            .find(|column| column.doubled && (is_swarm(column) || is_table(column)));
        if let Some(column) = doubled {
            return Err(Error::invalid(
                format!("column '{}'", column.name),
                "is of the whole swarm and doubled; such a column has one copy, which steps fold into",
            ));
        }
        for step in &self.steps {
            let bindings = step.bindings();
            for binding in &bindings {
                let column = &self.columns[binding.column.0];
                let problem = match binding.access {
                    access if access != Access::Read && is_table(column) => {
                        "which is a table that no step writes: read it"
                    }
                    Access::Next | Access::Update if is_swarm(column) => {
                        "at each node's own index, but it is of the whole swarm: fold into it"
                    }
                    Access::Fold if !is_swarm(column) => {
                        "in any order, but nodes or links have words of their own in it: write it as the next, or update it"
                    }
                    Access::Fold if bindings.iter().filter(|b| b.column == binding.column).count() > 1 => {
                        "in any order, and binds it a second time: leave the other binding out"
                    }
                    _ => continue,
                };
                return Err(Error::invalid(
                    format!("step '{}'", step.name()),
                    format!("writes the column '{}' {problem}", column.name),
                ));
            }
        }
        let records = self.gauge.records();
        match records
            .iter()
            .map(|record| &self.columns[record.0])
            .find(|column| !is_swarm(column))
        {
            Some(column) => Err(Error::invalid(
                "the gauge",
                format!(
                    "records the column '{}', of which nodes or links have words of their own; only one of the whole swarm can be",
                    column.name
                ),
            )),
            None => Ok(()),
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
