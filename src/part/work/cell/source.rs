//! Where tasks come from. Twins: `shaders/part/work/source-*.wgsl`, `shaders/part/work/count-*.wgsl`.
//!
//! A source is a cursor in a stream of tasks that is a stateless function of cell and tick, or stands in a job log: so it can
//! hold back any number of tasks that its cell had no room for, in three words.

use super::events::Events;
use crate::number::{multiply_high, threefry2x32, threefry2x32_13};
use crate::part::work::chance::outcome;
use crate::part::work::{TaskFormat, word};
use multiversion::multiversion;
use std::ops::Range;

/// A stretch of the column `workload`.
pub type Stretch = Range<usize>;

/// Where a run's tasks come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// They are drawn.
    Drawn(Drawn),
    /// They stand in a log.
    Log(Log),
}

/// Tasks that are drawn.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// How many arrive in a tick.
    pub process: Counts,
    /// When more or fewer do.
    pub events: Option<Events>,
    /// The least word that means that nothing arrives wherever and whenever it is drawn: most do. Nothing where none means that.
    pub none_from: Option<u32>,
    /// At which cells.
    pub places: Places,
    /// None from this tick on.
    pub until: u32,
    /// What the numbers of arrivals depend on.
    pub arrival_key: u32,
    /// What a task's tier and need depend on.
    pub task_key: u32,
    /// The thresholds of the tiers.
    pub tiers: Stretch,
    /// How many ticks a task needs.
    pub need: Needs,
}

/// How many tasks arrive at a cell in a tick; the first of two is for ordinary cells, the second for hot spots.
#[derive(Clone, Debug, PartialEq)]
pub enum Counts {
    /// So many times `size`, and once more where a draw is below the threshold.
    Whole {
        /// How many times.
        whole: [u32; 2],
        /// The threshold.
        fraction: [u32; 2],
        /// How many arrive at once.
        size: u32,
    },
    /// As the thresholds say.
    Table([Stretch; 2]),
}

/// At which cells tasks arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Places {
    /// At all; those are hot whose draw is below the threshold.
    All {
        /// The threshold.
        hot: u32,
        /// What the draw depends on.
        key: u32,
    },
    /// At this one, as at a hot spot.
    One(u32),
}

/// How many ticks a drawn task needs.
#[derive(Clone, Debug, PartialEq)]
pub enum Needs {
    /// At least `low`, of `span` numbers each as likely.
    Range {
        /// The least.
        low: u32,
        /// How many there are.
        span: u32,
    },
    /// One more than the outcome that the thresholds give.
    Counted(Stretch),
    /// The value of the outcome that the thresholds give.
    Listed {
        /// The thresholds.
        thresholds: Stretch,
        /// The values.
        values: Stretch,
    },
}

/// Jobs of a log, in the column `workload`.
#[derive(Clone, Debug, PartialEq)]
pub struct Log {
    /// For each cell the first of its entries, and the end of the last's.
    pub offsets: Stretch,
    /// The entries, [`Log::WORDS`] words each, by cell and arrival: the tick, the job, how many tasks, the tier.
    pub entries: Stretch,
    /// Of each job, how many ticks of execution each of its tasks needs.
    pub needs: Stretch,
    /// How many jobs there are.
    pub jobs: u32,
    /// How many tasks arrive at a cell in a tick at the most.
    pub most: u64,
}

impl Log {
    /// Words of an entry.
    pub const WORDS: usize = 4;

    #[inline(always)]
    fn entry<'a>(&self, tables: &'a [u32], entry: u32) -> &'a [u32] {
        &tables[self.entries.start + Self::WORDS * entry as usize..][..Self::WORDS]
    }
}

