//! Ticks on the CPU.

use super::store::{Stored, lanes, store};
use super::workers::Workers;
use super::{BLOCK, block};
use crate::device::{Event, Execution, Halt, Memory, Outcome, Patience};
use crate::error::Error;
use crate::measure::{Fingerprint, Measurement, Tally, count, count_talk, largest_component};
use crate::plan::{Access, Binding, ColumnId, Plan};
use crate::step::{Outputs, Scratch, View};
use crate::swarm::Swarm;
use crate::traffic::Traffic;
use crate::words::Words;
use std::ops::{ControlFlow, Range};
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::{Duration, Instant};

/// How often progress is told between measurements.
const TELL: Duration = Duration::from_millis(100);

/// Takes what a step writes out of the store, so that the rest can be shared: what it writes at its own index, and what it
/// folds into, each in binding order.
fn take_out(columns: &mut [Stored], bindings: &[Binding]) -> (Vec<Words>, Vec<Words>) {
    let (mut written, mut folded) = (Vec::new(), Vec::new());
    for binding in bindings {
        let column = &mut columns[binding.column.0];
        match binding.access {
            Access::Read => {}
            Access::Next => written.push(std::mem::take(&mut column.next)),
            Access::Update => written.push(std::mem::take(&mut column.current)),
            Access::Fold => folded.push(std::mem::take(&mut column.current)),
        }
    }
    (written, folded)
}

/// Puts it back; after the step its new values are the current ones.
fn put_back(columns: &mut [Stored], bindings: &[Binding], written: Vec<Words>, folded: Vec<Words>) {
    let (mut written, mut folded) = (written.into_iter(), folded.into_iter());
    for binding in bindings {
        let column = &mut columns[binding.column.0];
        let words = match binding.access {
            Access::Read => continue,
            Access::Next | Access::Update => written.next(),
            Access::Fold => folded.next(),
        };
        // As many were taken out.
        let words = words.unwrap_or_default();
        if binding.access == Access::Next {
            column.next = std::mem::replace(&mut column.current, words);
        } else {
            column.current = words;
        }
    }
}

/// Words that several threads may fold into while they are lent.
fn shared(words: &mut [u32]) -> &[AtomicU32] {
    let (first, len) = (words.as_mut_ptr(), words.len());
    // SAFETY: an `AtomicU32` is as large as a `u32` and, as the assertion below makes sure, aligned alike. The words are borrowed
    // mutably for as long as the atomics live, so nobody reads or writes them otherwise. `AtomicU32::from_mut_slice` of the
    // standard library does the same, but is not stable.
    unsafe { std::slice::from_raw_parts(first.cast::<AtomicU32>(), len) }
}

const _: () = assert!(align_of::<AtomicU32>() == align_of::<u32>() && size_of::<AtomicU32>() == size_of::<u32>());

#[derive(Debug)]
pub(super) struct CpuExecution {
    workers: Arc<Workers>,
    plan: Plan,
    columns: Vec<Stored>,
    tick: u32,
    halt: Halt,
    /// How long the last whole tick took.
    took: Option<Duration>,
    /// A tick was given up.
    is_lost: bool,
}

impl CpuExecution {
    pub fn new(workers: Arc<Workers>, swarm: Swarm, device: &str) -> Result<Self, Error> {
        swarm.check()?;
        let columns = store(&swarm.plan, swarm.initial, device)?;
        Ok(Self {
            workers,
            plan: swarm.plan,
            columns,
            tick: 0,
            halt: Halt::default(),
            took: None,
            is_lost: false,
        })
    }

    /// Runs a step, but for what `patience` no longer waits for.
    fn run_step(&mut self, step: usize, patience: &Patience) {
        let Self {
            workers,
            plan,
            columns,
            tick,
            ..
        } = self;
        let step = &plan.steps[step];
        let bindings = step.bindings();
        let (slots, rows) = (plan.topology.slots() as usize, plan.topology.rows());
        let nodes = plan.nodes() as usize;
        let (mut written, mut folded) = take_out(columns, &bindings);
        let folds: Vec<&[AtomicU32]> = folded.iter_mut().map(|words| shared(words)).collect();
        let reads: Vec<&[u32]> = bindings
            .iter()
            .filter(|b| b.access == Access::Read)
            .map(|b| &*columns[b.column.0].current)
            .collect();
        let faults = plan.faults.as_ref().filter(|_| step.hears());
        let view = View {
            topology: &*plan.topology,
            traffic: Traffic::new(
                step.schedule().unwrap_or(plan.schedule),
                *tick,
                faults.map(|faults| (faults, &*columns[faults.status.0].current)),
            ),
            tick: *tick,
            reads: &reads,
            folds: &folds,
        };
        let writing = bindings.iter().filter(|b| b.access.writes_own());
        let size = block(plan);
        let mut outputs: Vec<Outputs<'_>> = (0..nodes.div_ceil(size)).map(|_| Vec::new()).collect();
        for (words, binding) in written.iter_mut().zip(writing) {
            let extent = plan.columns[binding.column.0].extent;
            for (lanes, output) in lanes(words, extent, slots, rows, nodes, size)
                .into_iter()
                .zip(&mut outputs)
            {
                output.push(lanes);
            }
        }
        workers.each(&mut outputs, Scratch::default, |scratch, block, output| {
            if patience.is_over() {
                return;
            }
            let first = block * size;
            let last = (first + size).min(nodes);
            step.run(&view, first as u32..last as u32, output, scratch);
            patience.count();
        });
        drop(outputs);
        put_back(columns, &bindings, written, folded);
    }

