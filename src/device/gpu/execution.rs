//! Ticks on the GPU.

use super::batch::{Lane, Pace, clocks, spaces};
use super::context::Context;
use super::fit;
use super::program::{Program, Programs, bind, pass};
use super::range;
use super::reach::Reach;
use super::tiled;
use crate::column::{Access, ColumnId, Lineage, Space};
use crate::device::{Event, Execution, Halt, Held, Memory, Outcome, Patience};
use crate::error::Error;
use crate::gauge::{Fingerprint, Gauge, Measurement, Tallies, largest_component};
use crate::hear::Traffic;
use crate::plan::Plan;
use crate::swarm::Swarm;
use crate::topology::Topology;
use std::any::Any;
use std::collections::{HashMap, VecDeque};
use std::ops::{ControlFlow, Range};
use std::sync::Arc;
use std::time::Instant;
use wgpu::{BindGroup, Buffer, ComputePass, SubmissionIndex};

/// A column's buffers; which of two holds the current values.
#[derive(Debug)]
pub(super) struct Column {
    buffers: Vec<Buffer>,
    current: usize,
}

impl Column {
    pub(super) fn current(&self) -> &Buffer {
        &self.buffers[self.current]
    }
}

/// A submission on its way.
#[derive(Debug)]
struct Flight {
    lane: usize,
    index: SubmissionIndex,
    first: u32,
    end: u32,
    submitted: Instant,
}

#[derive(Debug)]
pub(super) struct GpuExecution {
    pub(super) context: Arc<Context>,
    pub(super) plan: Plan,
    /// Of what nodes the words are held, where it is not of all.
    pub(super) held: Option<Held>,
    /// What a measurement goes through the nodes for, see [`Plan::measured`].
    gauges: Vec<Arc<dyn Gauge>>,
    /// The columns that come back with every measurement, and where in a row each begins.
    records: Vec<(ColumnId, usize)>,
    pub(super) programs: Programs,
    pub(super) columns: Vec<Column>,
    pub(super) control: Buffer,
    /// The network.
    topology: BindGroup,
    pub(super) lanes: [Lane; 2],
    /// Up to where anybody is, where nodes come and go.
    pub(super) reach: Option<Reach>,
    /// Bind groups of a pass, by pass and by which buffers are current.
    bound: HashMap<(Pass, u64), BindGroup>,
    /// The column of the nodes' status, where there are faults; it has one buffer.
    status: Option<BindGroup>,
    pace: Pace,
    /// What the steps run over, and how many clocks a tick takes.
    spaces: Vec<Space>,
    clocks: usize,
    pub(super) tick: u32,
    /// The last step of a range that was submitted.
    pub(super) under_way: Option<SubmissionIndex>,
    /// The fingerprint of what no step writes, once it has been taken: of all nodes, and of some.
    pub(super) constant: Option<Fingerprint>,
    pub(super) constant_range: Option<(Range<u32>, Fingerprint)>,
    halt: Halt,
    /// A tick was given up.
    is_lost: bool,
    #[cfg(test)]
    pub(super) noted: Vec<Noted>,
}

/// What tests see the order of: a submission is handed in, or its rows are back, of ticks from one on; a pass is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Noted {
    Handed(u32),
    Back(u32),
    Pass(Pass),
}

/// A pass over the columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Pass {
    Step(usize),
    Tally(usize),
    /// Of a batch of columns.
    Prints(usize),
}

impl GpuExecution {
    /// Of a whole swarm, or of one of which words of some nodes are held.
    pub fn new(context: Arc<Context>, swarm: Swarm, held: Option<Held>) -> Result<Self, Error> {
        swarm.check()?;
        fit::check(&context, &swarm.plan, held.as_ref())?;
        let before = context.allocated();
        let shape = fit::Shape::of(&swarm.plan, held.as_ref());
        Self::build(Arc::clone(&context), swarm, held).map_err(|error| match error {
            // Which buffer it was says little; how much there was room for says more.
            Error::TooLarge { .. } => shape.too_large(&context, "the swarm", shape.bytes, context.allocated() - before),
            other => other,
        })
    }

