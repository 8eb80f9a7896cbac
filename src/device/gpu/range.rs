//! A range of a swarm on the GPU, where several devices run it together.

use super::execution::{GpuExecution, Pass};
use crate::column::ColumnId;
use crate::error::Error;
use crate::gauge::{Fingerprint, Tallies};
use std::ops::Range;

/// Stretches whose fingerprints are one submission; fewer than a submission has clocks.
const STRETCHES: usize = 1024;

impl GpuExecution {
    /// Runs a step of the current tick for some of what it runs over.
    pub(super) fn run_range(&mut self, step: usize, items: Range<u32>) -> Result<(), Error> {
        if items.is_empty() {
            self.flip(step);
            return Ok(());
        }
        self.context.queue.write_buffer(&self.control, 0, &[0; 16]);
        let (tick, now) = (self.tick, self.plan.now(self.tick));
        self.alone(|this, recorder| {
            let offset = this.lanes[0].range(tick, items.clone(), now);
            this.record_step(recorder, step, 0, (tick, items.clone()), offset);
        })?;
        Ok(())
    }

    /// What the gauges make of some nodes, and the fingerprint of their words.
    pub(super) fn tallies_of(&mut self, nodes: Range<u32>) -> Result<Tallies, Error> {
        self.context.queue.write_buffer(&self.control, 0, &[0; 16]);
        let (tick, now) = (self.tick, self.plan.now(self.tick.saturating_sub(1)));
        let rows = self.alone(|this, recorder| {
            let offset = this.lanes[0].measurement(tick, nodes.clone(), now, false);
            this.record_row(recorder, 0, offset, 0..0);
        })?;
        let first = rows.into_iter().next();
        let (_, mut tallies, _) = first.ok_or_else(|| self.context.failed("a measurement did not come back"))?;
        let (changing, constant): (Vec<usize>, Vec<usize>) = (0..self.plan.columns.len())
            .filter(|&column| self.plan.columns[column].is_state())
            .partition(|&column| self.plan.is_written(ColumnId(column)));
        let constant = match &self.constant_range {
            Some((known, print)) if *known == nodes => *print,
            _ => {
                let print = self.prints_of(&constant, &nodes)?;
                self.constant_range = Some((nodes.clone(), print));
                print
            }
        };
        tallies.fingerprint = self.prints_of(&changing, &nodes)?.plus(constant);
        Ok(tallies)
    }

    /// The fingerprint of the words that some nodes have in columns.
    pub(super) fn prints_of(&mut self, columns: &[usize], nodes: &Range<u32>) -> Result<Fingerprint, Error> {
        let stretches = |&column: &usize| {
            let all = self.plan.pieces(ColumnId(column), nodes).into_iter();
            all.map(move |words| (column, words))
        };
        let all: Vec<(usize, Range<u64>)> = columns.iter().flat_map(stretches).collect();
        let mut sum = Fingerprint::default();
        for some in all.chunks(STRETCHES) {
            let some = self.added(|this, recorder| {
                for (column, words) in some.iter().filter(|(_, words)| !words.is_empty()) {
                    let batch = this.programs.batches.of_column(*column);
                    let offset = this.lanes[0].fingerprint_of(&this.plan, *column, words);
                    this.record(recorder, Pass::Prints(batch), 0, offset);
                }
            })?;
            sum = sum.plus(some);
        }
        Ok(sum)
    }

    /// Overwrites stretches of a column's current words, with words that follow each other.
    pub(super) fn put_ranges(
        &mut self,
        column: ColumnId,
        ranges: &[Range<u64>],
        mut words: &[u32],
    ) -> Result<(), Error> {
        self.stir();
        if !self.plan.is_written(column) {
            (self.constant, self.constant_range) = (None, None);
        }
        for range in ranges {
            let count = ((range.end - range.start) as usize).min(words.len());
            let (some, rest) = words.split_at(count);
            self.context
                .upload_at(self.columns[column.0].current(), range.start, some)?;
            words = rest;
        }
        Ok(())
    }
}
