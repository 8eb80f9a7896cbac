//! Ticks on the CPU.

use super::places::Places;
use super::prepared::{Prepared, living};
use super::scratches::Scratches;
use super::store::{Stored, store};
use super::workers::Workers;
use super::{BLOCK, block};
use crate::column::ColumnId;
use crate::device::{Event, Execution, Halt, Memory, Outcome, Patience};
use crate::error::Error;
use crate::gauge::{Fingerprint, Measurement, Op, Seen, Tallies, largest_component};
use crate::hear::Traffic;
use crate::plan::Plan;
use crate::swarm::Swarm;
use crate::topology::{Living, Topology};
use std::ops::{ControlFlow, Range};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// How often progress is told between measurements.
const TELL: Duration = Duration::from_millis(100);

/// Ticks without a word to the observer, and what there is to say then.
enum Stretch {
    GivenUp,
    Measured(Measurement),
    Unmeasured,
}

#[derive(Debug)]
pub(super) struct CpuExecution {
    pub(super) workers: Arc<Workers>,
    pub(super) plan: Plan,
    pub(super) columns: Vec<Stored>,
    /// The steps, in the plan's order.
    pub(super) prepared: Vec<Prepared>,
    /// The blocks of all steps, and whether any has more than one.
    blocks: usize,
    is_wide: bool,
    pub(super) scratches: Scratches,
    /// Where anybody is, where nodes come and go.
    pub(super) places: Option<Places>,
    /// The columns of the state that some step writes, and those that none does.
    pub(super) changing: Vec<usize>,
    pub(super) constant: Vec<usize>,
    /// The fingerprint of these, once it has been taken.
    constant_print: OnceLock<Fingerprint>,
    /// The same of some nodes.
    pub(super) constant_range: Option<(Range<u32>, Fingerprint)>,
    pub(super) tick: u32,
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
        let steps = swarm.plan.steps.iter();
        let prepared: Vec<Prepared> = steps.map(|step| Prepared::new(&swarm.plan, &**step)).collect();
        let state = (0..columns.len()).filter(|&c| swarm.plan.columns[c].is_state());
        let (changing, constant) = state.partition(|&c| swarm.plan.is_written(ColumnId(c)));
        Ok(Self {
            changing,
            constant,
            constant_print: OnceLock::new(),
            constant_range: None,
            scratches: Scratches::new(workers.threads()),
            places: Places::new(&swarm.plan),
            workers,
            plan: swarm.plan,
            columns,
            blocks: prepared.iter().map(Prepared::blocks).sum(),
            is_wide: prepared.iter().any(|step| step.blocks() > 1),
            prepared,
            tick: 0,
            halt: Halt::default(),
            took: None,
            is_lost: false,
        })
    }

    /// Runs a step, but for what `patience` no longer waits for.
    fn run_step(&mut self, step: usize, patience: &Patience) {
        self.look();
        let who = (&*self.workers, &self.scratches);
        let what = (&self.plan, &*self.plan.steps[step], self.tick);
        self.prepared[step].run(what, &mut self.columns, who, (patience, self.places.as_ref()));
        self.have_moved(step, true);
    }

    /// Sees to it that it is known where anybody is.
    pub(super) fn look(&mut self) {
        if let Some(places) = &mut self.places {
            places.look(&self.columns[places.column()].current);
        }
    }

    /// Looks again after a step that has changed it, for all nodes or some.
    pub(super) fn have_moved(&mut self, step: usize, all: bool) {
        let Prepared { moves, has_rested, .. } = self.prepared[step];
        if let Some(places) = self.places.as_mut().filter(|_| moves) {
            places.changed(&self.columns[places.column()].current, all, has_rested);
        }
    }

    /// Whether the tick was done; else it was given up, and the state is lost.
    fn run_tick(&mut self) -> bool {
        let patience = Patience::new(&self.halt, self.took, self.blocks);
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

    /// A word of a column is written from outside.
    fn stir(&mut self, column: ColumnId) {
        if let Some(places) = &mut self.places {
            places.stir(column.0);
        }
    }

    /// Runs ticks until there is something to say: one was measured, or an end is asked for, or it is long since `told`.
    fn run_stretch(&mut self, until: u32, told: Instant) -> Result<Stretch, Error> {
        while self.tick < until {
            if self.is_lost || !self.run_tick() {
                return Ok(Stretch::GivenUp);
            }
            if self.plan.is_measured(self.tick) {
                return self.measure().map(Stretch::Measured);
            }
            if self.halt.is_asked() || told.elapsed() >= TELL {
                break;
            }
        }
        Ok(Stretch::Unmeasured)
    }

    /// The network with the families that there are now, where nodes come and go.
    fn living(&self) -> Option<Living<'_>> {
        let kin = self.plan.kinship?;
        living(&*self.plan.topology, [kin.parents.0, kin.families.0], &self.columns)
    }

    fn fingerprint(&self, column: usize) -> Fingerprint {
        if let Some(kin) = self.plan.kinship
            && let Some(lanes) = self.plan.columns[column].extent.lanes()
        {
            let all = 0..self.plan.nodes();
            return self.fingerprint_of_living(column, lanes, &self.columns[kin.parents.0].current, &all);
        }
        self.fingerprint_of(column, 0..self.columns[column].current.len())
    }

    /// The fingerprint of some words of a column.
    pub(super) fn fingerprint_of(&self, column: usize, words: Range<usize>) -> Fingerprint {
        let first = words.start;
        let words = &self.columns[column].current[words];
        let number = self.plan.columns[column].number();
        let of = |block: usize| {
            let part = &words[block * BLOCK..((block + 1) * BLOCK).min(words.len())];
            Fingerprint::of(number, (first + block * BLOCK) as u32, part)
        };
        let blocks = words.len().div_ceil(BLOCK);
        self.workers.sum(blocks, Fingerprint::default, of, Fingerprint::plus)
    }

    /// The fingerprint of some of a column of nodes of which some come and go: see [`Fingerprint::at`].
    pub(super) fn fingerprint_of_living(
        &self,
        column: usize,
        lanes: u32,
        parents: &[u32],
        some: &Range<u32>,
    ) -> Fingerprint {
        let words = &self.columns[column].current;
        let number = self.plan.columns[column].number();
        let (founders, nodes) = (self.plan.founders(), self.plan.nodes());
        let blocks = some.len().div_ceil(BLOCK);
        let are_empty = |nodes: Range<usize>| self.places.as_ref().is_some_and(|places| places.are_empty(nodes));
        let of = |item: usize| {
            let (lane, first) = (item / blocks, some.start + (item % blocks * BLOCK) as u32);
            let end = (first + BLOCK as u32).min(some.end);
            if are_empty(first as usize..end as usize) {
                return Fingerprint::default();
            }
            let all = &words[lane * nodes as usize..][..nodes as usize];
            let lane = lane as u32;
            // Those who are there from the start stand one after the other.
            let middle = first.max(founders.min(end));
            let of_founders = Fingerprint::of(number, lane * founders + first, &all[first as usize..middle as usize]);
            // Of places run by run.
            let places = &parents[middle as usize..end as usize];
            let runs = places.chunk_by(|a, b| (*a == 0) == (*b == 0));
            let (mut sum, mut first) = (of_founders, middle);
            for run in runs {
                let next = first + run.len() as u32;
                if run[0] != 0 {
                    let index = Fingerprint::at((founders, nodes), lanes, lane, first);
                    sum = sum.plus(Fingerprint::of(number, index, &all[first as usize..next as usize]));
                }
                first = next;
            }
            sum
        };
        self.workers
            .sum(lanes as usize * blocks, Fingerprint::default, of, Fingerprint::plus)
    }

    /// Who hears whom in the last tick; before the first, in the first.
    fn last_traffic(&self) -> Traffic<'_> {
        let plan = &self.plan;
        let faults = plan.faults.as_ref();
        let status = faults.map(|faults| (faults, &*self.columns[faults.status.0].current));
        Traffic::new(plan.schedule, self.tick.saturating_sub(1), status)
    }

    /// What the gauges make of some nodes, without the fingerprint.
    pub(super) fn gauged(&self, some: &Range<u32>) -> Tallies {
        let plan = &self.plan;
        let gauges = plan.measured();
        let columns: Vec<Vec<&[u32]>> = gauges
            .iter()
            .map(|gauge| {
                gauge
                    .columns()
                    .iter()
                    .map(|(_, c)| &*self.columns[c.0].current)
                    .collect()
            })
            .collect();
        let traffic = self.last_traffic();
        let living = self.living();
        let topology = living
            .as_ref()
            .map_or(&*plan.topology, |living| living as &dyn Topology);
        let (start, nodes) = (some.start as usize, some.len());
        let size = block(plan);
        // Made once: what a block begins with is a copy.
        let nobody = Tallies::nothing(plan);
        let nothing = || nobody.clone();
        // Places where nobody is contribute to nothing.
        let of_block = |block: usize| start + block * size..start + ((block + 1) * size).min(nodes);
        let are_empty = |nodes: Range<usize>| self.places.as_ref().is_some_and(|places| places.are_empty(nodes));
        let kept: Vec<usize> = (0..nodes.div_ceil(size))
            .filter(|&block| !are_empty(of_block(block)))
            .collect();
        let of = |k: usize| {
            let mut tallies = nothing();
            let nodes = of_block(kept[k]);
            let nodes = nodes.start as u32..nodes.end as u32;
            for ((gauge, columns), tally) in gauges.iter().zip(&columns).zip(&mut tallies.gauges) {
                let seen = Seen {
                    columns,
                    topology,
                    traffic: &traffic,
                    ticks: self.tick,
                };
                gauge.add(&seen, nodes.clone(), tally);
            }
            tallies
        };
        let plus = |a: Tallies, b: Tallies| a.plus(&b);
        let mut tallies = self.workers.sum(kept.len(), nothing, of, plus);
        for (gauge, tally) in gauges.iter().zip(&mut tallies.gauges) {
            for (k, accumulator) in gauge.accumulators().into_iter().enumerate() {
                if let Op::Column(column) = accumulator.op {
                    tally.put_column(k, &self.columns[column.0].current);
                }
            }
        }
        tallies
    }

    fn tallies(&self) -> Tallies {
        let mut tallies = self.gauged(&(0..self.plan.nodes()));
        let prints = |of: &[usize]| {
            let all = of.iter().map(|&c| self.fingerprint(c));
            all.fold(Fingerprint::default(), Fingerprint::plus)
        };
        let constant = *self.constant_print.get_or_init(|| prints(&self.constant));
        tallies.fingerprint = prints(&self.changing).plus(constant);
        tallies
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
        let workers = Arc::clone(&self.workers);
        while self.tick < until {
            // A swarm of which each step is one block needs no other thread.
            let stretch = if self.is_wide {
                workers.enter(|| self.run_stretch(until, told))?
            } else {
                self.run_stretch(until, told)?
            };
            let event = match stretch {
                Stretch::GivenUp => return Ok(Outcome::GivenUp),
                Stretch::Measured(row) => {
                    let flow = observer(Event::Measured(&row));
                    if row.stops(&self.plan) {
                        return Ok(Outcome::Condition);
                    }
                    flow
                }
                Stretch::Unmeasured if told.elapsed() >= TELL => {
                    told = Instant::now();
                    observer(Event::Progress(self.tick))
                }
                Stretch::Unmeasured => ControlFlow::Continue(()),
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

    fn step_range(&mut self, step: usize, items: Range<u32>) -> Result<(), Error> {
        self.run_ranges(step, &[items], true);
        Ok(())
    }

    fn step_ranges(&mut self, step: usize, ranges: &[Range<u32>]) -> Result<(), Error> {
        self.run_ranges(step, ranges, true);
        Ok(())
    }

    fn begin_ranges(&mut self, step: usize, ranges: &[Range<u32>]) -> Result<(), Error> {
        self.run_ranges(step, ranges, false);
        Ok(())
    }

    fn cut(&mut self, ranges: &[Range<u32>]) {
        for (step, prepared) in self.plan.steps.iter().zip(&mut self.prepared) {
            prepared.cut(&**step, ranges);
        }
        self.blocks = self.prepared.iter().map(Prepared::blocks).sum();
        self.is_wide = self.prepared.iter().any(|step| step.blocks() > 1);
    }

    fn tally_range(&mut self, nodes: Range<u32>) -> Result<Tallies, Error> {
        Ok(self.tallies_of(&nodes))
    }

    fn read_ranges(&mut self, column: ColumnId, ranges: &[Range<u64>]) -> Result<Vec<u32>, Error> {
        Ok(self.words_of(column.0, ranges))
    }

    fn prints_range(&mut self, nodes: Range<u32>) -> Result<Vec<Fingerprint>, Error> {
        Ok((0..self.columns.len())
            .map(|column| self.print_of(column, &nodes))
            .collect())
    }

    fn timed_tick(&mut self) -> Result<Option<Vec<f64>>, Error> {
        let mut seconds = Vec::new();
        for step in 0..self.plan.steps.len() {
            let start = Instant::now();
            if !self.plan.steps[step].rests(self.tick) {
                self.run_step(step, &Patience::without_end());
            }
            seconds.push(start.elapsed().as_secs_f64());
        }
        self.tick += 1;
        Ok(Some(seconds))
    }

    fn measure(&mut self) -> Result<Measurement, Error> {
        let mut row = Measurement::of(&self.plan, self.tick, &self.tallies());
        if self.plan.component {
            let living = self.living();
            let topology = living
                .as_ref()
                .map_or(&*self.plan.topology, |living| living as &dyn Topology);
            row.component = Some(largest_component(topology, &self.last_traffic()));
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
        self.stir(column);
        (self.constant_print, self.constant_range) = (OnceLock::new(), None);
        if let Some(old) = self.columns[column.0].current.get_mut(index) {
            *old = word;
        }
        Ok(())
    }

    fn write_range(&mut self, column: ColumnId, first: u64, words: &[u32]) -> Result<(), Error> {
        self.stir(column);
        if self.constant.contains(&column.0) {
            (self.constant_print, self.constant_range) = (OnceLock::new(), None);
        }
        let first = usize::try_from(first).unwrap_or(usize::MAX);
        if let Some(own) = self.columns[column.0].current.get_mut(first..) {
            let count = own.len().min(words.len());
            own[..count].copy_from_slice(&words[..count]);
        }
        Ok(())
    }

    fn resume_at(&mut self, tick: u32) -> Result<(), Error> {
        (self.tick, self.took) = (tick, None);
        self.places = Places::new(&self.plan);
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Error> {
        Ok(())
    }

    fn memory(&self) -> Memory {
        // The words, as --explain counts them beforehand; that columns begin and end on cache lines is no part of the swarm.
        Memory {
            device_bytes: self.plan.bytes(),
            host_bytes: 0,
        }
    }
}
