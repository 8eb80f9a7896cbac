//! The end of a log: its jobs by arrival, what of it cannot be used as a whole, and the account of it.

use super::{Draft, Log, SECTION, Trouble, refused};
use crate::error::Error;
use crate::trace::account::{Account, counted, reasons};
use crate::trace::cell::Cell;
use crate::trace::moment::{self, Clock, SECOND};
use crate::trace::names::Names;
use crate::trace::reason::{Field, Kind, Reason};
use crate::trace::spec::{Placement, TierBy, TraceFormat};
use crate::trace::tiers::Tiers;
use crate::trace::{Job, MOST_NEED, Trace};

impl Log<'_> {
    /// The jobs, by arrival.
    pub(in crate::trace) fn finish(mut self) -> Result<Trace, Error> {
        self.check_parts()?;
        self.drop_late()?;
        let first = self.drafts.iter().map(|draft| draft.submit).min();
        let Some(first) = first else {
            return Err(self.nothing());
        };
        self.check_users()?;
        let (held, jobs) = (size_of_val(&self.drafts[..]), self.drafts.len() * size_of::<Job>());
        self.meter.allow((held + jobs) as u64, jobs as u64).map_err(refused)?;
        let in_order = self.drafts.is_sorted_by_key(|draft| draft.submit);
        if !in_order {
            // Without the room that a stable sort takes; lines are in order.
            self.drafts.sort_unstable_by_key(|draft| (draft.submit, draft.line));
        }
        let clock = self.clock.map_or(Clock::Seconds, |(clock, _)| clock);
        let tiers = self.tier_of();
        self.tell(first, clock, &tiers);
        let jobs: Vec<Job> = self
            .drafts
            .iter()
            .map(|draft| Job {
                arrival: ((draft.submit - first) / self.tick) as u32, // as drop_late has seen to
                need: draft.need,
                tasks: draft.tasks,
                tier: tiers.of(draft.mark, draft.tasks),
                user: draft.user,
                number: draft.number,
                line: draft.line,
            })
            .collect();
        let skipped: u64 = self.skipped.values().sum();
        let partial = self.parts.len() as u64;
        let work = |job: &Job| u64::from(job.tasks) * u64::from(job.need);
        let account = Account {
            file: self.name,
            format: self.format,
            lines: self.lines,
            jobs: jobs.len() as u64,
            cancelled: self.cancelled,
            partial,
            other: self.lines - skipped - jobs.len() as u64 - self.cancelled - partial,
            skipped: self.skipped,
            in_order,
            clock,
            tick_seconds: self.tick as f64 / SECOND as f64,
            first_submit: first.div_euclid(SECOND),
            last_arrival: jobs.last().map_or(0, |job| job.arrival),
            tasks: jobs.iter().map(|job| u64::from(job.tasks)).sum(),
            work: jobs.iter().map(work).fold(0, u64::saturating_add),
            slowdown_bound: self.spec.slowdown_bound,
            columns: self.columns,
            facts: self.facts,
            notes: self.notes,
        };
        Ok(Trace { jobs, account })
    }

    /// A partial execution is not counted if its job is; where the job has no line as a whole, it would be lost.
    fn check_parts(&mut self) -> Result<(), Error> {
        if self.parts.is_empty() {
            return Ok(());
        }
        self.wholes.sort_unstable();
        let (parts, lost): (Vec<_>, Vec<_>) = std::mem::take(&mut self.parts)
            .into_iter()
            .partition(|(of, _)| self.wholes.binary_search(of).is_ok());
        self.parts = parts;
        for (_, line) in lost {
            let is_swf = self.format == TraceFormat::Swf;
            let trouble = Trouble {
                reason: Reason::Part,
                message: if is_swf {
                    "is a partial execution (status 2, 3 or 4) of a job that has no line as a whole (status 0, 1 or 5)"
                        .to_owned()
                } else {
                    format!(
                        "is a step of a job, as the point in its name says, whose own row is not there; if it is a job of its own, say \
                         {SECTION}.columns.job = false"
                    )
                },
            };
            self.skip(line, trouble)?;
        }
        Ok(())
    }

    /// All jobs of a user arrive at one cell; of no user, all jobs would.
    fn check_users(&mut self) -> Result<(), Error> {
        let jobs = self.drafts.len() as u64;
        let knows_none = !self.has_users || self.unknown_users >= jobs;
        if self.spec.cells != Placement::User {
            return Ok(());
        }
        if knows_none {
            let what = if self.has_users {
                "knows no job's user"
            } else {
                "has no column of users"
            };
            let remedy = if self.format == TraceFormat::Swf || self.has_users {
                ""
            } else {
                "name it, as in work.log.columns.user = \"owner\", or "
            };
            let message = format!(
                "is \"user\", but {} {what}, so that all jobs would arrive at one cell; {remedy}choose hash or round-robin",
                self.name
            );
            return Err(self.error_of("cells", message));
        }
        if self.unknown_users > 0 {
            let note = format!(
                "{} jobs of unknown user count as user 0's, and arrive at one cell",
                self.unknown_users
            );
            self.notes.push(note);
        }
        Ok(())
    }

    /// Looks for jobs that arrive more ticks after the first than can be counted.
    fn drop_late(&mut self) -> Result<(), Error> {
        let first = self.drafts.iter().map(|draft| draft.submit).min().unwrap_or(0);
        let last = self.drafts.iter().map(|draft| draft.submit).max().unwrap_or(0);
        let is_late = |submit: i64| (submit - first) / self.tick > MOST_NEED.into();
        if !is_late(last) {
            return Ok(());
        }
        let (late, kept): (Vec<Draft>, Vec<Draft>) = self.drafts.iter().partition(|draft| is_late(draft.submit));
        self.drafts = kept;
        let zoned = match self.clock {
            Some((Clock::Dates, _)) => Some(true),
            Some((Clock::LocalDates, _)) => Some(false),
            _ => None,
        };
        for draft in late {
            let cell = match zoned {
                Some(zoned) => Cell::Date {
                    nanoseconds: 1000 * i128::from(draft.submit),
                    zoned,
                },
                None => Cell::Integer((draft.submit / SECOND).into()),
            };
            let trouble = self.trouble(Field::Arrival, Kind::OutOfRange, "the arrival", cell);
            self.skip(draft.line, trouble)?;
        }
        Ok(())
    }

    fn nothing(&self) -> Error {
        let (lines, cancelled, partial) = (self.lines, self.cancelled, self.parts.len());
        let no_jobs = if cancelled + partial as u64 > 0 {
            format!(
                ", {} and {}",
                counted(cancelled, "cancelled job"),
                counted(partial as u64, "partial execution")
            )
        } else {
            String::new()
        };
        self.error(if lines == 0 {
            "is empty; a log holds at least one job".to_owned()
        } else if self.skipped.is_empty() {
            format!(
                "has {} and no job{no_jobs}; a log holds at least one",
                counted(lines, "line")
            )
        } else {
            format!(
                "has no usable job: {} skipped ({}){no_jobs}; is it in the format {}?",
                counted(self.skipped.values().sum(), "line"),
                reasons(&self.skipped),
                self.format.name()
            )
        })
    }

    /// How a job gets its tier.
    fn tier_of(&self) -> Tiers {
        let last = self.tiers - 1;
        if self.spec.tier == TierBy::Size {
            Tiers::Size { last }
        } else if self.tier_words.are_words() {
            Tiers::Words { last }
        } else if self.format == TraceFormat::Swf {
            Tiers::queues(last, self.drafts.iter().map(|draft| draft.mark))
        } else {
            Tiers::Given
        }
    }

    /// Says what the jobs' numbers mean.
    fn tell(&mut self, first: i64, clock: Clock, tiers: &Tiers) {
        if clock != Clock::Seconds || first != 0 {
            let unit = if clock == Clock::Seconds { "second " } else { "" };
            let local = match clock {
                Clock::LocalDates => "; times are without a zone, and taken as they stand",
                _ => "",
            };
            let note = format!(
                "tick 0 is {unit}{}, the first arrival{local}",
                moment::show(first, clock)
            );
            self.notes.insert(0, note);
        }
        self.notes.extend(tiers.told(&self.tier_words));
        if self.users.are_words() && self.spec.cells == Placement::User {
            let note = format!(
                "users are {} words, numbered from 0 in the order of their first appearance: {}",
                self.users.count(),
                listed(&self.users)
            );
            self.notes.push(note);
        }
    }
}

/// The first words, and whether there are more.
pub(in crate::trace) fn listed(names: &Names) -> String {
    let more = if names.count() > names.told().len() {
        ", …"
    } else {
        ""
    };
    format!("{}{more}", names.told().join(", "))
}
