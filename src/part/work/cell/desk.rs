//! A cell at work: what happens to its tasks in one tick, in order.

use super::count::Count;
use super::delegate::{Slots, key_of};
use super::learnt::Choice;
use super::order::{self, Queue};
use super::source::{At, NUMBER, Source, SourceWords};
use super::{Case, EXECUTOR, Parameters, REFEREE, Verdict, member, pause, verdict};
use crate::column::Lanes;
use crate::fault::bits;
use crate::number::threefry2x32;
use crate::part::work::ledger::{of_all, of_tier};
use crate::part::work::{ATTEMPT_SHIFT, Agreement, job, state, word};

/// Whether a draw means that something of this probability happens.
#[inline(always)]
fn hits(draw: u32, threshold: u32) -> bool {
    draw < threshold || threshold == u32::MAX
}

/// The members of a cell: bits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Team {
    pub up: u32,
    liars: u32,
    /// Whether all that are up have just come back.
    is_new: bool,
    /// Whether nobody is at this place, where cells come and go.
    pub is_gone: bool,
}

impl Team {
    /// Four that are up and honest.
    pub const WHOLE: Self = Self {
        up: 15,
        liars: 0,
        is_new: false,
        is_gone: false,
    };

    #[inline(always)]
    pub fn of(members: Lanes<'_>, cell: usize) -> Self {
        let (mut up, mut liars, mut fresh) = (0, 0, 0);
        for m in 0..4 {
            let status = members.at(m, cell);
            up |= u32::from(status & bits::DOWN == 0) << m;
            liars |= u32::from(status & bits::LIAR != 0) << m;
            fresh |= u32::from(status & bits::FRESH != 0) << m;
        }
        Self {
            up,
            liars,
            is_new: up != 0 && up & !fresh == 0,
            is_gone: members.at(0, cell) & bits::GONE != 0,
        }
    }
}

/// How many of a cell's members are down.
#[inline(always)]
pub(super) fn downs(members: [u32; 4]) -> u32 {
    let [a, b, c, d] = members.map(|status| u32::from(status & bits::DOWN != 0));
    a + b + c + d
}

/// A cell at work in one tick.
pub(super) struct Desk<'a, 'b, 'c> {
    pub parameters: &'a Parameters,
    pub at: At<'a>,
    pub team: Team,
    pub words: SourceWords<'a, 'b>,
    pub queue: Queue<'a, 'b>,
    pub queued: u32,
    pub busy: bool,
    pub count: &'a mut Count<'c>,
    /// What the cell has chosen, where cells learn.
    pub choice: Option<Choice<'a>>,
    /// What it has delegated, and its own part of what was, where tasks are.
    pub slots: Option<Slots<'a, 'b>>,
}

