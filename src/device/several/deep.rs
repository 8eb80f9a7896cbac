//! Halos several ticks deep: words are brought every so many ticks, and what lies between is worked out by everybody who needs it.
//!
//! Steps are gathers, so that whoever knows the words of all nodes within d links can do a step that looks one link far for all nodes within
//! d − 1. Each step that reaches along links takes one link off; when none is left, words are brought anew. What nodes outside a range come
//! to is worked out several times, to the same bits; gauges and fingerprints are of the own nodes alone.

use super::Nodes;
use super::halo::Halos;
use crate::column::{Access, ColumnId, Reach, Space};
use crate::error::Error;
use crate::plan::Plan;
use crate::step::Step;
use crate::topology::Topology;
use std::ops::Range;

/// How words are brought every so many ticks.
#[derive(Debug)]
pub(super) struct Deep {
    /// Every how many ticks.
    pub every: u32,
    /// Of each place, the nodes within so many links: first its own.
    pub levels: Vec<Vec<Nodes>>,
    /// What steps write and others' steps read: what is brought.
    pub columns: Vec<ColumnId>,
    /// Ticks that can be run until words have to be brought.
    pub left: u32,
    /// How many links far what has been written last is right.
    pub level: usize,
    /// The last tick of which a step was run.
    pub tick: Option<u32>,
}

/// Whether a step looks at words of the nodes that are linked to its own.
pub(super) fn looks_along_links(step: &dyn Step) -> bool {
    let reads = |reach| {
        let mut bindings = step.bindings().into_iter();
        bindings.any(|binding| binding.access == Access::Read && binding.reach == reach)
    };
    reads(Reach::Links) || step.hears()
}

/// How many links far a tick looks, or why halos cannot be deep.
fn reach(plan: &Plan) -> Result<usize, String> {
    if plan.kinship.is_some() {
        return Err("nodes come and go, so that links follow from columns".to_owned());
    }
    for step in &plan.steps {
        let name = step.name();
        let bindings = step.bindings();
        if step.space() != Space::Nodes {
            return Err(format!("the step {name} goes over groups of nodes"));
        }
        if bindings.iter().any(|binding| binding.access == Access::Fold) {
            return Err(format!(
                "the step {name} adds up over all nodes, which is needed in every tick"
            ));
        }
        let of_nodes = |column: ColumnId| super::columns::is_of_nodes(plan.columns[column.0].extent);
        let mut reads = bindings.iter().filter(|binding| binding.access == Access::Read);
        if reads.any(|binding| binding.reach == Reach::Anywhere && of_nodes(binding.column)) {
            return Err(format!("the step {name} looks at nodes anywhere"));
        }
        if step.hears() && !step.reads_links() && plan.faults.is_some() {
            return Err(format!("the step {name} asks anywhere who is up"));
        }
        if step.grain() > 1 {
            return Err(format!("the step {name} does {} nodes at once", step.grain()));
        }
    }
    Ok(plan.steps.iter().filter(|step| looks_along_links(&***step)).count())
}

/// The stretches of nodes of which the bit is set.
fn stretches(marks: &[u64], nodes: u32) -> Nodes {
    let mut all: Nodes = Vec::new();
    for (at, &word) in marks.iter().enumerate() {
        let mut rest = word;
        while rest != 0 {
            let low = rest.trailing_zeros();
            let count = (rest >> low).trailing_ones();
            // Nodes have 32-bit numbers.
            let first = at as u32 * 64 + low;
            match all.last_mut().filter(|last| last.end == first) {
                Some(last) => last.end = first + count,
                None => all.push(first..first + count),
            }
            rest = match low + count {
                64 => 0,
                done => rest >> done << done,
            };
        }
    }
    if let Some(last) = all.last_mut() {
        last.end = last.end.min(nodes);
    }
    all
}

/// The nodes within 0, 1 … `depth` links of some.
fn levels(topology: &dyn Topology, own: &Nodes, depth: usize) -> Vec<Nodes> {
    let mut marks = vec![0u64; (topology.nodes() as usize).div_ceil(64)];
    own.iter()
        .cloned()
        .flatten()
        .for_each(|node| marks[node as usize / 64] |= 1 << (node % 64));
    let mut all = vec![own.clone()];
    let mut border: Nodes = own.clone();
    for _ in 0..depth {
        let mut fresh = Vec::new();
        for node in border.iter().cloned().flatten() {
            for slot in 0..topology.slots_of(node) {
                let other = topology.neighbour(node, slot);
                let (word, bit) = (other as usize / 64, 1 << (other % 64));
                if marks[word] & bit == 0 {
                    marks[word] |= bit;
                    fresh.push(other);
                }
            }
        }
        fresh.sort_unstable();
        border = fresh.into_iter().map(|node| node..node + 1).collect();
        all.push(stretches(&marks, topology.nodes()));
    }
    all
}

