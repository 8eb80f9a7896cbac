//! A task as two words, and the words of a cell.
//!
//! The first word says where a task comes from: its source, and which of the source's tasks of that tick (or of the job) it is. The
//! second holds the tick in which it was submitted, its tier, whether its execution has begun before, and how often it was rejected.
//! Source and tick never change, so they are its identity; how many ticks it needs is drawn from it, or stands in the job log. How
//! many bits each part has depends on what the tasks are, never on how long the run is.

use crate::error::Error;
use crate::number::mix;
use crate::shader::{Module, module};

/// The words of a cell that only it reads: column `cell`.
pub mod word {
    /// The task under execution: its origin, then its record.
    pub const RUNNING: usize = 0;
    /// How many ticks of execution it still needs.
    pub const REMAINING: usize = 2;
    /// Where its source stands: the tick (or the entry of the job log) of the first task that the cell has not taken in.
    pub const CURSOR: usize = 3;
    /// Which task of that tick or entry it is; above, see [`super::ATTEMPT_SHIFT`], how often it has been refused.
    pub const NEXT: usize = 4;
    /// The tick before which the source does not offer it again.
    pub const NOT_BEFORE: usize = 5;
    /// How many tasks the source has submitted that the cell has not taken in, and the sums of their identities.
    pub const WAITING: usize = 6;
    /// How many tasks the cell has committed: its score.
    pub const SCORE: usize = 9;
    /// How many there are.
    pub const ALL: usize = 10;
    /// With a job log: the first entry that has not been submitted.
    pub const ARRIVED: usize = 10;
    /// How many there are with a job log.
    pub const ALL_OF_LOG: usize = 11;
}

/// Where the number of refusals begins in [`word::NEXT`].
pub const ATTEMPT_SHIFT: u32 = 27;

/// The bits of a cell's word in the column `state`, which its neighbours read.
pub mod state {
    /// How many tasks wait, in the lower bits.
    pub const QUEUED: u32 = 0x1FF;
    /// Whether a task is under execution, or executed and held.
    pub const BUSY: u32 = 1 << 9;
    /// Whether the neighbours take over what it holds.
    pub const ABANDONED: u32 = 1 << 10;
    /// Whether the cell hands all that it holds to its parent, since its family goes.
    pub const RETIRING: u32 = 1 << 11;
    /// Whether the cell has come into being and does not work yet.
    pub const YOUNG: u32 = 1 << 12;
    /// Either: it begins no task, and takes none.
    pub const APART: u32 = RETIRING | YOUNG;
    /// Whether the cell does a part of its parent's task, and takes nothing else.
    pub const PARTED: u32 = 1 << 13;
    /// Whether a task of the cell is done by its children: it takes the room of one.
    pub const DELEGATED: u32 = 1 << 14;
    /// Whether the cell has something that is to be done by children, and has none for it.
    pub const WANTS: u32 = 1 << 15;
    /// The bits of a cell that is open to neighbours.
    pub const OPEN: u32 = QUEUED | BUSY | ABANDONED | DELEGATED | WANTS;
    /// Where the number of ticks begins for which the cell has been closed: it has fewer than two members up, or two and a result
    /// that they cannot commit. A closed cell takes nothing from neighbours.
    pub const CLOSED_SHIFT: u32 = 16;

    /// Whether a cell takes nothing from neighbours.
    #[inline(always)]
    #[must_use]
    pub fn is_closed(state: u32) -> bool {
        state & !OPEN != 0
    }

    /// What a cell holds: waiting, under execution, and done by its children.
    #[inline(always)]
    #[must_use]
    pub fn load(state: u32) -> u32 {
        (state & QUEUED) + ((state / BUSY) & 1) + ((state / DELEGATED) & 1)
    }
}

/// The most tasks that a cell offers in a tick.
pub const OFFERS: usize = 4;

/// The words of the column `outbox`: what a cell offers.
pub mod outbox {
    use super::OFFERS;
    /// How many tasks, above [`QUEUED_SHIFT`] how many were waiting then, and above [`MARKS_SHIFT`] the [marks](mark) of those to whom
    /// something is offered; 0 if it offers nothing. The k-th is the k-th last of those that were waiting.
    pub const HEADER: usize = 0;
    /// Where the number begins of those that were waiting, and where the marks do.
    pub const QUEUED_SHIFT: u32 = 4;
    /// Where the marks begin.
    pub const MARKS_SHIFT: u32 = 16;
    /// To which cell each goes.
    pub const TARGETS: usize = 1;
    /// The tasks, two words each.
    pub const TASKS: usize = 1 + OFFERS;
    /// How many words there are.
    pub const ALL: usize = 1 + 3 * OFFERS;

