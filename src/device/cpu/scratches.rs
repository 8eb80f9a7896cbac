//! Memory that the threads of a device reuse for a whole run.

use crate::step::Scratch;
use std::sync::Mutex;

/// One for each thread.
#[derive(Debug)]
pub(super) struct Scratches(Vec<Mutex<Scratch>>);

impl Scratches {
    pub fn new(threads: usize) -> Self {
        Self((0..threads.max(1)).map(|_| Mutex::default()).collect())
    }

    /// Lends the calling thread its own for as long as `work` takes. Where somebody else has it, a fresh one: a thread that waits in
    /// its work may be given another block meanwhile, or be of another pool.
    pub fn lend<T>(&self, work: impl FnOnce(&mut Scratch) -> T) -> T {
        let own = rayon::current_thread_index().unwrap_or(0) % self.0.len();
        match self.0[own].try_lock() {
            Ok(mut scratch) => work(&mut scratch),
            Err(_) => work(&mut Scratch::default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Scratches;

    #[test]
    fn a_thread_finds_its_own_again_and_never_waits_for_it() {
        let scratches = Scratches::new(1);
        let first = scratches.lend(|scratch| {
            let words = scratch.take(100);
            let at = words.as_ptr() as usize;
            // As a thread does that is given other work meanwhile.
            scratches.lend(|other| assert_ne!(other.take(100).as_ptr() as usize, at));
            scratch.give(words);
            at
        });
        assert_eq!(scratches.lend(|scratch| scratch.take(90).as_ptr() as usize), first);
    }
}
