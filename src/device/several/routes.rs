//! Which words go from which device to which: what is up to date where, and what a step needs besides.

use super::Nodes;
use super::columns::{is_of_nodes, pieces};
use super::halo::Halos;
use crate::column::{Access, Binding, ColumnId, Reach, Space};
use crate::gauge::Gauge;
use crate::plan::Plan;
use crate::step::Step;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// What is brought of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Move {
    /// To each place the words of the nodes that its own are linked to.
    Halo,
    /// To each place all words of the others.
    Everywhere,
    /// To the first place all words of the others.
    ToFirst,
    /// To each place the whole column as the first has it.
    FromFirst,
}

/// Words of a column that go from one device to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Route {
    pub from: usize,
    pub to: usize,
    pub words: Vec<Range<u64>>,
}

impl Route {
    pub fn count(&self) -> u64 {
        self.words.iter().map(|words| words.end - words.start).sum()
    }
}

/// Where the words of a column are up to date: on every device those of its own range, and besides…
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fresh {
    /// … none.
    Own,
    /// … those of its halo.
    Halo,
    /// … all.
    Everywhere,
}

/// The routes between places, worked out when they are first asked for.
#[derive(Debug)]
pub(super) struct Routes {
    places: Vec<Nodes>,
    halos: Halos,
    known: HashMap<(ColumnId, Move), Arc<Vec<Route>>>,
}

impl Routes {
    /// Of one place alone, only what comes to it and goes from it.
    pub fn new(plan: &Plan, places: Vec<Nodes>, only: Option<usize>) -> Self {
        // Where nodes come and go, links are those of no fixed neighbours: see `Book`.
        let halos = match walks(plan) && places.len() > 1 && plan.kinship.is_none() {
            true => super::halo::halos(&*plan.topology, &places, only),
            false => Halos::new(),
        };
        Self {
            places,
            halos,
            known: HashMap::new(),
        }
    }

    /// How many devices there are.
    pub fn count(&self) -> usize {
        self.places.len()
    }

    /// The nodes whose words a place may look at where steps reach along links: its own, and its halo.
    pub fn near(&self, at: usize) -> Nodes {
        let halo = self.halos.get(at).into_iter().flatten().flatten();
        let mut all: Nodes = self.places[at].iter().chain(halo).cloned().collect();
        all.sort_by_key(|range| range.start);
        all
    }

    /// With these halos in the place of those one link deep.
    pub fn with_halos(mut self, halos: Halos) -> Self {
        self.halos = halos;
        self
    }

    pub fn of(&mut self, plan: &Plan, column: ColumnId, what: Move) -> Arc<Vec<Route>> {
        let (places, halos) = (&self.places, &self.halos);
        let find = || Arc::new(routes(plan, places, halos, (column, what)));
        Arc::clone(self.known.entry((column, what)).or_insert_with(find))
    }
}

/// Whether a step or a gauge looks at nodes that its own are linked to.
pub(super) fn walks(plan: &Plan) -> bool {
    let is_near = |step: &dyn Step| {
        let mut bindings = step.bindings().into_iter();
        bindings.any(|binding| binding.reach == Reach::Links) || step.hears()
    };
    let gauges = plan.measured();
    let mut gauges = gauges.iter();
    plan.steps.iter().any(|step| is_near(&**step)) || gauges.any(|gauge| gauge.reach() == Reach::Links)
}

fn routes(plan: &Plan, places: &[Nodes], halos: &Halos, (column, what): (ColumnId, Move)) -> Vec<Route> {
    let parts = places.len();
    let of = |from: usize, to: usize| -> Vec<Range<u64>> {
        match what {
            Move::Halo => {
                let near = halos.get(to).and_then(|halos| halos.get(from));
                let stretches = near.into_iter().flatten();
                stretches.flat_map(|nodes| plan.pieces(column, nodes)).collect()
            }
            Move::Everywhere => pieces(plan, column, &places[from]),
            Move::ToFirst if to == 0 => pieces(plan, column, &places[from]),
            Move::FromFirst if from == 0 => std::iter::once(0..plan.words(column)).collect(),
            Move::ToFirst | Move::FromFirst => Vec::new(),
        }
    };
    let pairs = (0..parts).flat_map(|from| (0..parts).map(move |to| (from, to)));
    let all = pairs.filter(|(from, to)| from != to).map(|(from, to)| Route {
        from,
        to,
        words: of(from, to),
    });
    all.filter(|route| route.count() > 0).collect()
}

