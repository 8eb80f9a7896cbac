//! A step with all that the plan alone says of it, worked out once: which columns it takes, and how they are cut into blocks.

use super::places::Places;
use super::scratches::Scratches;
use super::store::Stored;
use super::survey::Survey;
use super::workers::Workers;
use super::{GROUPS, block};
use crate::column::{Access, Binding, Extent, Space};
use crate::device::Patience;
use crate::hear::Traffic;
use crate::plan::Plan;
use crate::step::{Outputs, Step, View};
use crate::timing::Schedule;
use crate::topology::{Living, Rows, Topology};
use crate::words::Words;
use std::ops::Range;
use std::sync::atomic::AtomicU32;

/// A column that a step writes at its own index.
#[derive(Debug)]
struct Written {
    column: usize,
    is_next: bool,
    /// Lanes with a word for each of what the step runs over.
    lanes: usize,
    /// Whether one of stored link ends follows.
    has_stored: bool,
}

impl Written {
    fn of(plan: &Plan, binding: &Binding) -> Self {
        let extent = plan.columns[binding.column.0].extent;
        let lanes = match extent {
            Extent::Node | Extent::Groups(_) => 1,
            Extent::Wide => 2,
            Extent::Words(words) => words as usize,
            Extent::LinkEnd => plan.topology.slots() as usize,
            // Of these nothing has a part of its own.
            Extent::Swarm(_) | Extent::Table(_) => 0,
        };
        Self {
            column: binding.column.0,
            is_next: binding.access == Access::Next,
            lanes,
            has_stored: extent == Extent::LinkEnd && plan.topology.rows().is_some(),
        }
    }

    /// Where the step writes.
    fn words<'a>(&self, columns: &'a mut [Stored]) -> &'a mut Words {
        let column = &mut columns[self.column];
        if self.is_next {
            &mut column.next
        } else {
            &mut column.current
        }
    }
}

/// What of a plan's step does not change from tick to tick.
#[derive(Debug)]
pub(super) struct Prepared {
    reads: Vec<usize>,
    written: Vec<Written>,
    folded: Vec<usize>,
    /// The column of the nodes' status, if it asks who hears whom.
    status: Option<usize>,
    /// The columns that say who is whose child, where nodes come and go and it does not change that.
    kinship: Option<[usize; 2]>,
    /// Whether it runs over nodes and does nothing where nobody is, where nodes come and go.
    leaves_out: bool,
    /// Whether it changes who is there.
    pub moves: bool,
    /// Whether it last left out all places at rest, and so changed nothing there.
    pub has_rested: bool,
    space: Space,
    schedule: Schedule,
    /// How many there are of what it runs over, and how many of them a block has.
    items: usize,
    block: usize,
    /// What it writes and folds into while it runs, taken out of the columns so that the rest can be shared; empty otherwise.
    taken: Vec<Words>,
    survey: Survey,
    /// The ranges that it runs by; none if that is all as one.
    cuts: Vec<Range<usize>>,
}

/// Words that several threads may fold into while they are lent.
pub(super) fn shared(words: &mut [u32]) -> &[AtomicU32] {
    let (first, len) = (words.as_mut_ptr(), words.len());
    // SAFETY: an `AtomicU32` is as large as a `u32` and, as the assertion below makes sure, aligned alike. The words are borrowed
    // mutably for as long as the atomics live, so nobody reads or writes them otherwise. `AtomicU32::from_mut_slice` of the
    // standard library does the same, but is not stable.
    unsafe { std::slice::from_raw_parts(first.cast::<AtomicU32>(), len) }
}

const _: () = assert!(align_of::<AtomicU32>() == align_of::<u32>() && size_of::<AtomicU32>() == size_of::<u32>());

/// The network with the families that there are, where nodes come and go.
pub(super) fn living<'a>(topology: &'a dyn Topology, kin: [usize; 2], columns: &'a [Stored]) -> Option<Living<'a>> {
    let [parents, families] = kin.map(|column| &*columns[column].current);
    topology.living(parents, families)
}

