//! Many ticks in one submission: how many, and what comes back.

use super::context::Context;
use super::program::{Clock, Programs, bind, bind_engine, pass};
use super::reach;
use super::tiled::Tiled;
use crate::column::Space;
use crate::error::Error;
use crate::fault::Now;
use crate::gauge::{Places, Tallies};
use crate::plan::Plan;
use std::ops::Range;
use std::time::{Duration, Instant};
use wgpu::{BindGroup, Buffer, BufferUsages, SubmissionIndex};

/// The most dispatches with a clock of their own in one submission.
pub(super) const CLOCKS: usize = 2048;
/// The most ticks in one submission; those in which all steps rest take no clock.
const MOST_TICKS: u32 = 1 << 16;
/// The most measurements in one submission.
const ROWS: usize = 256;
/// The most bytes of the measurements of one submission, unless a single one has more: they are held three times over.
const ROW_BYTES: usize = 8 << 20;
/// How long a submission should take: long enough that its fixed cost does not show, short enough that a user can
/// interrupt, and that no operating system takes the device for hung.
const TARGET: Duration = Duration::from_millis(50);
/// From when on a user who asks for an end should not have to wait for that of the tick.
const SLOW: Duration = Duration::from_millis(500);

/// What the steps of a plan run over, each once.
pub(super) fn spaces(plan: &Plan) -> Vec<Space> {
    let mut all: Vec<Space> = Vec::new();
    for step in &plan.steps {
        if !all.contains(&step.space()) {
            all.push(step.space());
        }
    }
    all
}

/// How many clocks a tick of a plan and its measurement take.
pub(super) fn clocks(plan: &Plan) -> usize {
    // A step whose nodes are not all in whole tiles takes one for these and one for those after them.
    let all = 0..plan.nodes();
    let tiled = (0..plan.steps.len()).filter_map(|step| Tiled::of(plan, step));
    let cut = tiled.filter(|tiled| tiled.tiles.inside(&all) != all).count();
    let looks = if plan.kinship.is_some() { reach::CLOCKS } else { 0 };
    spaces(plan).len() + 2 * cut + looks + 1 + plan.places().columns().len()
}

/// The buffers of one submission; there are two sets, so that the device works on one while the host reads the other.
#[derive(Debug)]
pub(super) struct Lane {
    clocks: Buffer,
    pub rows: Buffer,
    staging: Buffer,
    pub engine: BindGroup,
    /// The same for the pass that writes the control block.
    pub writing: BindGroup,
    pub row_binding: BindGroup,
    /// What each column that comes back with every measurement is bound by.
    pub record_bindings: Vec<BindGroup>,
    stride: usize,
    /// Where a row has what.
    places: Places,
    /// The most rows of a submission.
    most_rows: usize,
    words: Vec<u8>,
    used: usize,
    /// The tick of each row.
    pub measured: Vec<u32>,
}

impl Lane {
    /// With the columns that come back with every measurement.
    pub fn new(
        context: &Context,
        plan: &Plan,
        programs: &Programs,
        control: &Buffer,
        records: &[&Buffer],
    ) -> Result<Self, Error> {
        let stride = size_of::<Clock>().next_multiple_of(context.limits.min_uniform_buffer_offset_alignment as usize);
        let clocks = context.buffer(
            "clocks",
            (CLOCKS * stride) as u64,
            BufferUsages::UNIFORM | BufferUsages::COPY_DST,
        )?;
        let places = plan.places();
        let row_words = places.row_words;
        let most_rows = (ROW_BYTES / (4 * row_words)).clamp(1, ROWS);
        let bytes = (most_rows * row_words * 4) as u64;
        let rows = context.storage("rows", bytes)?;
        let staging = context.buffer("rows read-back", bytes, BufferUsages::MAP_READ | BufferUsages::COPY_DST)?;
        let engine = bind_engine(context, &programs.engine_layout, &clocks, control);
        let writing = bind_engine(context, &programs.writing_layout, &clocks, control);
        let layout = |pass: usize| &programs.measures[pass].columns;
        let bound = [
            (0, &programs.partials),
            (1, &programs.bins),
            (2, &rows),
            (3, &programs.prints),
        ];
        let row_binding = bind(context, layout(pass::ROW), &bound);
        let record_bindings = records
            .iter()
            .map(|record| bind(context, layout(pass::RECORD), &[(0, record), (1, &rows)]))
            .collect();
        Ok(Self {
            clocks,
            rows,
            staging,
            engine,
            writing,
            row_binding,
            record_bindings,
            stride,
            places,
            most_rows,
            words: Vec::new(),
            used: 0,
            measured: Vec::new(),
        })
    }

    pub fn bytes(&self) -> u64 {
        self.clocks.size() + self.rows.size() + self.staging.size()
    }

    /// Begins a new submission.
    pub fn clear(&mut self) {
        self.words.clear();
        self.used = 0;
        self.measured.clear();
    }

    /// Whether there is room for another tick, and its measurement, of a plan that takes so many clocks for them.
    pub fn has_room(&self, clocks: usize) -> bool {
        self.used + clocks <= CLOCKS && self.measured.len() < self.most_rows
    }

    /// The offset of the clock of a tick, for the steps that run over so many items.
    pub fn tick(&mut self, tick: u32, items: u32, now: Now) -> u32 {
        self.range(tick, 0..items, now)
    }

