//! A swarm in the making: what every part puts its columns, steps, gauges and start words into.
//!
//! Parts are planned one after the other, those first whose columns others read. A step's place in the tick does not depend on that:
//! it is the [`Stage`] that the step was added at.

mod faults;
mod finish;
mod sole;

use crate::column::{Column, ColumnId, Extent, Kinship, is_called};
use crate::error::Error;
use crate::fault::{Faults, FirstWords, MEMBERS};
use crate::gauge::{Asking, Gauge, Talk};
use crate::number::{hash_name, threefry2x32};
use crate::plan::{Facts, Noted};
use crate::shown::Shown;
use crate::step::Stage;
use crate::step::Step;
use crate::topology::Topology;
use crate::words::Words;
use sole::Sole;
use std::any::{Any, TypeId};
use std::fmt::Debug;
use std::path::Path;
use std::sync::Arc;

/// What the parts share.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ground<'a> {
    pub topology: &'a Arc<dyn Topology>,
    pub seed: u32,
    pub ticks: u32,
    /// Where relative file names start.
    pub folder: &'a Path,
    /// How many agents a node has.
    pub agents: u32,
    /// Whether a part makes nodes come and go.
    pub grows: bool,
}

/// Something with its place in the tick: a stage, and there the section that has added it.
type Placed<T> = ((Stage, &'static str), T);

/// A conserved column, and what goes with it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Conserved {
    pub column: ColumnId,
    /// The names of its ledgers.
    names: [&'static str; 2],
    /// The column of what has been added to it from outside.
    pub basis: Option<ColumnId>,
    pub injected: Option<ColumnId>,
    pub destroyed: Option<ColumnId>,
}

impl Conserved {
    /// All of them.
    pub fn columns(&self) -> impl Iterator<Item = ColumnId> + use<> {
        [Some(self.column), self.basis, self.injected, self.destroyed]
            .into_iter()
            .flatten()
    }
}

/// What a part needs to know of the swarm, and what the parts have asked for.
#[derive(Debug)]
pub struct Draft<'a> {
    ground: Ground<'a>,
    faults: Option<(Faults, FirstWords)>,
    /// The columns that say who is up: of nodes, and, where these are cells, of their agents; once anybody has asked.
    status: Option<(ColumnId, Option<ColumnId>)>,
    /// The part that is being planned: its section, and where its steps are if it says nothing else.
    section: &'static str,
    stage: Stage,
    columns: Vec<Column>,
    /// The section that has added each of them.
    owners: Vec<&'static str>,
    steps: Vec<Placed<Box<dyn Step>>>,
    gauges: Vec<Placed<Arc<dyn Gauge>>>,
    shown: Vec<Placed<Shown>>,
    first: Vec<(ColumnId, Words)>,
    /// The parts that have been planned, and those of them that count their messages themselves.
    parts: Vec<&'static str>,
    silent: Vec<&'static str>,
    /// What is sent in a tick, if a part has said.
    talk: Sole<Talk>,
    noted: Sole<Noted>,
    facts: Facts,
    /// Who knows what, by its type.
    known: Vec<(TypeId, &'static str)>,
    last_change: Option<u32>,
    /// The conserved column of the part that is being planned, and those of the parts before.
    conserved: Vec<(Conserved, &'static str)>,
    /// Where nodes come and go: how many places there are, founders included, and who is whose child.
    growth: Sole<(u32, Kinship)>,
}

impl<'a> Draft<'a> {
    pub(crate) fn new(ground: Ground<'a>, faults: Option<(Faults, FirstWords)>) -> Self {
        Self {
            ground,
            faults,
            status: None,
            section: "",
            stage: Stage::Free,
            columns: Vec::new(),
            owners: Vec::new(),
            steps: Vec::new(),
            gauges: Vec::new(),
            shown: Vec::new(),
            first: Vec::new(),
            parts: Vec::new(),
            silent: Vec::new(),
            talk: Sole::new("asks", "who asks whom"),
            noted: Sole::new("note", "when nodes did what"),
            facts: Facts::default(),
            known: Vec::new(),
            last_change: None,
            conserved: Vec::new(),
            growth: Sole::new("grows_to", "how many places there are"),
        }
    }

    /// What is added from now on is once more of a section that has been planned.
    pub(crate) fn resume(&mut self, section: &'static str, stage: Stage) {
        (self.section, self.stage) = (section, stage);
    }

    /// What is added from now on is of a section, and its steps are at a stage if nothing else is said of one.
    pub(crate) fn begin(&mut self, section: &'static str, stage: Stage) {
        (self.section, self.stage) = (section, stage);
        self.parts.push(section);
    }

    /// The network.
    #[must_use]
    pub fn topology(&self) -> &'a dyn Topology {
        &**self.ground.topology
    }

    /// The network, for a gauge that keeps it.
    #[must_use]
    pub fn shared_topology(&self) -> Arc<dyn Topology> {
        Arc::clone(self.ground.topology)
    }

    /// The scenario's seed.
    #[must_use]
    pub fn seed(&self) -> u32 {
        self.ground.seed
    }

    /// What draws depend on that this name stands for, as in `epidemic.infection`: each user of randomness has a name of its own.
    #[must_use]
    pub fn key(&self, name: &str) -> [u32; 2] {
        threefry2x32([self.seed(), hash_name(name)], [0, 0])
    }

    /// For how many ticks the swarm runs at most. No bit of the state may depend on it: it serves to refuse what cannot be done so long.
    #[must_use]
    pub fn ticks(&self) -> u32 {
        self.ground.ticks
    }

    /// Where relative file names start.
    #[must_use]
    pub fn folder(&self) -> &'a Path {
        self.ground.folder
    }

    /// The number of nodes that are there from the start.
    #[must_use]
    pub fn nodes(&self) -> u32 {
        self.ground.topology.nodes()
    }

    /// Whether nodes come and go: then there are more places than nodes are there from the start, see [`Draft::grows_to`].
    #[must_use]
    pub fn grows(&self) -> bool {
        self.ground.grows
    }

    /// Says that nodes come and go in so many places, those that are there from the start included, and which columns say who is
    /// whose child. Only a part that says so by [`Part::grows`](crate::part::Part::grows) can, and one of a swarm.
    pub fn grows_to(&mut self, places: u32, kinship: Kinship) {
        self.growth.put(self.section, (places, kinship));
    }

    /// How many places there are, and who is whose child, once a part has said it.
    #[must_use]
    pub fn growth(&self) -> Option<(u32, Kinship)> {
        self.growth.said()
    }

    /// What is conserved, of all parts: what is bequeathed where nodes go. All of its columns are doubled from now on, since a parent takes
    /// over what its children held.
    pub(crate) fn bequeathed(&mut self) -> Vec<Conserved> {
        let all: Vec<Conserved> = self.conserved.iter().map(|(one, _)| *one).collect();
        for id in all.iter().flat_map(Conserved::columns) {
            if let Some(column) = self.columns.get_mut(id.0) {
                column.doubled = true;
            }
        }
        all
    }

    /// The columns of nodes so far, of all parts and of the faults, each with its words a node.
    pub(crate) fn of_nodes(&self) -> Vec<(ColumnId, u32)> {
        let all = self.columns.iter().enumerate();
        all.filter_map(|(at, column)| Some((ColumnId(at), column.extent.lanes()?)))
            .collect()
    }

    /// Whether nodes are cells of four agents.
    #[must_use]
    pub fn has_cells(&self) -> bool {
        self.ground.agents == MEMBERS
    }

    /// What goes wrong, if anything can.
    #[must_use]
    pub fn faults(&self) -> Option<&Faults> {
        self.faults.as_ref().map(|(faults, _)| faults)
    }

    /// Adds a column. The name says whose it is and what, as in `consensus.belief`, and stands for the column in the fingerprint.
    /// `doubled`: a step reads the neighbours' words and writes its own.
    pub fn column(&mut self, name: &'static str, extent: Extent, doubled: bool) -> ColumnId {
        self.columns.push(Column {
            name,
            extent,
            doubled,
            fixed: false,
        });
        self.owners.push(self.section);
        ColumnId(self.columns.len() - 1)
    }

    /// Says that a column is a node's nature, which it does not forget; or that its part sees to it itself.
    pub fn fix(&mut self, column: ColumnId) {
        if let Some(column) = self.columns.get_mut(column.0) {
            column.fixed = true;
        }
    }

    /// Gives the words at tick 0 of a column that are known already; those that take long to make belong to [`Part::start`](crate::part::Part::start).
    pub fn first(&mut self, column: ColumnId, words: Words) {
        self.first.push((column, words));
    }

    /// Adds a doubled column of beliefs whose sum is conserved. Its name is followed by those of the ledgers that may go with it: what is
    /// taken from liars, and what nodes that come back have forgotten. A part has one.
    pub fn conserved(&mut self, [name, injected, destroyed]: [&'static str; 3]) -> ColumnId {
        let column = self.column(name, Extent::Node, true);
        let conserved = Conserved {
            column,
            names: [injected, destroyed],
            basis: None,
            injected: None,
            destroyed: None,
        };
        self.conserved.push((conserved, self.section));
        column
    }

    /// What goes with the conserved column of the part that is being planned.
    fn ledgers(&mut self) -> Option<&mut Conserved> {
        let section = self.section;
        let mut all = self.conserved.iter_mut();
        all.find(|(_, whose)| *whose == section).map(|(conserved, _)| conserved)
    }

    /// Adds a column of what has been added to the conserved one from outside, so that the difference of the two is what is
    /// conserved, and what a node that forgets both destroys.
    pub fn basis(&mut self, name: &'static str) -> ColumnId {
        let column = self.column(name, Extent::Node, false);
        if let Some(conserved) = self.ledgers() {
            conserved.basis = Some(column);
        }
        column
    }

    /// A column, one word a node, of another part, planned before, or of the faults.
    ///
    /// # Errors
    /// The names of those that there are.
    pub fn foreign(&mut self, name: &str) -> Result<ColumnId, Vec<&'static str>> {
        let faults = self.faults.is_some().then_some(faults::STATUS);
        if faults.is_some_and(|whole| is_called(whole, name)) {
            return Ok(self.status());
        }
        let all = self.columns.iter().zip(&self.owners).enumerate();
        let others: Vec<(usize, &'static str)> = all
            .filter(|(_, (column, whose))| **whose != self.section && column.extent == Extent::Node)
            .map(|(at, (column, _))| (at, column.name))
            .collect();
        let whole = others.iter().find(|(_, known)| *known == name);
        let found = whole.or_else(|| others.iter().find(|(_, known)| is_called(known, name)));
        match found {
            Some(&(at, _)) => Ok(ColumnId(at)),
            None => {
                let known = others.into_iter().map(|(_, known)| known);
                Err(faults
                    .into_iter()
                    .chain(known.filter(|known| *known != faults::STATUS))
                    .collect())
            }
        }
    }

    /// The wide column that adds up, node by node, what is taken from liars; nothing where none lies about what is conserved.
    pub fn injected(&mut self) -> Option<ColumnId> {
        // Where agents of cells lie about work alone, what cells tell each other is true, and there is no such lie.
        let has_liars = self.faults().is_some_and(|faults| faults.lie.is_some());
        let own = *self.ledgers()?;
        if has_liars && own.injected.is_none() {
            let column = self.column(own.names[0], Extent::Wide, false);
            self.ledgers()?.injected = Some(column);
        }
        self.ledgers()?.injected
    }

    /// The wide column that adds up, node by node, what is forgotten; nothing where nothing is. Where nodes come and go, a parent forgets what
    /// it takes over from its children and cannot hold.
    pub fn destroyed(&mut self) -> Option<ColumnId> {
        let forgets = self.grows();
        self.destroyed_if(forgets)
    }

    /// The same of what is far too small to be more than a parent can hold.
    pub(crate) fn destroyed_by_faults(&mut self) -> Option<ColumnId> {
        self.destroyed_if(false)
    }

    fn destroyed_if(&mut self, forgets: bool) -> Option<ColumnId> {
        let forgets = forgets || self.faults().is_some_and(|faults| faults.forgets);
        let own = *self.ledgers()?;
        if forgets && own.destroyed.is_none() {
            let column = self.column(own.names[1], Extent::Wide, false);
            self.ledgers()?.destroyed = Some(column);
        }
        self.ledgers()?.destroyed
    }

    /// Adds a column of link ends. `key` is that of the value that asks for it; `instead` says what does without.
    ///
    /// # Errors
    /// [`Error::Invalid`] if there are more link ends than 32-bit indices, or nodes begin or cease to lie: the two ends of a link with one
    /// liar go different ways.
    pub fn link_ends(&mut self, name: &'static str, key: &str, value: &str, instead: &str) -> Result<ColumnId, Error> {
        let ends = self.ground.topology.link_ends();
        if ends > u64::from(u32::MAX) {
            let message = format!(
                "is {value}, which keeps a word for each of {ends} link ends; at most {} are possible: use {instead}",
                u32::MAX
            );
            return Err(Error::invalid(key, message));
        }
        if self.grows() {
            let message = format!(
                "is {value}, which keeps a word for each link, and with [growth] links come and go: use {instead}"
            );
            return Err(Error::invalid(key, message));
        }
        if self.lies_change() {
            let message = format!(
                "is {value}, which keeps a word at both ends of a link, and events let nodes begin or cease to lie, so that the two part: \
                 use {instead}"
            );
            return Err(Error::invalid(key, message));
        }
        Ok(self.column(name, Extent::LinkEnd, false))
    }

    /// Adds a step at the part's own place in the tick, after those that it has there.
    pub fn step(&mut self, step: impl Step + 'static) {
        self.step_at(self.stage, step);
    }

    /// Adds steps there, in this order, as those of a [scan](crate::scan).
    pub fn steps(&mut self, steps: Vec<Box<dyn Step>>) {
        let place = (self.stage, self.section);
        self.steps.extend(steps.into_iter().map(|step| (place, step)));
    }

    /// Adds a step at another place in the tick.
    pub fn step_at(&mut self, stage: Stage, step: impl Step + 'static) {
        self.steps.push(((stage, self.section), Box::new(step)));
    }

    /// Says how the nodes are read.
    pub fn gauge(&mut self, gauge: impl Gauge + 'static) {
        self.gauges.push(((self.stage, self.section), Arc::new(gauge)));
    }

    /// Says that whoever acts asks others, and does not send over all its links: so that messages are counted. One part of a swarm can.
    pub fn asks(&mut self, asking: impl Asking + 'static) {
        self.talk.put(self.section, Talk::Asks(Arc::new(asking)));
    }

    /// Says that the part counts what it sends itself, or sends nothing.
    pub fn counts_messages(&mut self) {
        self.silent.push(self.section);
    }

    /// Whether some nodes may be down, or lie, at some time.
    #[must_use]
    pub fn has_faults(&self) -> bool {
        self.faults.is_some()
    }

    /// Whether nodes begin or cease to lie.
    #[must_use]
    pub fn lies_change(&self) -> bool {
        self.faults().is_some_and(|faults| faults.lies_change)
    }

    /// Says what of its columns means something to whoever reads the state.
    pub fn show(&mut self, shown: Shown) {
        self.shown.push(((self.stage, self.section), shown));
    }

    /// Says that in this column each node notes 1 + the tick in which it did what `verb` says, 0 if it has not. One part of a swarm can.
    pub fn note(&mut self, column: ColumnId, verb: &'static str) {
        self.noted.put(self.section, Noted { column, verb });
    }

    /// Says that something changes by itself in this tick, so that no stop condition is looked at before it is done. What never ends to
    /// change is not told.
    pub fn changes_in(&mut self, tick: u32) {
        self.last_change = self.last_change.max(Some(tick));
    }

    /// Says what whoever reads results is to know besides, by its type: [`Plan::facts`](crate::plan::Plan::facts). One part of a swarm can
    /// say it of a type.
    pub fn know<T: Any + Debug + Send + Sync>(&mut self, fact: T) {
        self.known.push((TypeId::of::<T>(), self.section));
        self.facts.put(fact);
    }

    /// What a part that was planned before knows, by its type.
    #[must_use]
    pub fn fact<T: Any>(&self) -> Option<&T> {
        self.facts.get()
    }
}