impl Drawn {
    /// How many tasks arrive at a cell in a tick for which this word was drawn.
    #[inline(always)]
    fn count(&self, tables: &[u32], cell: u32, tick: u32, draw: u32) -> u32 {
        if tick >= self.until || self.is_none(draw) {
            return 0;
        }
        let class = match self.places {
            Places::One(one) if one != cell => return 0,
            Places::One(_) => 1,
            Places::All { hot: 0, .. } => 0,
            Places::All { hot, key } => usize::from(threefry2x32_13([key, 0], [cell, 0])[0] < hot),
        };
        if let Some(events) = &self.events {
            return self.process.by(tables, events.rate(tables, class, cell, tick), draw);
        }
        match &self.process {
            Counts::Whole { whole, fraction, size } => size * (whole[class] + u32::from(draw < fraction[class])),
            Counts::Table(tables_of) => outcome(&tables[tables_of[class].clone()], draw) as u32,
        }
    }

    /// Whether this word means that nothing arrives wherever and whenever it is drawn.
    #[inline(always)]
    fn is_none(&self, draw: u32) -> bool {
        self.none_from.is_some_and(|least| draw >= least)
    }

    #[inline(always)]
    fn draw(&self, cell: u32, tick: u32) -> u32 {
        threefry2x32_13([self.arrival_key, 0], [cell, tick])[0]
    }

    /// The words that decide a task's tier and need.
    #[inline(always)]
    fn task(&self, origin: u32, tick: u32) -> [u32; 2] {
        threefry2x32([self.task_key, origin], [tick, 0])
    }
}

/// A task on offer.
#[derive(Clone, Copy, Debug)]
pub struct Offered {
    /// Its two words.
    pub words: [u32; 2],
    /// Its tier.
    pub tier: u32,
}

/// The source of one cell in one tick.
#[derive(Clone, Copy)]
pub struct At<'a> {
    /// The kind.
    pub source: &'a Source,
    /// The column `workload`.
    pub tables: &'a [u32],
    /// What words mean.
    pub format: TaskFormat,
    /// Whether all tasks come from one source.
    pub is_one: bool,
    /// The cell.
    pub cell: u32,
    /// The tick.
    pub tick: u32,
}