    /// One of 16 bits for a cell: where a header has it not, nothing is offered to the cell, which so need not look at the targets.
    #[inline(always)]
    #[must_use]
    pub const fn mark(cell: u32) -> u32 {
        1 << (MARKS_SHIFT + (cell.wrapping_mul(crate::geometry::GOLDEN) >> 28))
    }

    /// How many tasks a header says.
    #[inline(always)]
    #[must_use]
    pub const fn count(header: u32) -> usize {
        (header & ((1 << QUEUED_SHIFT) - 1)) as usize
    }

    /// How many were waiting, as a header says.
    #[inline(always)]
    #[must_use]
    pub const fn queued(header: u32) -> u32 {
        (header >> QUEUED_SHIFT) & ((1 << (MARKS_SHIFT - QUEUED_SHIFT)) - 1)
    }
}

/// What a receiver that takes all answers: the cell with the greatest number, and above it the number of tasks.
pub const ALL_TAKEN: u32 = (1 << 30) - 1;
/// Where in an answer the number of tasks begins that are taken from the last cell from which not all are.
pub const TAKEN_SHIFT: u32 = 30;

/// Which bits of a task's words mean what: of the record, from the lowest, how often it was rejected, whether its execution has begun
/// before, its tier, and in all that is left the tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskFormat {
    /// Bits of the origin that number a source's tasks; the source is above.
    pub number_bits: u32,
    /// The bits of the record that hold the number of rejections.
    pub tries_mask: u32,
    /// The bit that says that execution has begun before.
    pub started: u32,
    /// Where the tier begins.
    pub tier_shift: u32,
    /// Its bits, at that place.
    pub tier_mask: u32,
    /// Where the tick begins, which is up to the top.
    pub tick_shift: u32,
}

/// The tick has at least so many bits.
const FEWEST_TICK_BITS: u32 = 24;

/// How many bits numbers from 0 to `most` take.
fn bits(most: u64) -> u32 {
    64 - most.leading_zeros()
}

impl TaskFormat {
    /// The format for so many tiers, rejections, sources, and tasks of a source in a tick.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the key if two words are not enough.
    pub fn new(tiers: u32, max_tries: u32, sources: u32, most: u64) -> Result<Self, Error> {
        let number_bits = 32 - bits(u64::from(sources.saturating_sub(1)));
        if most > 1 << number_bits {
            let message = format!(
                "brings up to {most} tasks of one source at once, but with {sources} sources at most {} can be told apart; have \
                 fewer cells, or less at once",
                1u64 << number_bits
            );
            return Err(Error::invalid("work", message));
        }
        let (tier_bits, tries_bits) = (bits(tiers.saturating_sub(1).into()), bits(max_tries.into()));
        let tick_shift = tries_bits + 1 + tier_bits;
        if tick_shift > 32 - FEWEST_TICK_BITS {
            let message = format!(
                "is {max_tries}, which with the {tiers} of work.tiers leaves a task fewer than {FEWEST_TICK_BITS} bits for its tick; have \
                 fewer tiers, at most 8, or tries, at most 15"
            );
            return Err(Error::invalid("work.max_tries", message));
        }
        Ok(Self {
            number_bits,
            tries_mask: (1 << tries_bits) - 1,
            started: 1 << tries_bits,
            tier_shift: tries_bits + 1,
            tier_mask: ((1 << tier_bits) - 1) << (tries_bits + 1),
            tick_shift,
        })
    }

    /// The most ticks that a run may have: so many can be told apart.
    #[must_use]
    pub fn most_ticks(self) -> u32 {
        u32::MAX >> self.tick_shift
    }

    /// Checks that a run of so many ticks can tell them apart.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the limit.
    pub(super) fn check_ticks(self, ticks: u32) -> Result<(), Error> {
        let most = self.most_ticks();
        if ticks <= most {
            return Ok(());
        }
        let message = format!(
            "is {ticks}, but with so many tiers and tries a task can tell at most {most} ticks apart; run no more, or have fewer \
             work.tiers, or a lesser work.max_tries"
        );
        Err(Error::invalid("ticks", message))
    }

    /// The shader's side.
    #[must_use]
    pub fn module(self) -> Module {
        module!("part/work/task")
            .with("NUMBER_BITS", self.number_bits)
            .with("TRIES_MASK", self.tries_mask)
            .with("STARTED", self.started)
            .with("TIER_SHIFT", self.tier_shift)
            .with("TIER_MASK", self.tier_mask)
            .with("TICK_SHIFT", self.tick_shift)
    }

