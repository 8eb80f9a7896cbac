//! A range of a swarm on the GPU, where several devices run it together.

use super::context::Context;
use super::execution::{GpuExecution, Pass};
use crate::column::ColumnId;
use crate::device::Execution;
use crate::error::Error;
use crate::gauge::{Fingerprint, Tallies};
use std::any::Any;
use std::ops::Range;
use std::sync::Arc;
use wgpu::Buffer;

/// Stretches whose fingerprints are one submission; fewer than a submission has clocks.
const STRETCHES: usize = 1024;

impl GpuExecution {
    /// Runs a step of the current tick for some of what it runs over; `is_last` says whether it is done with that.
    pub(super) fn run_range(&mut self, step: usize, items: Range<u32>, is_last: bool) -> Result<(), Error> {
        if items.is_empty() {
            if is_last {
                self.flip(step);
            }
            return Ok(());
        }
        self.context.queue.write_buffer(&self.control, 0, &[0; 16]);
        let (tick, now) = (self.tick, self.plan.now(self.tick));
        self.lanes[0].clear();
        let mut encoder = self.context.device.create_command_encoder(&Default::default());
        {
            let mut recorder = encoder.begin_compute_pass(&Default::default());
            let offset = self.lanes[0].range(tick, items.clone(), now);
            self.record_step(&mut recorder, step, 0, (tick, items), offset);
        }
        if !is_last {
            // Twice is back.
            self.flip(step);
        }
        let index = self.lanes[0].submit(&self.context, encoder);
        // Whoever reads what it writes comes after it in the queue. Only the step before has to be done, so that not many are under way.
        match self.under_way.replace(index) {
            Some(before) => self.context.wait(before),
            None => self.context.check(),
        }
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
            let count = (range.end.saturating_sub(range.start) as usize).min(words.len());
            let (mut some, rest) = words.split_at(count);
            for place in self.places(column, std::slice::from_ref(range))? {
                let count = ((place.end - place.start) as usize).min(some.len());
                let (own, after) = some.split_at(count);
                self.context
                    .upload_at(self.columns[column.0].current(), place.start, own)?;
                some = after;
            }
            words = rest;
        }
        Ok(())
    }

    /// Where stretches of the words of a column are in its buffer.
    pub(super) fn places(&self, column: ColumnId, ranges: &[Range<u64>]) -> Result<Vec<Range<u64>>, Error> {
        let Some(held) = &self.held else {
            return Ok(ranges.to_vec());
        };
        let mut all = Vec::new();
        for range in ranges {
            all.extend(held.places(column, range).ok_or_else(|| {
                let name = self.plan.columns[column.0].name;
                self.context.failed(format!(
                    "it holds the words of a range of nodes, and not all of {} to {} of the column {name}",
                    range.start, range.end
                ))
            })?);
        }
        Ok(all)
    }

    /// Copies stretches of a column's current words from another part of the swarm, if that is on the same device.
    pub(super) fn take_ranges(
        &mut self,
        column: ColumnId,
        ranges: &[Range<u64>],
        from: &dyn Execution,
    ) -> Result<bool, Error> {
        let from = from.as_any().and_then(<dyn Any>::downcast_ref::<Self>);
        let Some(from) = from.filter(|from| Arc::ptr_eq(&from.context, &self.context)) else {
            return Ok(false);
        };
        if !self.plan.is_written(column) {
            (self.constant, self.constant_range) = (None, None);
        }
        let mut encoder = self.context.device.create_command_encoder(&Default::default());
        let [source, target] = [from, &*self].map(|part| part.columns[column.0].current());
        for range in ranges {
            let range = std::slice::from_ref(range);
            let (mut theirs, mut own) = (
                from.places(column, range)?.into_iter(),
                self.places(column, range)?.into_iter(),
            );
            let (mut a, mut b) = (0..0, 0..0);
            loop {
                if a.is_empty() {
                    let Some(next) = theirs.next() else { break };
                    a = next;
                }
                if b.is_empty() {
                    let Some(next) = own.next() else { break };
                    b = next;
                }
                let words = (a.end - a.start).min(b.end - b.start);
                encoder.copy_buffer_to_buffer(source, 4 * a.start, target, 4 * b.start, 4 * words);
                (a.start, b.start) = (a.start + words, b.start + words);
            }
        }
        self.context.submit(encoder.finish());
        self.context.check()?;
        Ok(true)
    }

    /// Refuses what goes through all nodes where not those of all are held.
    pub(super) fn check_whole(&self) -> Result<(), Error> {
        match &self.held {
            Some(_) => Err(self
                .context
                .failed("it holds the words of a range of nodes, and was asked about all")),
            None => Ok(()),
        }
    }
}

/// Fills a buffer with some stretches of the words of a column, one after the other.
pub(super) fn upload(context: &Context, buffer: &Buffer, words: &[u32], pieces: &[Range<u64>]) -> Result<(), Error> {
    let mut at = 0;
    for piece in pieces {
        context.upload_at(buffer, at, &words[piece.start as usize..piece.end as usize])?;
        at += piece.end - piece.start;
    }
    Ok(())
}