/// What is up to date where. It depends on nothing but the steps that have run, so that everybody who counts along knows.
#[derive(Clone, Debug)]
pub(super) struct Book {
    fresh: Vec<Fresh>,
    /// Which columns the first device has whole, since nobody has written them after they were put together.
    is_whole: Vec<bool>,
}

/// How far a step or a gauge looks beyond a range.
fn needed(plan: &Plan, reach: Reach) -> Fresh {
    match reach {
        Reach::Own => Fresh::Own,
        // Who is linked to whom may be otherwise in the next tick.
        Reach::Links if plan.kinship.is_some() => Fresh::Everywhere,
        Reach::Links => Fresh::Halo,
        Reach::Anywhere => Fresh::Everywhere,
    }
}

/// How far a step reads the nodes' status, where it asks who hears whom: as far as it reads anything.
fn status_reach(step: &dyn Step) -> Reach {
    let bindings = step.bindings();
    let mut reads = bindings.iter().filter(|binding| binding.access == Access::Read);
    if reads.any(|binding| binding.reach == Reach::Anywhere) || !step.reads_links() {
        Reach::Anywhere
    } else {
        Reach::Links
    }
}

/// Whether all devices do a step over groups alike, since nothing that it reads or writes is of nodes.
pub(super) fn is_for_all(plan: &Plan, step: &dyn Step) -> bool {
    let of_nodes = |binding: &Binding| is_of_nodes(plan.columns[binding.column.0].extent);
    step.space() != Space::Nodes && !step.bindings().iter().any(of_nodes)
}

impl Book {
    /// All is up to date everywhere.
    pub fn new(plan: &Plan) -> Self {
        Self {
            fresh: vec![Fresh::Everywhere; plan.columns.len()],
            is_whole: vec![true; plan.columns.len()],
        }
    }

    /// A column of nodes is up to date only that far.
    pub fn put(&mut self, column: ColumnId, fresh: Fresh) {
        self.fresh[column.0] = fresh;
        self.is_whole[column.0] = fresh == Fresh::Everywhere;
    }

    /// A column is up to date no farther than that: some of its words have been written there and not elsewhere.
    pub fn cut_back(&mut self, column: ColumnId, farthest: Fresh) {
        self.fresh[column.0] = self.fresh[column.0].min(farthest);
        self.is_whole[column.0] &= farthest == Fresh::Everywhere;
    }

    fn refresh(&mut self, plan: &Plan, column: ColumnId, needed: Fresh, moves: &mut Vec<(ColumnId, Move)>) {
        if self.fresh[column.0] >= needed || !is_of_nodes(plan.columns[column.0].extent) {
            return;
        }
        let what = match needed {
            Fresh::Own => return,
            Fresh::Halo => Move::Halo,
            Fresh::Everywhere => Move::Everywhere,
        };
        self.fresh[column.0] = needed;
        self.is_whole[column.0] |= needed == Fresh::Everywhere;
        moves.push((column, what));
    }