    /// The first word.
    #[inline(always)]
    #[must_use]
    pub fn origin(self, source: u32, number: u32) -> u32 {
        // With one source its number is 0, and all bits number the tasks.
        source << (self.number_bits & 31) | number
    }

    /// The source, or the job, of a first word.
    #[inline(always)]
    #[must_use]
    pub fn source(self, origin: u32) -> u32 {
        if self.number_bits == 32 {
            0
        } else {
            origin >> self.number_bits
        }
    }

    /// The second word of a task that has just been submitted.
    #[inline(always)]
    #[must_use]
    pub fn record(self, tick: u32, tier: u32) -> u32 {
        tick << self.tick_shift | tier << self.tier_shift
    }

    /// The tick in which it was submitted.
    #[inline(always)]
    #[must_use]
    pub fn tick(self, record: u32) -> u32 {
        record >> self.tick_shift
    }

    /// Its tier.
    #[inline(always)]
    #[must_use]
    pub fn tier(self, record: u32) -> u32 {
        (record & self.tier_mask) >> self.tier_shift
    }

    /// How often it was rejected.
    #[inline(always)]
    #[must_use]
    pub fn tries(self, record: u32) -> u32 {
        record & self.tries_mask
    }

    /// The record after another rejection.
    #[inline(always)]
    #[must_use]
    pub fn rejected(self, record: u32) -> u32 {
        record.wrapping_add(1)
    }

    /// What stands for a task in the ledger's sums.
    #[inline(always)]
    #[must_use]
    pub fn identity(self, origin: u32, record: u32) -> [u32; 2] {
        mix(IDENTITY, origin, self.tick(record))
    }
}

/// Keeps the ledger's sums apart from the fingerprint's.
pub const IDENTITY: u32 = 0x7A5C;

/// The words of a job in the column `jobs`: the k-th words of all jobs, then the next.
pub mod job {
    use crate::column::{ColumnId, Fold, Folded};

    /// `u32::MAX` less the tick in which the first of its tasks was begun; 0 if none was.
    pub const START: usize = 0;
    /// The number of ticks done when the last of its tasks that has ended did.
    pub const END: usize = 1;
    /// How many of its tasks have ended.
    pub const ENDED: usize = 2;
    /// How often its ended tasks were rejected.
    pub const TRIES: usize = 3;
    /// How often its tasks have moved, ended or not.
    pub const HOPS: usize = 4;
    /// How many of them were not committed.
    pub const FAILED: usize = 5;
    /// How many words there are.
    pub const ALL: usize = 6;

    /// What is done with the words of so many jobs.
    pub(in crate::part::work) fn folds(column: ColumnId, jobs: u32) -> [Folded; 2] {
        let (ends, all) = (jobs * ENDED as u32, jobs * ALL as u32);
        [
            Folded::new(column, 0..ends, Fold::Max),
            Folded::new(column, ends..all, Fold::Add),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_tells_all_its_parts_and_its_tick_takes_what_is_left() {
        for (tiers, max_tries, tick_bits) in [(1, 0, 31), (1, 3, 29), (3, 3, 27), (8, 0, 28), (8, 15, 24)] {
            let format = TaskFormat::new(tiers, max_tries, 10, 1).unwrap();
            let most = format.most_ticks();
            assert_eq!(u64::from(most) + 1, 1 << tick_bits);
            for tick in [0, 1, 100, most - 1, most] {
                for tier in 0..tiers {
                    let mut record = format.record(tick, tier) | format.started;
                    for tries in 0..=max_tries {
                        let parts = (format.tick(record), format.tier(record), format.tries(record));
                        assert_eq!(parts, (tick, tier, tries));
                        assert_ne!(record & format.started, 0);
                        record = format.rejected(record);
                    }
                }
            }
            assert!(format.check_ticks(most).is_ok());
            let error = format.check_ticks(most + 1).unwrap_err().to_string();
            assert!(
                error.contains(&format!("ticks is {}", most + 1)) && error.contains(&most.to_string()),
                "{error}"
            );
        }
    }

    #[test]
    fn what_two_words_cannot_hold_is_refused_by_its_key() {
        for (tiers, max_tries) in [(9, 15), (8, 16), (64, 3), (1, 255)] {
            let error = TaskFormat::new(tiers, max_tries, 10, 1).unwrap_err().to_string();
            let names = ["work.max_tries", "work.tiers", "24 bits"];
            assert!(names.iter().all(|name| error.contains(name)), "{error}");
        }
        assert!(TaskFormat::new(1, 3, 1 << 20, 1 << 12).is_ok());
        assert!(TaskFormat::new(1, 3, 1 << 20, 1 + (1 << 12)).is_err());
    }
}
