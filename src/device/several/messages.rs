//! What ranks send to each other.

use super::ANSWER;
use super::ranks::Ranks;
use super::wire::{Expected, Meanwhile, Parcel, Wire};
use crate::device::Halt;
use crate::error::Error;
use mpi::request;
use mpi::topology::SimpleCommunicator;
use mpi::traits::{Communicator, Destination, Root, Source};
use std::io::Write as _;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

/// The most words of one message, 1 GiB: MPI counts in 32 bits with a sign, and some of its libraries in bytes.
const MOST: usize = 1 << 28;

/// So often it is looked whether something has arrived before the thread sleeps between.
const SOON: u32 = 100_000;

/// Words of the message that says how long an order is; a short one is in it.
const HEAD: usize = 8;

/// How the others are reached: MPI is the process's, not anybody's.
pub(super) fn world() -> SimpleCommunicator {
    SimpleCommunicator::world()
}

pub(super) fn failed(message: impl ToString) -> Error {
    Error::DeviceFailed {
        device: "MPI".into(),
        message: message.to_string(),
    }
}

/// The first rank's word to all.
pub(super) fn tell(words: &[u32]) {
    let world = world();
    let first = world.process_at_rank(0);
    let mut head = [0; HEAD];
    head[0] = words.len() as u32;
    let is_short = words.len() < HEAD;
    if is_short {
        head[1..=words.len()].copy_from_slice(words);
    }
    first.broadcast_into(&mut head[..]);
    if !is_short {
        for part in words.chunks(MOST) {
            // The library wants to be able to write where it only reads.
            first.broadcast_into(&mut part.to_vec()[..]);
        }
    }
}

/// Waits for it.
pub(super) fn hear() -> Vec<u32> {
    let world = world();
    let first = world.process_at_rank(0);
    let mut head = [0; HEAD];
    first.broadcast_into(&mut head[..]);
    let len = head[0] as usize;
    if len < HEAD {
        return head[1..=len].to_vec();
    }
    let mut words = vec![0; len];
    for part in words.chunks_mut(MOST) {
        first.broadcast_into(part);
    }
    words
}

/// Words for a rank that does not know how many there are.
pub(super) fn send(to: usize, words: &[u32]) {
    let world = world();
    let to = world.process_at_rank(to as i32);
    to.send(&(words.len() as u32));
    words.chunks(MOST).for_each(|part| to.send(part));
}

pub(super) fn receive(from: usize) -> Vec<u32> {
    let world = world();
    let from = world.process_at_rank(from as i32);
    let (len, _) = from.receive::<u32>();
    let mut words = vec![0; len as usize];
    for part in words.chunks_mut(MOST) {
        from.receive_into(part);
    }
    words
}

/// The way between ranks.
#[derive(Debug)]
pub(super) struct Messages {
    pub ranks: Ranks,
    /// How long others are waited for, if not for ever.
    pub limit: Option<Duration>,
    /// Whose word ends the run, and how long the last tick took.
    halt: Option<Halt>,
    took: Duration,
}

impl Messages {
    pub fn new(ranks: Ranks) -> Self {
        Self {
            ranks,
            limit: None,
            halt: None,
            took: Duration::ZERO,
        }
    }

    /// Waits for what is to arrive. Where there is a limit, or once an end has been asked for, not for ever: then all end.
    fn wait<'a, D: ?Sized, S: request::Scope<'a>>(&self, receipts: Vec<request::Request<'a, D, S>>) {
        let (mut start, mut pending) = (Instant::now(), receipts);
        let (mut limit, mut turns) = (self.limit, 0u32);
        loop {
            let tested = pending.into_iter().map(request::Request::test);
            pending = tested.filter_map(Result::err).collect();
            if pending.is_empty() {
                return;
            }
            if limit.is_none() && self.halt.as_ref().is_some_and(Halt::is_asked) {
                // The tick may be at its beginning.
                (start, limit) = (Instant::now(), Some(ANSWER.max(2 * self.took)));
            }
            if let Some(limit) = limit.filter(|&limit| start.elapsed() > limit) {
                let message = format!(
                    "{} of the others did not answer within {} s; no checkpoint is written, and the last one stands",
                    pending.len(),
                    limit.as_secs()
                );
                // Does not come back.
                self.fail(&failed(message));
            }
            // Most come soon, or in a while.
            turns = turns.saturating_add(1);
            match turns {
                0..SOON => thread::yield_now(),
                _ => thread::sleep(Duration::from_micros(100)),
            }
        }
    }
}

impl Wire for Messages {
    fn is_here(&self, device: usize) -> bool {
        device == self.ranks.rank()
    }

    fn swap(
        &mut self,
        parcels: Vec<Parcel>,
        expected: &[Expected],
        meanwhile: Meanwhile<'_>,
    ) -> Result<Vec<Parcel>, Error> {
        let mut done = Ok(());
        let mut arrived: Vec<Vec<u32>> = expected.iter().map(|expected| vec![0; expected.words]).collect();
        let world = world();
        // Between two ranks messages do not overtake each other, so that no tag is needed.
        request::scope(|scope| {
            let mut receipts = Vec::new();
            for (expected, words) in expected.iter().zip(&mut arrived) {
                let from = world.process_at_rank(expected.from as i32);
                receipts.extend(
                    words
                        .chunks_mut(MOST)
                        .map(|part| from.immediate_receive_into(scope, part)),
                );
            }
            let mut sendings = Vec::new();
            for parcel in &parcels {
                let to = world.process_at_rank(parcel.to as i32);
                sendings.extend(parcel.words.chunks(MOST).map(|part| to.immediate_send(scope, part)));
            }
            done = meanwhile();
            if let Err(error) = &done {
                // Does not come back.
                self.fail(error);
            }
            // The others are ended by the first.
            match self.limit.is_some() || self.halt.is_some() {
                false => receipts.into_iter().for_each(|receipt| receipt.wait_without_status()),
                true => self.wait(receipts),
            }
            sendings.into_iter().for_each(|sending| sending.wait_without_status());
        });
        done?;
        let all = expected.iter().zip(arrived);
        let parcel = |(expected, words): (&Expected, Vec<u32>)| Parcel {
            from: expected.from,
            to: expected.to,
            words: Arc::new(words),
        };
        Ok(all.map(parcel).collect())
    }

    fn limit(&mut self, within: Option<Duration>) {
        self.limit = within;
    }

    fn heed(&mut self, halt: &Halt) {
        self.halt = Some(halt.clone());
    }

    fn took(&mut self, tick: Duration) {
        self.took = tick;
    }

    fn tell(&mut self, order: &[u32]) -> Result<(), Error> {
        if self.ranks.rank() == 0 {
            tell(order);
        }
        Ok(())
    }

    fn hear(&mut self) -> Result<Vec<u32>, Error> {
        Ok(hear())
    }

    fn fail(&self, error: &Error) {
        // The others wait for what will not come.
        let _ = writeln!(
            std::io::stderr(),
            "error: rank {} of {}: {error}; all ranks end",
            self.ranks.rank(),
            self.ranks.count()
        );
        world().abort(1);
    }
}