    fn build(context: Arc<Context>, swarm: Swarm, held: Option<Held>) -> Result<Self, Error> {
        let Swarm { plan, initial } = swarm;
        let programs = Programs::new(&context, &plan, held.as_ref())?;
        let mut columns = Vec::new();
        for (c, values) in initial.into_iter().enumerate() {
            let (id, column) = (ColumnId(c), &plan.columns[c]);
            let held = held.as_ref().filter(|held| held.lanes(id).is_some());
            let bytes = 4 * held.map_or_else(|| plan.words(id), |held| held.words(&plan, id));
            let copies = if column.doubled { 2 } else { 1 };
            let buffers: Vec<Buffer> = (0..copies)
                .map(|_| context.storage(column.name, bytes))
                .collect::<Result<_, _>>()?;
            // A new buffer is zero.
            match held.filter(|_| !values.is_empty()) {
                Some(held) => range::upload(&context, &buffers[0], &values, &held.pieces(id))?,
                None => context.upload(&buffers[0], &values)?,
            }
            columns.push(Column { buffers, current: 0 });
        }
        let of_kin = |which: Lineage| plan.kinship.map(|kin| kin.column(which));
        let mut bound: Vec<(u32, &Buffer)> = programs.links.iter().map(|(k, buffer)| (*k, buffer)).collect();
        bound.extend(programs.lineage.iter().filter_map(|&(k, which)| {
            let column = columns.get(of_kin(which)?.0)?;
            Some((k, column.current()))
        }));
        let topology = bind(&context, &programs.topology_layout, &bound);
        let control = context.storage("control", 16)?;
        // A column of the whole swarm has one buffer.
        let records = plan.places().columns();
        let bound: Vec<&Buffer> = records.iter().map(|(column, _)| columns[column.0].current()).collect();
        let lanes = [
            Lane::new(&context, &plan, &programs, &control, &bound)?,
            Lane::new(&context, &plan, &programs, &control, &bound)?,
        ];
        let reach = Reach::new(&context, &plan, &programs, &columns)?;
        let status = plan.faults.as_ref().map(|faults| {
            let column = &columns[faults.status.0];
            bind(&context, &programs.status_layout, &[(0, column.current())])
        });
        context.check()?;
        Ok(Self {
            spaces: spaces(&plan),
            clocks: clocks(&plan),
            context,
            status,
            gauges: plan.measured(),
            records,
            plan,
            held,
            programs,
            columns,
            control,
            topology,
            lanes,
            reach,
            bound: HashMap::new(),
            pace: Pace::new(),
            tick: 0,
            under_way: None,
            constant: None,
            constant_range: None,
            halt: Halt::default(),
            is_lost: false,
            #[cfg(test)]
            noted: Vec::new(),
        })
    }

    /// Makes sure that a pass's bind group exists for the buffers that are current, and returns its key.
    fn bind(&mut self, pass: Pass) -> (Pass, u64) {
        let mut currents = 0;
        let doubled = self.columns.iter().filter(|column| column.buffers.len() > 1);
        for (k, column) in doubled.enumerate() {
            currents |= (column.current as u64) << k;
        }
        let key = (pass, currents);
        if self.bound.contains_key(&key) {
            return key;
        }
        let numbered: Vec<(u32, &Buffer)> = match pass {
            Pass::Step(step) => self.plan.steps[step]
                .bindings()
                .iter()
                .map(|b| {
                    let column = &self.columns[b.column.0];
                    let buffer = match b.access {
                        Access::Read | Access::Update | Access::Fold => column.current(),
                        Access::Next => &column.buffers[1 - column.current],
                    };
                    (b.slot, buffer)
                })
                .collect(),
            Pass::Tally(gauge) => {
                let columns = self.gauges[gauge].columns();
                let columns = columns.iter().map(|(slot, c)| (*slot, self.columns[c.0].current()));
                [(0, &self.programs.partials), (1, &self.programs.bins)]
                    .into_iter()
                    .chain(columns)
                    .collect()
            }
            Pass::Prints(batch) => {
                let columns = self.programs.batches.all[batch].iter();
                let columns = (1..).zip(columns.map(|&column| self.columns[column].current()));
                let last = self.programs.batches.all[batch].len() as u32 + 1;
                let there = self
                    .plan
                    .kinship
                    .map(|kin| (last, self.columns[kin.parents.0].current()));
                std::iter::once((0, &self.programs.prints))
                    .chain(columns)
                    .chain(there)
                    .collect()
            }
        };
        let group = bind(&self.context, &program(&self.programs, pass).columns, &numbered);
        self.bound.insert(key, group);
        key
    }