impl Prepared {
    pub fn new(plan: &Plan, step: &dyn Step) -> Self {
        let bindings = step.bindings();
        let with = |access: Access| {
            let bound = bindings.iter().filter(move |b| b.access == access);
            bound.map(|b| b.column.0).collect()
        };
        let writes = bindings.iter().filter(|b| b.access.writes_own());
        Self {
            reads: with(Access::Read),
            folded: with(Access::Fold),
            written: writes.map(|binding| Written::of(plan, binding)).collect(),
            status: plan
                .faults
                .as_ref()
                .filter(|_| step.hears())
                .map(|faults| faults.status.0),
            kinship: plan
                .kinship
                .filter(|_| !plan.changes_links(step))
                .map(|kin| [kin.parents.0, kin.families.0]),
            leaves_out: plan.kinship.is_some()
                && step.space() == Space::Nodes
                && !plan.changes_links(step)
                && !step.visits_places(),
            moves: plan.changes_links(step),
            has_rested: false,
            space: step.space(),
            schedule: step.schedule().unwrap_or(plan.schedule),
            items: plan.items(step.space()) as usize,
            block: match step.space() {
                Space::Nodes => block(plan),
                Space::Groups(_) => GROUPS,
            }
            .next_multiple_of(step.grain().max(1) as usize),
            taken: Vec::new(),
            survey: Survey::default(),
            cuts: Vec::new(),
        }
    }

    /// How many blocks there are.
    pub fn blocks(&self) -> usize {
        match &*self.cuts {
            [] => self.items.div_ceil(self.block),
            cuts => cuts.iter().map(|range| range.len().div_ceil(self.block)).sum(),
        }
    }

    /// Runs the step, but for what `patience` no longer waits for.
    pub fn run(
        &mut self,
        what: (&Plan, &dyn Step, u32),
        columns: &mut [Stored],
        who: (&Workers, &Scratches),
        (patience, places): (&Patience, Option<&Places>),
    ) {
        let cuts = std::mem::take(&mut self.cuts);
        match cuts.is_empty() {
            true => self.run_ranges(
                what,
                columns,
                who,
                (patience, places),
                (std::slice::from_ref(&(0..self.items)), true),
            ),
            false => self.run_ranges(what, columns, who, (patience, places), (&cuts, true)),
        }
        self.cuts = cuts;
    }