    /// The same for a part of the items.
    pub fn range(&mut self, tick: u32, items: Range<u32>, now: Now) -> u32 {
        self.push(
            Clock {
                tick,
                first: items.start,
                end: items.end,
                ..Clock::default()
            },
            now,
        )
    }

    /// The offset of the clock of a measurement of some nodes after `tick` ticks, of which `now` is the last.
    pub fn measurement(&mut self, tick: u32, nodes: Range<u32>, now: Now, may_stop: bool) -> u32 {
        let row = self.measured.len() as u32;
        self.measured.push(tick);
        self.push(
            Clock {
                tick,
                row,
                first: nodes.start,
                end: nodes.end,
                may_stop: may_stop.into(),
                ..Clock::default()
            },
            now,
        )
    }

    /// The offset of the clock of a column's fingerprint, or, where none is named, of those of all columns that are bound.
    pub fn fingerprint(&mut self, plan: &Plan, column: Option<usize>) -> u32 {
        let clock = Clock {
            column: column.map_or(0, |column| plan.columns[column].number()),
            words: u32::from(column.is_some()),
            end: u32::MAX,
            ..Clock::default()
        };
        self.push(clock, Now::default())
    }

    /// The same of some words of one column.
    pub fn fingerprint_of(&mut self, plan: &Plan, column: usize, words: &Range<u64>) -> u32 {
        // A column that a device holds has fewer words than 32 bits number.
        let clock = Clock {
            column: plan.columns[column].number(),
            words: 1,
            first: words.start as u32,
            end: words.end as u32,
            ..Clock::default()
        };
        self.push(clock, Now::default())
    }

    /// The offset of the clock of a look of this number at who is where.
    pub fn reach(&mut self, phase: u32) -> u32 {
        let clock = Clock {
            column: phase,
            ..Clock::default()
        };
        self.push(clock, Now::default())
    }

    /// The offset of the clock of a record: so many words, from the `first`-th of the last measurement's row on.
    pub fn record(&mut self, first: usize, words: u32) -> u32 {
        let row = (self.measured.len() - 1) * self.places.row_words;
        let clock = Clock {
            column: (row + first) as u32,
            words,
            ..Clock::default()
        };
        self.push(clock, Now::default())
    }

    fn push(&mut self, mut clock: Clock, now: Now) -> u32 {
        (clock.walls, clock.cuts, clock.strike, clock.strikes) = (now.walls, now.cuts, now.strike, now.strikes);
        let offset = self.used * self.stride;
        self.words.resize(offset + self.stride, 0);
        self.words[offset..offset + size_of::<Clock>()].copy_from_slice(bytemuck::bytes_of(&clock));
        self.used += 1;
        offset as u32
    }

    /// Submits what has been recorded, with the clocks, and asks for the rows.
    pub fn submit(&self, context: &Context, mut encoder: wgpu::CommandEncoder) -> SubmissionIndex {
        context.queue.write_buffer(&self.clocks, 0, &self.words);
        if !self.measured.is_empty() {
            encoder.copy_buffer_to_buffer(&self.rows, 0, &self.staging, 0, self.row_bytes());
        }
        context.submit(encoder.finish())
    }

    fn row_bytes(&self) -> u64 {
        (self.measured.len() * self.places.row_words * 4) as u64
    }

    /// Waits for a submission of this lane and returns its rows: the tick, the tallies, and whether the run had been stopped
    /// before.
    pub fn finish(
        &self,
        context: &Context,
        plan: &Plan,
        index: SubmissionIndex,
    ) -> Result<Vec<(u32, Tallies, bool)>, Error> {
        if self.measured.is_empty() {
            context.wait(index)?;
            return Ok(Vec::new());
        }
        let words = context.map(&self.staging, self.row_bytes(), index)?;
        let rows = words.chunks_exact(self.places.row_words);
        Ok(self
            .measured
            .iter()
            .zip(rows)
            .map(|(&tick, row)| {
                let (tallies, was_stopped) = self.places.read(Tallies::nothing(plan), row);
                (tick, tallies, was_stopped)
            })
            .collect())
    }
}

/// Finds out how many ticks take about the target time.
#[derive(Debug)]
pub(super) struct Pace {
    ticks: u32,
    finished: Instant,
    /// How long a tick takes, as last seen.
    tick: Duration,
}

impl Pace {
    pub fn new() -> Self {
        Self {
            ticks: 1,
            finished: Instant::now(),
            tick: Duration::ZERO,
        }
    }

    /// Ticks for the next submission.
    pub fn ticks(&self) -> u32 {
        self.ticks
    }

    /// How long a tick takes, as last seen.
    pub fn tick(&self) -> Duration {
        self.tick
    }

    /// Whether a tick takes so long that its steps had better be submissions of their own.
    pub fn is_slow(&self) -> bool {
        self.tick > SLOW
    }

    /// Learns from a submission of `ticks` ticks that was handed in at `submitted` and is done now.
    pub fn learn(&mut self, ticks: u32, submitted: Instant) {
        let now = Instant::now();
        let took = now.duration_since(submitted.max(self.finished));
        self.finished = now;
        self.tick = took / ticks.max(1);
        let ideal = f64::from(ticks) * TARGET.as_secs_f64() / took.as_secs_f64().max(1e-6);
        // At most twice as many as before: the first ones are slow for other reasons.
        self.ticks = (ideal as u32).clamp(1, (2 * self.ticks).min(MOST_TICKS));
    }
}