    /// Records a pass of a measurement over the columns.
    pub(super) fn record(&mut self, recorder: &mut ComputePass<'_>, pass: Pass, lane: usize, offset: u32) {
        let groups = self.set(recorder, pass, None, lane, offset);
        recorder.dispatch_workgroups(groups[0], groups[1], 1);
    }

    /// Records a step of a tick for a range of what it runs over, whose clock is at `offset`: by tiles where it can, and node by node
    /// what is left at the range's ends.
    pub(super) fn record_step(
        &mut self,
        recorder: &mut ComputePass<'_>,
        step: usize,
        lane: usize,
        (tick, range): (u32, Range<u32>),
        offset: u32,
    ) {
        let inside = match self.programs.tiled.get(&step) {
            Some((_, tiles)) => tiles.inside(&range),
            None => range.end..range.end,
        };
        self.look_before(recorder, step, lane);
        let (pass, now) = (Pass::Step(step), self.plan.now(tick));
        let whole = self.programs.steps[step].groups;
        if inside.is_empty() {
            let all = self.set(recorder, pass, None, lane, offset);
            let space = self.plan.steps[step].space();
            match (range == (0..self.plan.items(space)), space) {
                (true, _) => self.dispatch(recorder, step, all),
                (false, Space::Nodes) => {
                    let groups = tiled::groups(range.end - range.start, all);
                    recorder.dispatch_workgroups(groups[0], groups[1], 1);
                }
                (false, Space::Groups(_)) => recorder.dispatch_workgroups(all[0], all[1], 1),
            }
            self.flip(step);
            return self.look_after(recorder, step, lane);
        }
        let at = match inside == range {
            true => offset,
            false => self.lanes[lane].range(tick, inside.clone(), now),
        };
        let all = self.set(recorder, pass, Some(step), lane, at);
        let tile = self.programs.tiled.get(&step).map_or(1, |(_, tiles)| tiles.nodes);
        let groups = tiled::groups((inside.end - inside.start) / tile, all);
        recorder.dispatch_workgroups(groups[0], groups[1], 1);
        for end in tiled::ends(&range, &inside) {
            let groups = tiled::groups(end.end - end.start, whole);
            let at = self.lanes[lane].range(tick, end, now);
            self.set(recorder, pass, None, lane, at);
            recorder.dispatch_workgroups(groups[0], groups[1], 1);
        }
        self.flip(step);
    }

    /// Notes what happens, for tests of the order.
    fn note(&mut self, noted: Noted) {
        #[cfg(test)]
        self.noted.push(noted);
        let _ = noted;
    }

    /// Sets a pass's program and what it reads and writes, where a step is named that of its form for tiles, and returns the groups for
    /// the whole swarm.
    fn set(
        &mut self,
        recorder: &mut ComputePass<'_>,
        pass: Pass,
        tiled: Option<usize>,
        lane: usize,
        offset: u32,
    ) -> [u32; 2] {
        let key = self.bind(pass);
        self.note(Noted::Pass(pass));
        let tiled = tiled.and_then(|step| self.programs.tiled.get(&step));
        let program = tiled.map_or_else(|| program(&self.programs, pass), |(program, _)| program);
        let links = match pass {
            Pass::Prints(_) => &self.programs.no_links,
            Pass::Step(step) if self.plan.changes_links(&*self.plan.steps[step]) => &self.programs.no_links,
            Pass::Step(_) | Pass::Tally(_) => &self.topology,
        };
        recorder.set_pipeline(&program.pipeline);
        recorder.set_bind_group(0, &self.lanes[lane].engine, &[offset]);
        recorder.set_bind_group(1, links, &[]);
        recorder.set_bind_group(2, &self.bound[&key], &[]);
        if let (true, Some(status)) = (program.reads_status, &self.status) {
            recorder.set_bind_group(3, status, &[]);
        }
        program.groups
    }

    /// After a step its new values are the current ones.
    pub(super) fn flip(&mut self, step: usize) {
        for binding in self.plan.steps[step].bindings() {
            if binding.access == Access::Next {
                let column = &mut self.columns[binding.column.0];
                column.current = 1 - column.current;
            }
        }
    }

    /// Records a measurement after `tick` ticks.
    fn record_measurement(&mut self, recorder: &mut ComputePass<'_>, lane: usize, tick: u32, may_stop: bool) {
        let (nodes, now) = (0..self.plan.nodes(), self.plan.now(tick.saturating_sub(1)));
        let offset = self.lanes[lane].measurement(tick, nodes, now, may_stop && self.plan.may_stop(tick));
        // The clock of a measurement names no column, and means all.
        let prints = 0..self.programs.batches.changing;
        self.record_row(recorder, lane, offset, prints);
    }