    /// The blocks of some ranges, in order: those in which it has something to do, and those in which it has not; and whether places at
    /// rest are among these.
    fn dealt(
        &self,
        (step, view): (&dyn Step, &View<'_>),
        places: Option<&Places>,
        ranges: &[Range<usize>],
    ) -> (Vec<Range<usize>>, Vec<Range<usize>>, bool) {
        let blocks = |range: &Range<usize>| {
            let (end, firsts) = (range.end, range.clone().step_by(self.block));
            firsts.map(move |first| first..(first + self.block).min(end))
        };
        let rests =
            |places: &&Places| self.leaves_out || places.end_of_unrest().is_some() && step.rests_at_places(view);
        let Some(places) = places.filter(rests) else {
            return (ranges.iter().flat_map(blocks).collect(), Vec::new(), false);
        };
        if let Space::Groups(_) = self.space {
            // Of groups of nodes there are many in a block: those up to the last that is not at rest.
            let end = places.end_of_unrest().and_then(|end| u32::try_from(end).ok());
            let end = end.map_or(usize::MAX, |end| self.space.items(end) as usize);
            let cut = |range: &Range<usize>| range.start..range.end.min(end).max(range.start);
            let (kept, left): (Vec<_>, Vec<_>) = ranges
                .iter()
                .map(|range| (cut(range), cut(range).end..range.end))
                .unzip();
            let of = |ranges: Vec<Range<usize>>| ranges.iter().flat_map(blocks).collect();
            return (of(kept), of(left), true);
        }
        let (kept, left) = ranges.iter().flat_map(blocks).partition(|nodes| match self.leaves_out {
            true => !places.are_empty(nodes.clone()),
            false => !places.are_at_rest(nodes.clone()),
        });
        (kept, left, true)
    }

    /// From now on it runs range by range; together these are all nodes, in order. Steps over something else know none.
    pub fn cut(&mut self, step: &dyn Step, ranges: &[Range<u32>]) {
        if step.space() == Space::Nodes {
            let ranges = ranges.iter().map(|range| range.start as usize..range.end as usize);
            self.cuts = ranges.collect();
        }
    }

    /// Runs it for some of what it runs over, in ranges that follow each other and begin at multiples of its grain; the flag says whether
    /// that was the last of it, so that what it has written anew is the new values.
    pub fn run_ranges(
        &mut self,
        (plan, step, tick): (&Plan, &dyn Step, u32),
        columns: &mut [Stored],
        (workers, scratches): (&Workers, &Scratches),
        (patience, places): (&Patience, Option<&Places>),
        (ranges, is_last): (&[Range<usize>], bool),
    ) {
        let mut taken = std::mem::take(&mut self.taken);
        taken.extend(
            self.written
                .iter()
                .map(|written| std::mem::take(written.words(columns))),
        );
        taken.extend(
            self.folded
                .iter()
                .map(|&column| std::mem::take(&mut columns[column].current)),
        );
        let (written, folded) = taken.split_at_mut(self.written.len());
        let folds: Vec<&[AtomicU32]> = folded.iter_mut().map(|words| shared(words)).collect();
        let reads: Vec<&[u32]> = self.reads.iter().map(|&column| &*columns[column].current).collect();
        let status = self.status.map(|status| &*columns[status].current);
        let living = self.kinship.and_then(|kin| living(&*plan.topology, kin, columns));
        let end = places.and_then(Places::end);
        let living = living.map(|living| end.map_or(living, |end| living.up_to(end)));
        let mut view = View {
            topology: living.as_ref().map_or(&*plan.topology, |living| living),
            traffic: Traffic::new(self.schedule, tick, plan.faults.as_ref().zip(status)),
            tick,
            reads: &reads,
            folds: &folds,
            table: None,
        };
        // Taken out, as the rest of what is prepared is looked at meanwhile.
        let mut survey = std::mem::take(&mut self.survey);
        // Whoever runs only a part of the nodes has not got the words of all of them, and no use for a look at all.
        if ranges.iter().map(Range::len).sum::<usize>() == self.items {
            view.table = survey.make(step, &view, (workers, scratches), patience);
        }
        // Only blocks with something to do are dealt out, so that each thread gets as many of them.
        let (kept, left, has_rested) = self.dealt((step, &view), places, ranges);
        let mut outputs = self.outputs(written, plan.topology.rows(), &kept);
        workers.each(&mut outputs, |k, output| {
            if patience.is_over() {
                return;
            }
            let nodes = &kept[k];
            scratches.lend(|scratch| step.run(&view, nodes.start as u32..nodes.end as u32, output, scratch));
            patience.count();
        });
        drop(outputs);
        if self.written.iter().any(|written| written.is_next) {
            // What is written anew stays as it is for nodes for which the step does nothing.
            let mut outputs = self.outputs(written, plan.topology.rows(), &left);
            workers.each(&mut outputs, |k, output| {
                let nodes = &left[k];
                for (written, lanes) in self.written.iter().zip(output).filter(|(written, _)| written.is_next) {
                    let current = &columns[written.column].current;
                    for (lane, words) in lanes.iter_mut().enumerate() {
                        words.copy_from_slice(&current[lane * self.items..][nodes.clone()]);
                    }
                }
            });
        }
        left.iter().for_each(|_| patience.count());
        let mut back = taken.drain(..);
        for (written, words) in self.written.iter().zip(&mut back) {
            *written.words(columns) = words;
            if written.is_next && is_last {
                let column = &mut columns[written.column];
                std::mem::swap(&mut column.current, &mut column.next);
            }
        }
        for (&column, words) in self.folded.iter().zip(&mut back) {
            columns[column].current = words;
        }
        drop(back);
        self.taken = taken;
        self.survey = survey;
        self.has_rested = has_rested;
    }

    /// Cuts what is written into the lanes of each of some blocks, which are in order.
    fn outputs<'a>(&self, words: &'a mut [Words], rows: Option<Rows<'_>>, blocks: &[Range<usize>]) -> Vec<Outputs<'a>> {
        let room = || Vec::with_capacity(self.written.len());
        let mut outputs: Vec<Outputs<'a>> = blocks.iter().map(|_| room()).collect();
        for (written, words) in self.written.iter().zip(words) {
            let (regular, stored) = words.split_at_mut(written.lanes * self.items);
            for output in &mut outputs {
                output.push(Vec::with_capacity(written.lanes + usize::from(written.has_stored)));
            }
            let mut cut = |lane: &'a mut [u32], part: &dyn Fn(Range<usize>) -> Range<usize>| {
                let (mut rest, mut at) = (lane, 0);
                for (block, output) in blocks.iter().zip(&mut outputs) {
                    let part = part(block.clone());
                    let (own, behind) = std::mem::take(&mut rest)[part.start - at..].split_at_mut(part.len());
                    (rest, at) = (behind, part.end);
                    if let Some(lanes) = output.last_mut() {
                        lanes.push(own);
                    }
                }
            };
            for lane in regular.chunks_mut(self.items.max(1)) {
                cut(lane, &|nodes| nodes);
            }
            if let Some(rows) = rows.filter(|_| written.has_stored) {
                cut(stored, &|nodes| {
                    rows.offsets[nodes.start] as usize..rows.offsets[nodes.end] as usize
                });
            }
        }
        outputs
    }
}