/// What of some nodes is also of a place.
fn both(some: &Nodes, place: &Nodes) -> Nodes {
    let pairs = some.iter().flat_map(|some| place.iter().map(move |own| (some, own)));
    let common = pairs.map(|(a, b): (&Range<u32>, &Range<u32>)| a.start.max(b.start)..a.end.min(b.end));
    common.filter(|range| !range.is_empty()).collect()
}

impl Deep {
    /// For words that are brought every so many ticks; with them the halos.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming why they cannot.
    pub fn new(plan: &Plan, places: &[Nodes], every: u32) -> Result<(Self, Halos), Error> {
        let refuse = |why: String| {
            let message = format!("is {every}, but words have to be brought in every tick, since {why}; leave it out");
            Err(Error::invalid("--halo", message))
        };
        let reach = match reach(plan) {
            Ok(reach) => reach,
            Err(why) => return refuse(why),
        };
        let depth = reach * every as usize;
        let levels: Vec<Vec<Nodes>> = places.iter().map(|own| levels(&*plan.topology, own, depth)).collect();
        let count = |nodes: &Nodes| nodes.iter().map(|range| range.len() as u64).sum::<u64>();
        let whole = levels
            .iter()
            .position(|levels| levels.last().map(count) == Some(plan.nodes().into()));
        if let Some(at) = whole.filter(|_| places.len() > 1) {
            return refuse(format!(
                "within the {depth} links that {every} ticks look far from the range of number {} are all nodes",
                at + 1
            ));
        }
        let of = |levels: &Vec<Nodes>, to: usize| -> Vec<Nodes> {
            let near = levels.last().cloned().unwrap_or_default();
            let of = |(from, place): (usize, &Nodes)| if from == to { Nodes::new() } else { both(&near, place) };
            places.iter().enumerate().map(of).collect()
        };
        let halos = levels.iter().enumerate().map(|(to, levels)| of(levels, to)).collect();
        let columns = (0..plan.columns.len()).map(ColumnId);
        let is_brought = |column: &ColumnId| {
            let is_of_nodes = super::columns::is_of_nodes(plan.columns[column.0].extent);
            is_of_nodes && plan.is_written(*column) && is_read(plan, *column)
        };
        let deep = Self {
            every,
            levels,
            columns: columns.filter(is_brought).collect(),
            left: 0,
            level: 0,
            tick: None,
        };
        Ok((deep, halos))
    }

    /// Words have been written from outside: they are brought before the next tick.
    pub fn begin_anew(&mut self) {
        (self.left, self.level, self.tick) = (0, 0, None);
    }

    /// Whether words have to be brought before a step of a tick; to be asked once a step.
    pub fn is_due(&mut self, tick: u32) -> bool {
        let is_new = self.tick != Some(tick);
        self.tick = Some(tick);
        if !is_new {
            return false;
        }
        let is_due = self.left == 0;
        if is_due {
            self.left = self.every;
            self.level = self.levels.first().map_or(0, |levels| levels.len() - 1);
        }
        self.left -= 1;
        is_due
    }

    /// The nodes that a place does a step for.
    pub fn nodes(&self, at: usize) -> &Nodes {
        &self.levels[at][self.level]
    }
}

/// Whether a step reads what a column held before, or some of its words, or asks who is up in it.
fn is_read(plan: &Plan, column: ColumnId) -> bool {
    let is_status = plan.faults.as_ref().is_some_and(|faults| faults.status == column);
    is_status
        || plan.steps.iter().any(|step| {
            let mut bindings = step.bindings().into_iter();
            bindings.any(|binding| binding.column == column && matches!(binding.access, Access::Read | Access::Update))
        })
}

#[cfg(test)]
mod tests {
    use super::stretches;

    #[test]
    fn stretches_are_those_of_the_bits() {
        let mut marks = vec![0u64; 3];
        for node in [0u32, 1, 62, 63, 64, 65, 127, 130] {
            marks[node as usize / 64] |= 1 << (node % 64);
        }
        assert_eq!(stretches(&marks, 192), [0..2, 62..66, 127..128, 130..131]);
        assert_eq!(stretches(&[u64::MAX, u64::MAX], 100), std::slice::from_ref(&(0..100)));
    }
}