impl Desk<'_, '_, '_> {
    /// The whole tick; the answer is the cell's next state word. `draw` decides the arrivals, `acts` is whether the coordinator may
    /// dispatch.
    #[inline(always)]
    pub fn tick(&mut self, state: u32, draw: u32, acts: bool) -> u32 {
        self.begin_delegation();
        if self.parameters.forgets && self.team.is_new {
            self.destroy();
        }
        let closed = self.closed(state);
        let abandoned = closed == self.parameters.lease;
        if abandoned && self.busy {
            // Whoever takes the task over begins it again.
            self.put_back([self.words.get(word::RUNNING), self.words.get(word::RUNNING + 1)]);
        }
        if abandoned && let Some(task) = self.recalled() {
            self.put_back_too(task);
        }
        if self.at.cell < self.parameters.sources {
            self.arrive(draw);
        }
        let apart = state & state::APART;
        if closed == 0 {
            let does_part = self.delegated();
            if apart == 0 && acts && !does_part && !self.busy && self.queued > 0 {
                self.dispatch();
            }
            if self.busy {
                self.execute();
            }
        }
        if let Some(choice) = &mut self.choice {
            choice.wait(self.queued);
        }
        self.queued
            | if self.busy { state::BUSY } else { 0 }
            | if abandoned { state::ABANDONED } else { 0 }
            | apart
            | self.delegation_bits()
            | closed << state::CLOSED_SHIFT
    }

    /// For how many ticks the cell has been closed, at most those of a lease; 0 if it is open.
    #[inline(always)]
    fn closed(&self, state: u32) -> u32 {
        let is_closed = match self.team.up.count_ones() {
            0 | 1 => true,
            // Two execute, but commit nothing: once they hold a result, or have been given up, they wait for a third.
            2 => self.busy && self.words.get(word::REMAINING) == 0 || state & state::ABANDONED != 0,
            _ => false,
        };
        if is_closed {
            ((state >> state::CLOSED_SHIFT) + 1).min(self.parameters.lease)
        } else {
            0
        }
    }

    /// The task under execution waits again.
    fn put_back(&mut self, task: [u32; 2]) {
        // There is room: it was counted among the tasks that the cell holds.
        self.put_back_too(task);
        self.busy = false;
    }

    /// One that was delegated waits again, for which there is room likewise.
    fn put_back_too(&mut self, task: [u32; 2]) {
        self.queue.set(self.queued, task);
        self.queued += 1;
    }

    /// All members have forgotten: what the cell held is gone.
    #[cold]
    fn destroy(&mut self) {
        for slot in 0..self.queued {
            let task = self.queue.get(slot);
            self.end(of_tier::DESTROYED, task);
        }
        if self.busy {
            let task = [self.words.get(word::RUNNING), self.words.get(word::RUNNING + 1)];
            self.end(of_tier::DESTROYED, task);
        }
        if let Some(task) = self.recalled() {
            self.end(of_tier::DESTROYED, task);
        }
        self.forget_part();
        self.queued = 0;
        self.busy = false;
    }

    /// A task leaves the swarm.
    #[inline(always)]
    pub(super) fn end(&mut self, how: usize, [origin, record]: [u32; 2]) {
        let format = self.parameters.format;
        self.count.add_of_tier(how, format.tier(record), 1);
        self.count.end(format.identity(origin, record));
        if let Source::Log(log) = &self.parameters.source {
            let job = format.source(origin);
            let of_job = |word: usize| word * log.jobs as usize + job as usize;
            self.count.job_max(of_job(job::END), self.at.tick + 1);
            self.count.job_add(of_job(job::ENDED), 1);
            self.count.job_add(of_job(job::TRIES), format.tries(record));
            if how != of_tier::COMMITTED {
                self.count.job_add(of_job(job::FAILED), 1);
            }
        }
    }

    /// The source submits, and the cell takes in what it has room for.
    #[inline(always)]
    fn arrive(&mut self, draw: u32) {
        let mut waiting = self.words.get(word::WAITING);
        if waiting == 0 && self.arrive_at_once(draw) {
            return;
        }
        let mut sums = [0u32; 2];
        let before = waiting;
        let (count, format) = (&mut *self.count, self.parameters.format);
        self.at.submit(draw, before > 0, &mut self.words, |task| {
            let identity = format.identity(task.words[0], task.words[1]);
            count.add_of_tier(of_tier::SUBMITTED, task.tier, 1);
            count.submit(identity);
            waiting += 1;
            sums = [sums[0].wrapping_add(identity[0]), sums[1].wrapping_add(identity[1])];
        });
        if waiting == 0 {
            return;
        }
        // New tasks stand behind those that were refused.
        if before == 0 || self.words.get(word::NOT_BEFORE) <= self.at.tick {
            self.take_in(&mut waiting, &mut sums);
        }
        self.words.set(word::WAITING, waiting);
        for (k, sum) in sums.into_iter().enumerate() {
            self.words.set(
                word::WAITING + 1 + k,
                self.words.get(word::WAITING + 1 + k).wrapping_add(sum),
            );
        }
    }

    /// How many tasks the cell can take in. Two members can still hand on to neighbours what they take in.
    #[inline(always)]
    fn room(&self) -> u32 {
        match self.team.up.count_ones() {
            0 | 1 => 0,
            _ => self.parameters.queue - self.queued - u32::from(self.busy) - self.reserved(),
        }
    }

    /// Where tasks are drawn and there is room for all that come, and none was held back before: takes them in. All as if they had been
    /// held back first, but each is drawn once. Whether that was done.
    #[inline(always)]
    fn arrive_at_once(&mut self, draw: u32) -> bool {
        let Source::Drawn(drawn) = &self.parameters.source else {
            return false;
        };
        let arriving = self.at.arriving(drawn, draw);
        if arriving == 0 {
            return true;
        }
        if arriving > self.room() {
            return false;
        }
        self.words.set(word::CURSOR, self.at.tick);
        self.words.set(word::NEXT, 0);
        for number in 0..arriving {
            let task = self.at.drawn(drawn, self.at.tick, number);
            let identity = self.parameters.format.identity(task.words[0], task.words[1]);
            self.count.add_of_tier(of_tier::SUBMITTED, task.tier, 1);
            self.count.submit(identity);
            self.queue.set(self.queued, task.words);
            self.queued += 1;
            self.count.add_of_tier(of_tier::ADMITTED, task.tier, 1);
        }
        true
    }

    /// Takes in what there is room for, and sends the source away for a while if something is left.
    #[inline(always)]
    fn take_in(&mut self, waiting: &mut u32, sums: &mut [u32; 2]) {
        let mut room = self.room();
        let format = self.parameters.format;
        let mut attempts = self.words.get(word::NEXT) >> ATTEMPT_SHIFT;
        while room > 0 && *waiting > 0 {
            let task = self.at.first(&self.words);
            self.queue.set(self.queued, task.words);
            self.queued += 1;
            room -= 1;
            *waiting -= 1;
            attempts = 0;
            let identity = format.identity(task.words[0], task.words[1]);
            *sums = [sums[0].wrapping_sub(identity[0]), sums[1].wrapping_sub(identity[1])];
            self.count.add_of_tier(of_tier::ADMITTED, task.tier, 1);
            self.at.advance(*waiting > 0, &mut self.words);
        }
        if *waiting > 0 {
            self.count.add(of_all::REFUSED, 1);
            attempts = (attempts + 1).min(31);
            let pause = match &self.choice {
                Some(choice) => choice.pauses[attempts as usize],
                None => pause(self.parameters.retry, attempts),
            };
            self.words.set(word::NOT_BEFORE, self.at.tick.saturating_add(pause));
        }
        let number = self.words.get(word::NEXT) & NUMBER;
        self.words.set(word::NEXT, number | attempts << ATTEMPT_SHIFT);
    }

    /// The coordinator gives the executor the task that is next.
    #[inline(always)]
    fn dispatch(&mut self) {
        let (format, tick) = (self.parameters.format, self.at.tick);
        let whose = (self.at.cell, tick, self.words.get(word::SCORE));
        let next = self.choice.as_ref().and_then(|choice| choice.next);
        let slot = order::next(
            next.unwrap_or(&self.parameters.next),
            format,
            self.at.tables,
            whose,
            self.queued,
            &self.queue,
        );
        let [origin, mut record] = self.queue.get(slot);
        self.queued -= 1;
        if slot != self.queued {
            let last = self.queue.get(self.queued);
            self.queue.set(slot, last);
        }
        self.count.add(of_all::DISPATCHES, 1);
        if let Some(choice) = &mut self.choice {
            choice.messages(1);
        }
        if record & format.started == 0 {
            record |= format.started;
            let (tier, waited) = (format.tier(record), tick - format.tick(record));
            self.count.add_of_tier(of_tier::STARTED, tier, 1);
            self.count.time(false, tier, waited);
            if let Source::Log(log) = &self.parameters.source {
                let job = format.source(origin);
                self.count
                    .job_max(job::START * log.jobs as usize + job as usize, u32::MAX - tick);
            }
        } else {
            self.count.add(of_all::REPEATED, 1);
        }
        let need = self.at.need([origin, record]);
        if self.delegates([origin, record], need) {
            return;
        }
        self.words.set(word::RUNNING, origin);
        self.words.set(word::RUNNING + 1, record);
        self.words.set(word::REMAINING, need);
        self.busy = true;
    }

    /// One tick of execution, and what follows when it was the last.
    #[inline(always)]
    fn execute(&mut self) {
        let mut remaining = self.words.get(word::REMAINING);
        if remaining > 0 {
            remaining -= 1;
            self.words.set(word::REMAINING, remaining);
            self.count.add(of_all::BUSY, 1);
        }
        // With two members up the result is held.
        if remaining == 0 && self.team.up.count_ones() > 2 {
            self.finish();
        }
    }

    /// What comes of a result of a task, or of the part of it that a path says, submitted in a tick and rejected so often.
    #[inline(always)]
    pub(super) fn judged(&mut self, origin: u32, [tick, tries]: [u32; 2], path: u32) -> Verdict {
        let parameters = self.parameters;
        let epoch = self.at.tick / parameters.epoch;
        let executor = member(self.team.up, epoch, EXECUTOR);
        let lies = self.team.liars >> executor & 1 != 0;
        let verify = self.choice.as_ref().map_or(parameters.verify, |choice| choice.verify);
        let (mut right, mut is_verified) = (!lies, verify == u32::MAX);
        let mut faces = 0;
        let draws = parameters.error != 0 || !is_verified || lies;
        if draws {
            let key = [key_of(parameters.result_key, path), origin];
            let [error, check] = threefry2x32(key, [tick, 2 * tries]);
            right = right && !hits(error, parameters.error);
            is_verified = is_verified || hits(check, verify);
            if lies && parameters.agreement == Agreement::Oral {
                // It misleads all but one, who is another each time.
                faces = 1 << (threefry2x32(key, [tick, 2 * tries + 1])[0] >> 30);
            }
        }
        let verdict = if is_verified {
            self.count.add(of_all::VERIFIED, 1);
            verdict(
                parameters.agreement,
                Case {
                    up: self.team.up,
                    liars: self.team.liars,
                    executor,
                    referee: member(self.team.up, epoch, REFEREE),
                    right,
                    faces,
                },
            )
        } else {
            Verdict {
                committed: true,
                wrong: !right,
                votes: 0,
            }
        };
        self.count.add(of_all::VOTES, verdict.votes.into());
        if let Some(choice) = &mut self.choice {
            choice.messages(verdict.votes);
        }
        verdict
    }

    /// A task is done.
    pub(super) fn commit(&mut self, task: [u32; 2], is_wrong: bool) {
        let ([origin, record], format) = (task, self.parameters.format);
        if let Some(choice) = &mut self.choice {
            let about = [format.tick(record), format.tries(record)];
            choice.commit([format.tier(record), origin], about, is_wrong);
        }
        self.count
            .time(true, format.tier(record), self.at.tick + 1 - format.tick(record));
        self.count.add(of_all::WRONG, is_wrong.into());
        self.words.set(word::SCORE, self.words.get(word::SCORE).wrapping_add(1));
        self.end(of_tier::COMMITTED, task);
    }

    /// The result is verified, and committed or rejected.
    #[inline(always)]
    fn finish(&mut self) {
        let format = self.parameters.format;
        let task @ [origin, record] = [self.words.get(word::RUNNING), self.words.get(word::RUNNING + 1)];
        let verdict = self.judged(origin, [format.tick(record), format.tries(record)], 1);
        self.busy = false;
        if verdict.committed {
            self.commit(task, verdict.wrong);
            return;
        }
        if let Some(choice) = &mut self.choice {
            choice.reject();
        }
        self.count.add(of_all::REJECTED, 1);
        if format.tries(record) == self.parameters.max_tries {
            self.end(of_tier::FAILED, task);
        } else {
            self.put_back([origin, format.rejected(record)]);
        }
    }
}