    /// Records what makes the row of the last measurement: the gauges, the fingerprints of batches, the columns that come back.
    pub(super) fn record_row(
        &mut self,
        recorder: &mut ComputePass<'_>,
        lane: usize,
        offset: u32,
        prints: Range<usize>,
    ) {
        for gauge in 0..self.gauges.len() {
            self.record(recorder, Pass::Tally(gauge), lane, offset);
        }
        for batch in prints {
            self.record(recorder, Pass::Prints(batch), lane, offset);
        }
        self.copy_records(recorder, lane);
        let row = &self.programs.measures[pass::ROW];
        recorder.set_pipeline(&row.pipeline);
        recorder.set_bind_group(0, &self.lanes[lane].writing, &[offset]);
        recorder.set_bind_group(1, &self.topology, &[]);
        recorder.set_bind_group(2, &self.lanes[lane].row_binding, &[]);
        recorder.dispatch_workgroups(1, 1, 1);
    }

    /// Records the copies of the columns that come back with a measurement into its row.
    fn copy_records(&mut self, recorder: &mut ComputePass<'_>, lane: usize) {
        let program = &self.programs.measures[pass::RECORD];
        for (k, &(column, first)) in self.records.iter().enumerate() {
            let words = self.plan.words(column) as u32;
            let offset = self.lanes[lane].record(first, words);
            recorder.set_pipeline(&program.pipeline);
            recorder.set_bind_group(0, &self.lanes[lane].engine, &[offset]);
            recorder.set_bind_group(1, &self.topology, &[]);
            recorder.set_bind_group(2, &self.lanes[lane].record_bindings[k], &[]);
            recorder.dispatch_workgroups(program.groups[0], program.groups[1], 1);
        }
    }

    /// Records and submits ticks from `first` on, at most up to `until`.
    fn launch(&mut self, lane: usize, first: u32, until: u32) -> Flight {
        self.lanes[lane].clear();
        self.note(Noted::Handed(first));
        let mut encoder = self.context.device.create_command_encoder(&Default::default());
        let mut end = first;
        {
            let mut recorder = encoder.begin_compute_pass(&Default::default());
            while end < until && end - first < self.pace.ticks() && self.lanes[lane].has_room(self.clocks) {
                let now = self.plan.now(end);
                let mut offsets = vec![None; self.spaces.len()];
                for step in 0..self.plan.steps.len() {
                    let space = self.plan.steps[step].space();
                    let at = self.spaces.iter().position(|&known| known == space);
                    if let Some(at) = at.filter(|_| !self.plan.steps[step].rests(end)) {
                        let items = self.plan.items(space);
                        // A tick in which all rest takes no clock either.
                        let offset = *offsets[at].get_or_insert_with(|| self.lanes[lane].tick(end, items, now));
                        self.record_step(&mut recorder, step, lane, (end, 0..items), offset);
                    }
                }
                end += 1;
                if self.plan.is_measured(end) {
                    self.record_measurement(&mut recorder, lane, end, true);
                    if self.plan.component {
                        break;
                    }
                }
            }
        }
        let submitted = Instant::now();
        let index = self.lanes[lane].submit(&self.context, encoder);
        Flight {
            lane,
            index,
            first,
            end,
            submitted,
        }
    }

    /// Takes back the flips of the ticks that the device left out because the run had stopped. In some of them a step may have rested,
    /// and flipped nothing.
    fn rewind(&mut self, from: u32, to: u32) {
        for step in 0..self.plan.steps.len() {
            let flips = (to..from).filter(|&tick| !self.plan.steps[step].rests(tick)).count();
            if flips % 2 == 1 {
                self.flip(step);
            }
        }
    }

    /// Adds the size of the largest connected part to the row of the current state, if that was asked for.
    fn with_component(&mut self, mut row: Measurement) -> Result<Measurement, Error> {
        if self.plan.component {
            let kin = match self.plan.kinship {
                Some(kin) => Some((self.read(kin.parents)?, self.read(kin.families)?)),
                None => None,
            };
            let status = match &self.plan.faults {
                Some(faults) => self.read(faults.status)?,
                None => Vec::new(),
            };
            let faults = self.plan.faults.as_ref().map(|faults| (faults, &*status));
            let traffic = Traffic::new(self.plan.schedule, row.tick.saturating_sub(1), faults);
            let topology = &*self.plan.topology;
            let living = kin
                .as_ref()
                .and_then(|(parents, families)| topology.living(parents, families));
            let topology = living.as_ref().map_or(topology, |living| living as &dyn Topology);
            row.component = Some(largest_component(topology, &traffic));
        }
        Ok(row)
    }

