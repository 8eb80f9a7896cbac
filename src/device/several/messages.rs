//! What ranks send to each other.

use super::ranks::Ranks;
use super::wire::{Expected, Parcel, Wire};
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
}

impl Messages {
    /// Waits for what is to arrive, but not longer than that: then all end.
    fn wait<'a, D: ?Sized, S: request::Scope<'a>>(&self, receipts: Vec<request::Request<'a, D, S>>, limit: Duration) {
        let (start, mut pending) = (Instant::now(), receipts);
        loop {
            let tested = pending.into_iter().map(request::Request::test);
            pending = tested.filter_map(Result::err).collect();
            if pending.is_empty() {
                return;
            }
            if start.elapsed() > limit {
                let message = format!(
                    "{} of the others did not answer within {} s; no checkpoint is written, and the last one stands",
                    pending.len(),
                    limit.as_secs()
                );
                // Does not come back.
                self.fail(&failed(message));
            }
            thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Wire for Messages {
    fn is_here(&self, device: usize) -> bool {
        device == self.ranks.rank()
    }

    fn swap(&mut self, parcels: Vec<Parcel>, expected: &[Expected]) -> Result<Vec<Parcel>, Error> {
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
            match self.limit {
                None => receipts.into_iter().for_each(|receipt| receipt.wait_without_status()),
                Some(limit) => self.wait(receipts, limit),
            }
            sendings.into_iter().for_each(|sending| sending.wait_without_status());
        });
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
