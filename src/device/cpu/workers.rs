//! Who does the work of a tick: a pool of threads, or the thread that calls.

use rayon::ThreadPool;
use rayon::prelude::*;

/// The threads of a device.
#[derive(Debug)]
pub(super) enum Workers {
    /// The calling thread alone: no thread is started, and no pool is asked for.
    Caller,
    /// The pool that the caller works in.
    Around,
    /// A pool of its own.
    Own(ThreadPool),
}

impl Workers {
    /// How many there are.
    pub fn threads(&self) -> usize {
        match self {
            Self::Caller => 1,
            Self::Around => rayon::current_num_threads(),
            Self::Own(pool) => pool.current_num_threads(),
        }
    }

    /// Does `work` inside the pool, if there is one: what it asks of the pool then costs little. To enter it from outside takes about
    /// 10 µs.
    pub fn enter<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        match self {
            Self::Own(pool) => pool.install(work),
            _ => work(),
        }
    }

    /// Does `work` on each item, with the item's number. What is one only the caller does.
    pub fn each<T: Send>(&self, items: &mut [T], work: impl Fn(usize, &mut T) + Send + Sync) {
        match self {
            Self::Around | Self::Own(_) if items.len() > 1 => self.enter(|| {
                items.par_iter_mut().enumerate().for_each(|(k, item)| work(k, item));
            }),
            _ => {
                for (k, item) in items.iter_mut().enumerate() {
                    work(k, item);
                }
            }
        }
    }

    /// Adds up what `of` gives for 0, 1 … `count`, in any order.
    pub fn sum<T: Send>(
        &self,
        count: usize,
        nothing: impl Fn() -> T + Send + Sync,
        of: impl Fn(usize) -> T + Send + Sync,
        plus: impl Fn(T, T) -> T + Send + Sync,
    ) -> T {
        match self {
            Self::Around | Self::Own(_) if count > 1 => {
                self.enter(|| (0..count).into_par_iter().map(&of).reduce(&nothing, &plus))
            }
            _ => (0..count).map(&of).fold(nothing(), &plus),
        }
    }
}