    /// Runs a tick with a submission for each step, so that it can be given up between them: whether it was done, and the row of its
    /// measurement, if there is one.
    fn run_slow_tick(&mut self) -> Result<(bool, Option<Tallies>), Error> {
        let (tick, now) = (self.tick, self.plan.now(self.tick));
        let submitted = Instant::now();
        let patience = Patience::new(&self.halt, Some(self.pace.tick()), self.plan.steps.len());
        for step in 0..self.plan.steps.len() {
            if self.plan.steps[step].rests(tick) {
                continue;
            }
            if patience.is_over() {
                self.is_lost = true;
                return Ok((false, None));
            }
            let items = self.plan.items(self.plan.steps[step].space());
            self.alone(|this, recorder| {
                let offset = this.lanes[0].tick(tick, items, now);
                this.record_step(recorder, step, 0, (tick, 0..items), offset);
            })?;
            patience.count();
        }
        self.pace.learn(1, submitted);
        self.tick += 1;
        if !self.plan.is_measured(tick + 1) {
            return Ok((true, None));
        }
        let rows = self.alone(|this, recorder| this.record_measurement(recorder, 0, tick + 1, true))?;
        Ok((true, rows.into_iter().next().map(|(_, tally, _)| tally)))
    }

    /// The fingerprint of a column, or of all columns of its batch.
    fn prints(&mut self, batch: usize, column: Option<usize>) -> Result<Fingerprint, Error> {
        self.added(|this, recorder| {
            let offset = this.lanes[0].fingerprint(&this.plan, column);
            this.record(recorder, Pass::Prints(batch), 0, offset);
        })
    }