impl At<'_> {
    /// How many tasks are drawn for this tick, by its word.
    #[inline(always)]
    pub(super) fn arriving(&self, drawn: &Drawn, draw: u32) -> u32 {
        drawn.count(self.tables, self.cell, self.tick, draw)
    }

    #[inline(always)]
    pub(super) fn drawn(&self, drawn: &Drawn, tick: u32, number: u32) -> Offered {
        let source = if self.is_one { 0 } else { self.cell };
        let origin = self.format.origin(source, number);
        let tier = outcome(&self.tables[drawn.tiers.clone()], drawn.task(origin, tick)[0]) as u32;
        Offered {
            words: [origin, self.format.record(tick, tier)],
            tier,
        }
    }

    #[inline(always)]
    fn of_log(&self, entry: &[u32], number: u32) -> Offered {
        Offered {
            words: [
                self.format.origin(entry[1], number),
                self.format.record(entry[0], entry[3]),
            ],
            tier: entry[3],
        }
    }

    /// Calls `f` with every task that is submitted in this tick. `draw` is the tick's word where tasks are drawn; `words` are
    /// those of the cell, `waits` says whether its source held tasks back before.
    #[inline(always)]
    pub fn submit(&self, draw: u32, waits: bool, words: &mut SourceWords<'_, '_>, mut f: impl FnMut(Offered)) {
        match self.source {
            Source::Drawn(drawn) => {
                let count = drawn.count(self.tables, self.cell, self.tick, draw);
                if count > 0 && !waits {
                    words.set(word::CURSOR, self.tick);
                    words.set(word::NEXT, 0);
                }
                (0..count).for_each(|number| f(self.drawn(drawn, self.tick, number)));
            }
            Source::Log(log) => {
                let cells = &self.tables[log.offsets.clone()];
                let (start, end) = (cells[self.cell as usize], cells[self.cell as usize + 1]);
                // Counted from the cell's first entry.
                let mut arrived = words.get(word::ARRIVED);
                if start + arrived >= end || log.entry(self.tables, start + arrived)[0] != self.tick {
                    return;
                }
                if !waits {
                    words.set(word::CURSOR, arrived);
                    words.set(word::NEXT, 0);
                }
                while start + arrived < end {
                    let entry = log.entry(self.tables, start + arrived);
                    if entry[0] != self.tick {
                        break;
                    }
                    (0..entry[2]).for_each(|number| f(self.of_log(entry, number)));
                    arrived += 1;
                }
                words.set(word::ARRIVED, arrived);
            }
        }
    }

    /// The first task that is held back; there must be one.
    #[inline(always)]
    pub fn first(&self, words: &SourceWords<'_, '_>) -> Offered {
        let (cursor, number) = (words.get(word::CURSOR), words.get(word::NEXT) & NUMBER);
        match self.source {
            Source::Drawn(drawn) => self.drawn(drawn, cursor, number),
            Source::Log(log) => {
                let start = self.tables[log.offsets.start + self.cell as usize];
                self.of_log(log.entry(self.tables, start + cursor), number)
            }
        }
    }

    /// Moves on to the next task; `more` says whether there is one.
    #[inline(always)]
    pub fn advance(&self, more: bool, words: &mut SourceWords<'_, '_>) {
        let (cursor, next) = (words.get(word::CURSOR), words.get(word::NEXT));
        let number = (next & NUMBER) + 1;
        let count = match self.source {
            Source::Drawn(drawn) => {
                let draw = drawn.draw(self.cell, cursor);
                drawn.count(self.tables, self.cell, cursor, draw)
            }
            Source::Log(log) => {
                let start = self.tables[log.offsets.start + self.cell as usize];
                log.entry(self.tables, start + cursor)[2]
            }
        };
        if number < count {
            words.set(word::NEXT, next + 1);
            return;
        }
        words.set(word::NEXT, next & !NUMBER);
        if !more {
            return;
        }
        let mut cursor = cursor + 1;
        if let Source::Drawn(drawn) = self.source {
            while cursor < self.tick {
                let draw = drawn.draw(self.cell, cursor);
                if drawn.count(self.tables, self.cell, cursor, draw) > 0 {
                    break;
                }
                cursor += 1;
            }
        }
        words.set(word::CURSOR, cursor);
    }

    /// How many ticks of execution a task needs.
    #[inline(always)]
    pub fn need(&self, [origin, record]: [u32; 2]) -> u32 {
        match self.source {
            Source::Log(log) => self.tables[log.needs.start + self.format.source(origin) as usize],
            Source::Drawn(drawn) => match &drawn.need {
                Needs::Range { low, span: 1 } => *low,
                need => {
                    let word = drawn.task(origin, self.format.tick(record))[1];
                    match need {
                        Needs::Range { low, span } => low + multiply_high(word, *span),
                        Needs::Counted(table) => 1 + outcome(&self.tables[table.clone()], word) as u32,
                        Needs::Listed { thresholds, values } => {
                            self.tables[values.start + outcome(&self.tables[thresholds.clone()], word)]
                        }
                    }
                }
            },
        }
    }
}

/// The bits of [`word::NEXT`] that number tasks.
pub const NUMBER: u32 = (1 << crate::part::work::ATTEMPT_SHIFT) - 1;

/// The words of one cell.
pub struct SourceWords<'a, 'b> {
    /// The lanes of the column `cell`.
    pub lanes: &'a mut [&'b mut [u32]],
    /// The cell's place in them.
    pub at: usize,
}

impl SourceWords<'_, '_> {
    /// Reads a word.
    #[inline(always)]
    pub fn get(&self, word: usize) -> u32 {
        self.lanes[word][self.at]
    }

    /// Writes a word.
    #[inline(always)]
    pub fn set(&mut self, word: usize, value: u32) {
        self.lanes[word][self.at] = value;
    }
}

/// The words that decide how many tasks arrive at `first` and the cells after it.
pub fn draw(source: &Source, first: u32, tick: u32, words: &mut [u32]) {
    if let Source::Drawn(drawn) = source {
        draw_all(drawn.arrival_key, first, tick, words);
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn draw_all(key: u32, first: u32, tick: u32, words: &mut [u32]) {
    for (l, word) in words.iter_mut().enumerate() {
        *word = threefry2x32_13([key, 0], [first.wrapping_add(l as u32), tick])[0];
    }
}
