//! Errands: what the first rank has each of the others do alone, as the runs of a study.

use super::messages::{receive, send, tell, world};
use super::ranks::Ranks;
use super::wire::{text_of, words_of};
use crate::device::{Device, Halt};
use crate::error::Error;
use mpi::traits::{Communicator, Source};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// What has the others do errands instead of a share of a swarm.
pub(super) const ERRANDS: u32 = u32::MAX;

/// The word to end an errand.
const STOP: u32 = u32::MAX;

/// How often it is looked whether a word has come.
const POLL: Duration = Duration::from_millis(2);

/// MPI is called by one thread at a time.
static CALLS: Mutex<()> = Mutex::new(());

impl Ranks {
    /// The first rank's: from now on the others do errands, each on its own, until what is answered is dropped.
    #[must_use]
    pub fn errands(self) -> Errands {
        tell(&[ERRANDS]);
        Errands { ranks: self }
    }

    /// The others': does errands until there are no more.
    pub(super) fn do_errands(
        self,
        own: &Result<Arc<dyn Device>, Error>,
        errand: &(impl Fn(&str, &dyn Device, &Halt) -> String + Sync),
    ) {
        let first = world();
        let first = first.process_at_rank(0);
        loop {
            let words = receive(0);
            if words.is_empty() {
                return;
            }
            // A word to end what has ended meanwhile.
            if words == [STOP] {
                continue;
            }
            let (order, halt) = (text_of(&words), Halt::default());
            let answer = match own {
                Err(error) => Err(error.to_string()),
                Ok(own) => thread::scope(|scope| {
                    let work = scope.spawn(|| errand(&order, &**own, &halt));
                    while !work.is_finished() {
                        // The one order that comes before this one is answered.
                        if first.immediate_probe().is_some() {
                            let _ = receive(0);
                            halt.ask();
                        }
                        thread::sleep(POLL);
                    }
                    work.join()
                        .map_err(|_| "the run has ended without an answer".to_owned())
                }),
            };
            let (is_done, text) = match answer {
                Ok(text) => (1, text),
                Err(text) => (0, format!("rank {}: {text}", self.rank())),
            };
            send(0, &[vec![is_done], words_of(&text)].concat());
        }
    }
}

/// The other ranks, while they do errands.
#[derive(Debug)]
pub struct Errands {
    ranks: Ranks,
}

impl Errands {
    /// Has one of the other ranks do an errand, and waits for what it answers: nothing if an end was asked for meanwhile. A rank does one at a
    /// time; others may be asked by other threads.
    ///
    /// # Errors
    /// What the rank says that it could not do.
    pub fn ask(&self, rank: usize, order: &str, halt: &Halt) -> Result<Option<String>, String> {
        let call = || CALLS.lock().unwrap_or_else(PoisonError::into_inner);
        {
            let _call = call();
            send(rank, &words_of(order));
        }
        let mut is_told = false;
        loop {
            {
                let _call = call();
                let world = world();
                if world.process_at_rank(rank as i32).immediate_probe().is_some() {
                    let words = receive(rank);
                    let (is_done, text) = words
                        .split_first()
                        .map_or((0, String::new()), |(&is_done, text)| (is_done, text_of(text)));
                    return if is_done == 1 {
                        Ok(Some(text).filter(|_| !is_told))
                    } else {
                        Err(text)
                    };
                }
                if halt.is_asked() && !is_told {
                    is_told = true;
                    send(rank, &[STOP]);
                }
            }
            thread::sleep(POLL);
        }
    }
}

impl Drop for Errands {
    fn drop(&mut self) {
        let _call = CALLS.lock().unwrap_or_else(PoisonError::into_inner);
        (1..self.ranks.count()).for_each(|rank| send(rank, &[]));
    }
}