    /// What passes of fingerprints add up to.
    pub(super) fn added(&mut self, record: impl FnOnce(&mut Self, &mut ComputePass<'_>)) -> Result<Fingerprint, Error> {
        // The passes add to the parts, which must be empty, and again before the next measurement.
        let clear = |this: &Self| {
            let mut encoder = this.context.device.create_command_encoder(&Default::default());
            encoder.clear_buffer(&this.programs.prints, 0, None);
            this.context.submit(encoder.finish());
        };
        clear(self);
        self.alone(record)?;
        let all = 0..self.programs.prints.size() / 4;
        let words = self.context.download(&self.programs.prints, all)?;
        clear(self);
        let parts = words.as_chunks::<2>().0.iter();
        Ok(parts.fold(Fingerprint::default(), |sum, &part| sum.plus(Fingerprint(part))))
    }

    /// The fingerprint of all columns of the state that no step writes: taken once, and again after somebody has.
    fn constant_print(&mut self) -> Result<Fingerprint, Error> {
        if let Some(known) = self.constant {
            return Ok(known);
        }
        let batches = &self.programs.batches;
        let batches = batches.changing..batches.changing + batches.constant;
        let mut sum = Fingerprint::default();
        for batch in batches {
            sum = sum.plus(self.prints(batch, None)?);
        }
        self.constant = Some(sum);
        Ok(sum)
    }

    /// The clocks of a tick that is submitted by itself: of each step, or none where it rests.
    pub(super) fn begin_tick(&mut self) -> Vec<(usize, Option<u32>)> {
        self.lanes[0].clear();
        let (tick, now) = (self.tick, self.plan.now(self.tick));
        (0..self.plan.steps.len())
            .map(|step| {
                let (items, rests) = {
                    let one = &self.plan.steps[step];
                    (self.plan.items(one.space()), one.rests(tick))
                };
                (step, (!rests).then(|| self.lanes[0].tick(tick, items, now)))
            })
            .collect()
    }

    /// Submits it.
    pub(super) fn end_tick(&mut self, encoder: wgpu::CommandEncoder) -> wgpu::SubmissionIndex {
        self.tick += 1;
        self.lanes[0].submit(&self.context, encoder)
    }

    /// Runs `record` on a submission of its own and waits for its rows.
    pub(super) fn alone(
        &mut self,
        record: impl FnOnce(&mut Self, &mut ComputePass<'_>),
    ) -> Result<Vec<(u32, Tallies, bool)>, Error> {
        self.lanes[0].clear();
        let mut encoder = self.context.device.create_command_encoder(&Default::default());
        {
            let mut recorder = encoder.begin_compute_pass(&Default::default());
            record(self, &mut recorder);
        }
        let index = self.lanes[0].submit(&self.context, encoder);
        self.lanes[0].finish(&self.context, &self.plan, index)
    }
}

fn program(programs: &Programs, pass: Pass) -> &Program {
    match pass {
        Pass::Step(step) => &programs.steps[step],
        Pass::Tally(gauge) => &programs.measures[pass::TALLY + gauge],
        Pass::Prints(batch) => &programs.measures[programs.measures.len() - programs.batches.all.len() + batch],
    }
}

impl Execution for GpuExecution {
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
        self.check_whole()?;
        if self.is_lost {
            return Ok(Outcome::GivenUp);
        }
        let constant = self.constant_print()?;
        self.context.queue.write_buffer(&self.control, 0, &[0; 16]);
        let mut flights: VecDeque<Flight> = VecDeque::new();
        let mut planned = self.tick;
        let mut outcome = Outcome::Ticks;
        let mut stopped_at = None;
        // Whoever wants to see the state of a measured tick cannot have the next ticks under way.
        let most = if self.plan.component { 1 } else { 2 };
        loop {
            if outcome == Outcome::Ticks && self.halt.is_asked() {
                outcome = Outcome::Interrupt;
            }
            while outcome == Outcome::Ticks && planned < until && flights.len() < most && !self.pace.is_slow() {
                let lane = flights.front().map_or(0, |f| 1 - f.lane);
                let flight = self.launch(lane, planned, until);
                planned = flight.end;
                flights.push_back(flight);
            }
            let Some(flight) = flights.pop_front() else {
                if !(outcome == Outcome::Ticks && planned < until) {
                    break;
                }
                self.tick = planned;
                let (is_done, tally) = self.run_slow_tick()?;
                if !is_done {
                    return Ok(Outcome::GivenUp);
                }
                planned = self.tick;
                let event = match tally {
                    Some(mut tally) => {
                        tally.fingerprint = tally.fingerprint.plus(constant);
                        let row = Measurement::of(&self.plan, planned, &tally);
                        let row = self.with_component(row)?;
                        let flow = observer(Event::Measured(&row));
                        if row.stops(&self.plan) {
                            outcome = Outcome::Condition;
                        }
                        flow
                    }
                    None => observer(Event::Progress(planned)),
                };
                if event.is_break() && outcome == Outcome::Ticks {
                    outcome = Outcome::Interrupt;
                }
                continue;
            };
            let rows = self.lanes[flight.lane].finish(&self.context, &self.plan, flight.index)?;
            self.note(Noted::Back(flight.first));
            self.pace.learn(flight.end - flight.first, flight.submitted);
            let mut told = false;
            for (tick, mut tally, was_stopped) in rows {
                if was_stopped || stopped_at.is_some() {
                    break;
                }
                told = true;
                tally.fingerprint = tally.fingerprint.plus(constant);
                let row = Measurement::of(&self.plan, tick, &tally);
                let row = self.with_component(row)?;
                if observer(Event::Measured(&row)).is_break() {
                    outcome = Outcome::Interrupt;
                }
                if row.stops(&self.plan) {
                    outcome = Outcome::Condition;
                    stopped_at = Some(tick);
                }
            }
            if !told && outcome == Outcome::Ticks && observer(Event::Progress(flight.end)).is_break() {
                outcome = Outcome::Interrupt;
            }
        }
        self.tick = planned;
        if let Some(tick) = stopped_at {
            self.rewind(planned, tick);
            self.tick = tick;
        }
        self.context.check()?;
        Ok(outcome)
    }

    fn step(&mut self, step: usize) -> Result<(), Error> {
        self.check_whole()?;
        self.context.queue.write_buffer(&self.control, 0, &[0; 16]);
        let (tick, now) = (self.tick, self.plan.now(self.tick));
        let items = self.plan.items(self.plan.steps[step].space());
        self.alone(|this, recorder| {
            let offset = this.lanes[0].tick(tick, items, now);
            this.record_step(recorder, step, 0, (tick, 0..items), offset);
        })?;
        if step + 1 == self.plan.steps.len() {
            self.tick += 1;
        }
        Ok(())
    }

    fn step_range(&mut self, step: usize, items: Range<u32>) -> Result<(), Error> {
        self.run_range(step, items, true)
    }

    fn step_ranges(&mut self, step: usize, ranges: &[Range<u32>]) -> Result<(), Error> {
        let (last, others) = ranges
            .split_last()
            .map_or((0..0, &[][..]), |(last, others)| (last.clone(), others));
        self.begin_ranges(step, others)?;
        self.run_range(step, last, true)
    }

    fn begin_ranges(&mut self, step: usize, ranges: &[Range<u32>]) -> Result<(), Error> {
        ranges
            .iter()
            .try_for_each(|range| self.run_range(step, range.clone(), false))
    }

    fn tally_range(&mut self, nodes: Range<u32>) -> Result<Tallies, Error> {
        self.tallies_of(nodes)
    }

    fn prints_range(&mut self, nodes: Range<u32>) -> Result<Vec<Fingerprint>, Error> {
        (0..self.columns.len())
            .map(|column| self.prints_of(&[column], &nodes))
            .collect()
    }

    fn read_ranges(&mut self, column: ColumnId, ranges: &[Range<u64>]) -> Result<Vec<u32>, Error> {
        let places = self.places(column, ranges)?;
        self.context.download_all(self.columns[column.0].current(), &places)
    }

    fn write_ranges(&mut self, column: ColumnId, ranges: &[Range<u64>], words: &[u32]) -> Result<(), Error> {
        self.put_ranges(column, ranges, words)
    }

    fn take(&mut self, column: ColumnId, ranges: &[Range<u64>], from: &dyn Execution) -> Result<bool, Error> {
        self.take_ranges(column, ranges, from)
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }

    fn timed_tick(&mut self) -> Result<Option<Vec<f64>>, Error> {
        self.time_tick()
    }

    fn measure(&mut self) -> Result<Measurement, Error> {
        self.check_whole()?;
        let (tick, constant) = (self.tick, self.constant_print()?);
        let rows = self.alone(|this, recorder| this.record_measurement(recorder, 0, tick, false))?;
        let first = rows.into_iter().next();
        let (_, mut tally, _) = first.ok_or_else(|| self.context.failed("a measurement did not come back"))?;
        tally.fingerprint = tally.fingerprint.plus(constant);
        let row = Measurement::of(&self.plan, tick, &tally);
        self.with_component(row)
    }

    fn fingerprints(&mut self) -> Result<Vec<Fingerprint>, Error> {
        self.check_whole()?;
        (0..self.columns.len())
            .map(|column| {
                let batch = self.programs.batches.of_column(column);
                self.prints(batch, Some(column))
            })
            .collect()
    }

    fn read(&mut self, column: ColumnId) -> Result<Vec<u32>, Error> {
        self.read_range(column, 0..self.plan.words(column))
    }

    fn read_range(&mut self, column: ColumnId, words: Range<u64>) -> Result<Vec<u32>, Error> {
        let words = words.start..words.end.min(self.plan.words(column));
        self.read_ranges(column, &[words])
    }

    fn write(&mut self, column: ColumnId, index: u64, word: u32) -> Result<(), Error> {
        self.write_range(column, index, &[word])
    }

    fn write_range(&mut self, column: ColumnId, first: u64, words: &[u32]) -> Result<(), Error> {
        let count = self.plan.words(column).saturating_sub(first).min(words.len() as u64);
        // Fewer than there are, so that it fits.
        let words = &words[..count as usize];
        let one = first..first + count;
        self.put_ranges(column, std::slice::from_ref(&one), words)?;
        // Whoever writes a whole column piece by piece is not to have all pieces waiting at once.
        self.finish()
    }

    fn resume_at(&mut self, tick: u32) -> Result<(), Error> {
        self.tick = tick;
        self.stir();
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Error> {
        let index = self.context.queue.submit([]);
        self.context.wait(index)
    }

    fn memory(&self) -> Memory {
        let columns: u64 = self.columns.iter().flat_map(|c| &c.buffers).map(Buffer::size).sum();
        let lanes: u64 = self.lanes.iter().map(Lane::bytes).sum();
        Memory {
            device_bytes: columns
                + lanes
                + self.programs.bytes
                + self.control.size()
                + self.reach.as_ref().map_or(0, Reach::bytes),
            host_bytes: self.plan.topology.stored_bytes(),
        }
    }
}