    /// Whether the tick was done; else it was given up, and the state is lost.
    fn run_tick(&mut self) -> bool {
        let blocks = (self.plan.nodes() as usize).div_ceil(block(&self.plan));
        let patience = Patience::new(&self.halt, self.took, self.plan.steps.len() * blocks);
        for step in 0..self.plan.steps.len() {
            if !self.plan.steps[step].rests(self.tick) {
                self.run_step(step, &patience);
            }
        }
        self.is_lost = patience.has_given_up();
        if !self.is_lost {
            self.took = Some(patience.elapsed());
            self.tick += 1;
        }
        !self.is_lost
    }

    fn fingerprint(&self, column: usize) -> Fingerprint {
        let words = &self.columns[column].current;
        let number = self.plan.columns[column].number();
        let of = |block: usize| {
            let part = &words[block * BLOCK..((block + 1) * BLOCK).min(words.len())];
            Fingerprint::of(number, (block * BLOCK) as u32, part)
        };
        let blocks = words.len().div_ceil(BLOCK);
        self.workers.sum(blocks, Fingerprint::default, of, Fingerprint::plus)
    }

    /// Who hears whom in the last tick; before the first, in the first.
    fn last_traffic(&self) -> Traffic<'_> {
        let plan = &self.plan;
        let faults = plan.faults.as_ref();
        let status = faults.map(|faults| (faults, &*self.columns[faults.status.0].current));
        Traffic::new(plan.schedule, self.tick.saturating_sub(1), status)
    }

    fn tally(&self) -> Tally {
        let plan = &self.plan;
        let gauge = &*plan.gauge;
        let columns = gauge.columns();
        let columns: Vec<&[u32]> = columns.iter().map(|(_, c)| &*self.columns[c.0].current).collect();
        let traffic = self.last_traffic();
        let nodes = plan.nodes() as usize;
        let size = block(plan);
        let nothing = || Tally::nothing(gauge.bins());
        let of = |block: usize| {
            let mut tally = nothing();
            let nodes = (block * size) as u32..((block + 1) * size).min(nodes) as u32;
            gauge.add(&columns, &traffic, nodes.clone(), &mut tally);
            tally.counts[count::UP] += nodes.clone().filter(|&i| traffic.is_up(i)).count() as u64;
            if self.tick > 0 {
                count_talk(plan, &traffic, &columns, nodes, &mut tally);
            }
            tally
        };
        let mut tally = self.workers.sum(nodes.div_ceil(size), nothing, of, Tally::plus);
        tally.fingerprint = (0..self.columns.len())
            .filter(|&c| self.plan.columns[c].is_state())
            .map(|c| self.fingerprint(c))
            .fold(Fingerprint::default(), Fingerprint::plus);
        for record in gauge.records() {
            tally.record.extend_from_slice(&self.columns[record.0].current);
        }
        tally
    }
}

impl Execution for CpuExecution {
    fn plan(&self) -> &Plan {
        &self.plan
    }

    fn tick(&self) -> u32 {
        self.tick
    }

    fn heed(&mut self, halt: Halt) {
        self.halt = halt;
    }

    fn advance(
        &mut self,
        until: u32,
        observer: &mut dyn FnMut(Event<'_>) -> ControlFlow<()>,
    ) -> Result<Outcome, Error> {
        let mut told = Instant::now();
        while self.tick < until {
            if self.is_lost || !self.run_tick() {
                return Ok(Outcome::GivenUp);
            }
            let event = if self.plan.is_measured(self.tick) {
                let row = self.measure()?;
                let flow = observer(Event::Measured(&row));
                if row.stops(&self.plan) {
                    return Ok(Outcome::Condition);
                }
                flow
            } else if told.elapsed() >= TELL {
                told = Instant::now();
                observer(Event::Progress(self.tick))
            } else {
                ControlFlow::Continue(())
            };
            if event.is_break() || self.halt.is_asked() {
                return Ok(Outcome::Interrupt);
            }
        }
        Ok(Outcome::Ticks)
    }

    fn step(&mut self, step: usize) -> Result<(), Error> {
        self.run_step(step, &Patience::without_end());
        if step + 1 == self.plan.steps.len() {
            self.tick += 1;
        }
        Ok(())
    }

    fn measure(&mut self) -> Result<Measurement, Error> {
        let mut row = Measurement::of(&self.plan, self.tick, &self.tally());
        if self.plan.component {
            row.component = Some(largest_component(&self.plan, &self.last_traffic()));
        }
        Ok(row)
    }

    fn fingerprints(&mut self) -> Result<Vec<Fingerprint>, Error> {
        Ok((0..self.columns.len()).map(|c| self.fingerprint(c)).collect())
    }

    fn read(&mut self, column: ColumnId) -> Result<Vec<u32>, Error> {
        Ok(self.columns[column.0].current.to_vec())
    }

    fn read_range(&mut self, column: ColumnId, words: Range<u64>) -> Result<Vec<u32>, Error> {
        let all = &self.columns[column.0].current;
        let [start, end] = [words.start, words.end].map(|at| usize::try_from(at).unwrap_or(usize::MAX));
        Ok(all.get(start..end.min(all.len())).unwrap_or_default().to_vec())
    }

    fn write(&mut self, column: ColumnId, index: u64, word: u32) -> Result<(), Error> {
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        if let Some(old) = self.columns[column.0].current.get_mut(index) {
            *old = word;
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Error> {
        Ok(())
    }

    fn memory(&self) -> Memory {
        let columns: u64 = self.columns.iter().map(|c| c.current.bytes() + c.next.bytes()).sum();
        Memory {
            device_bytes: columns + self.plan.topology.stored_bytes(),
            host_bytes: 0,
        }
    }
}