    /// What has to be brought before a step.
    pub fn before(&mut self, plan: &Plan, step: &dyn Step) -> Vec<(ColumnId, Move)> {
        let mut moves = Vec::new();
        if is_for_all(plan, step) {
            return moves;
        }
        let bindings = step.bindings();
        if step.space() != Space::Nodes {
            for binding in &bindings {
                let column = binding.column;
                if !self.is_whole[column.0] && is_of_nodes(plan.columns[column.0].extent) {
                    self.is_whole[column.0] = true;
                    moves.push((column, Move::ToFirst));
                }
            }
            return moves;
        }
        let reads = || bindings.iter().filter(|binding| binding.access == Access::Read);
        for binding in reads() {
            self.refresh(plan, binding.column, needed(plan, binding.reach), &mut moves);
        }
        if let Some(faults) = plan.faults.as_ref().filter(|_| step.hears()) {
            self.refresh(plan, faults.status, needed(plan, status_reach(step)), &mut moves);
        }
        // Links follow from who is whose child, which anybody's may be.
        let looks = step.reads_links() || step.hears() || reads().any(|binding| binding.reach != Reach::Own);
        if let Some(kin) = plan.kinship.filter(|_| looks && !plan.changes_links(step)) {
            self.refresh(plan, kin.parents, Fresh::Everywhere, &mut moves);
            self.refresh(plan, kin.families, Fresh::Everywhere, &mut moves);
        }
        moves
    }

    /// What has to be brought after a step; of folds, see `columns::fold`.
    pub fn after(&mut self, plan: &Plan, step: &dyn Step) -> Vec<(ColumnId, Move)> {
        let bindings = step.bindings();
        let writes = bindings.iter().filter(|binding| binding.access != Access::Read);
        if is_for_all(plan, step) {
            return Vec::new();
        }
        if step.space() != Space::Nodes {
            writes
                .clone()
                .for_each(|binding| self.put(binding.column, Fresh::Everywhere));
            return writes.map(|binding| (binding.column, Move::FromFirst)).collect();
        }
        for binding in writes.filter(|binding| binding.access.writes_own()) {
            self.put(binding.column, Fresh::Own);
        }
        Vec::new()
    }

    /// What has to be brought before a gauge goes through the nodes.
    pub fn for_gauge(&mut self, plan: &Plan, gauge: &dyn Gauge) -> Vec<(ColumnId, Move)> {
        let mut moves = Vec::new();
        let needed = needed(plan, gauge.reach());
        for (_, column) in gauge.columns() {
            self.refresh(plan, column, needed, &mut moves);
        }
        if let Some(faults) = &plan.faults {
            self.refresh(plan, faults.status, needed, &mut moves);
        }
        if let Some(kin) = plan.kinship.filter(|_| gauge.reach() != Reach::Own) {
            self.refresh(plan, kin.parents, Fresh::Everywhere, &mut moves);
            self.refresh(plan, kin.families, Fresh::Everywhere, &mut moves);
        }
        moves
    }

    /// How far each column is ever looked at, by steps and gauges, beyond a range.
    pub fn farthest(plan: &Plan) -> Vec<Fresh> {
        let mut all = vec![Fresh::Own; plan.columns.len()];
        let mut note = |moves: Vec<(ColumnId, Move)>| {
            for (column, what) in moves {
                let fresh = match what {
                    Move::Halo => Fresh::Halo,
                    Move::Everywhere => Fresh::Everywhere,
                    // The first one's alone.
                    Move::ToFirst | Move::FromFirst => Fresh::Own,
                };
                all[column.0] = all[column.0].max(fresh);
            }
        };
        let nowhere = || {
            let mut book = Self::new(plan);
            (0..plan.columns.len()).for_each(|column| book.put(ColumnId(column), Fresh::Own));
            book
        };
        plan.steps.iter().for_each(|step| note(nowhere().before(plan, &**step)));
        let gauges = plan.measured();
        gauges
            .iter()
            .for_each(|gauge| note(nowhere().for_gauge(plan, &**gauge)));
        all
    }
}

/// The columns that a step folds into, each once.
pub(super) fn folded(step: &dyn Step) -> Vec<ColumnId> {
    let mut all: Vec<ColumnId> = Vec::new();
    for binding in step.bindings().iter().filter(|binding| binding.access == Access::Fold) {
        if !all.contains(&binding.column) {
            all.push(binding.column);
        }
    }
    all
}
