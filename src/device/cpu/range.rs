//! A range of a swarm on the CPU, where several devices run it together.

use super::execution::CpuExecution;
use crate::column::ColumnId;
use crate::device::Patience;
use crate::gauge::{Fingerprint, Tallies};
use std::ops::Range;

impl CpuExecution {
    /// Runs a step of the current tick for some of what it runs over; `is_last` says whether it is done with that.
    pub(super) fn run_ranges(&mut self, step: usize, ranges: &[Range<u32>], is_last: bool) {
        self.look();
        let who = (&*self.workers, &self.scratches);
        let what = (&self.plan, &*self.plan.steps[step], self.tick);
        let ranges = ranges.iter().map(|range| range.start as usize..range.end as usize);
        let ranges: Vec<Range<usize>> = ranges.collect();
        let meanwhile = (&Patience::without_end(), self.places.as_ref());
        self.prepared[step].run_ranges(what, &mut self.columns, who, meanwhile, (&ranges, is_last));
        if is_last {
            self.have_moved(step, false);
        }
    }

    /// Stretches of a column, one after the other.
    pub(super) fn words_of(&self, column: usize, ranges: &[Range<u64>]) -> Vec<u32> {
        let words = &self.columns[column].current;
        // No more than there are in memory.
        let count: u64 = ranges.iter().map(|range| range.end.saturating_sub(range.start)).sum();
        let mut all = Vec::with_capacity(usize::try_from(count).unwrap_or(0).min(words.len()));
        for range in ranges {
            let [start, end] = [range.start, range.end].map(|at| usize::try_from(at).unwrap_or(usize::MAX));
            all.extend_from_slice(words.get(start..end.min(words.len())).unwrap_or_default());
        }
        all
    }

    /// The fingerprint of the words that some nodes have in a column.
    pub(super) fn print_of(&self, column: usize, nodes: &Range<u32>) -> Fingerprint {
        if let Some(kin) = self.plan.kinship
            && let Some(lanes) = self.plan.columns[column].extent.lanes()
        {
            return self.fingerprint_of_living(column, lanes, &self.columns[kin.parents.0].current, nodes);
        }
        let all = self.plan.pieces(ColumnId(column), nodes).into_iter();
        // A column that is held has no more words than memory.
        all.map(|words| self.fingerprint_of(column, words.start as usize..words.end as usize))
            .fold(Fingerprint::default(), Fingerprint::plus)
    }

    /// What the gauges make of some nodes, and the fingerprint of their words.
    pub(super) fn tallies_of(&mut self, nodes: &Range<u32>) -> Tallies {
        let mut tallies = self.gauged(nodes);
        let prints = |of: &[usize]| {
            let all = of.iter().map(|&column| self.print_of(column, nodes));
            all.fold(Fingerprint::default(), Fingerprint::plus)
        };
        let changing = prints(&self.changing);
        let constant = match &self.constant_range {
            Some((known, print)) if known == nodes => *print,
            _ => prints(&self.constant),
        };
        self.constant_range = Some((nodes.clone(), constant));
        tallies.fingerprint = changing.plus(constant);
        tallies
    }
}
