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
    /// Does `work` on each item, with scratch memory that items share one after the other, and the item's number.
    pub fn each<T: Send, S>(
        &self,
        items: &mut [T],
        scratch: impl Fn() -> S + Send + Sync,
        work: impl Fn(&mut S, usize, &mut T) + Send + Sync,
    ) {
        let pooled = |items: &mut [T]| {
            items
                .par_iter_mut()
                .enumerate()
                .for_each_init(&scratch, |scratch, (k, item)| work(scratch, k, item));
        };
        match self {
            Self::Caller => {
                let mut scratch = scratch();
                for (k, item) in items.iter_mut().enumerate() {
                    work(&mut scratch, k, item);
                }
            }
            Self::Around => pooled(items),
            Self::Own(pool) => pool.install(|| pooled(items)),
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
        let pooled = || (0..count).into_par_iter().map(&of).reduce(&nothing, &plus);
        match self {
            Self::Caller => (0..count).map(&of).fold(nothing(), &plus),
            Self::Around => pooled(),
            Self::Own(pool) => pool.install(pooled),
        }
    }
}
