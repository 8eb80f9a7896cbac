//! A record that is written on a thread of its own, behind the run: a run spends no more on a row than the time to hand it over.
//!
//! Rows wait in a queue of bounded length. The writer looks after them every tenth of a second, sooner when there are many, so that
//! handing one over wakes nobody; where the disk is slower than the swarm, the run waits for it. What goes wrong with the disk is told
//! when it happens, as it would be without the thread, and is in the record when it comes back.

use super::{ACTION, METRICS, Record};
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;
use tetraswarm::Error;
use tetraswarm::gauge::Measurement;

/// Numbers of rows that wait at the most, of all their figures: some 8 MiB, and as much again in rows that are written over.
const VALUES: usize = 1 << 18;

/// How many rows wake the writer: few enough that what they are written into stays near the core that runs the swarm.
const MANY: usize = 256;

/// How long it sleeps at the most.
const SLEEP: Duration = Duration::from_millis(100);

/// What one thread hands the other.
#[derive(Debug, Default)]
struct Waiting {
    /// Those behind the `count`-th have been written, and are written over: whoever hands a row over takes no memory for it and leaves
    /// none to the other thread, which moves no row.
    rows: Vec<Measurement>,
    count: usize,
    /// The most of them, once one has come.
    limit: usize,
    /// Somebody waits until all of them are on the disk.
    is_awaited: bool,
    /// No more will come.
    is_over: bool,
    /// The writer has ended, by whatever.
    is_left: bool,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    /// There is much to do, or no more.
    some: Condvar,
    /// There is room again.
    room: Condvar,
}

impl Queue {
    /// The queue holds what it holds, whoever has panicked.
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says that nobody takes rows any more, also when a panic ends the writer.
struct Leaving(Arc<Queue>);

impl Drop for Leaving {
    fn drop(&mut self) {
        self.0.lock().is_left = true;
        self.0.room.notify_all();
    }
}

/// A record behind a run.
pub struct Behind {
    queue: Arc<Queue>,
    thread: JoinHandle<()>,
    record: Arc<Mutex<Record>>,
}

impl Behind {
    /// Starts to write; `tell` says what goes wrong on the way.
    ///
    /// # Errors
    /// The record, where the system grants no further thread.
    pub fn start(record: Record, tell: impl Fn(&str) + Send + 'static) -> Result<Self, Box<Record>> {
        let queue = Arc::new(Queue::default());
        let record = Arc::new(Mutex::new(record));
        let write = {
            let (queue, record) = (Leaving(Arc::clone(&queue)), Arc::clone(&record));
            move || write(&queue.0, &record, &tell)
        };
        match Builder::new().name("tetraswarm-rows".to_owned()).spawn(write) {
            Ok(thread) => Ok(Self { queue, thread, record }),
            Err(_) => Err(Box::new(back(record))),
        }
    }

    /// Hands a row over, as soon as there is room for it.
    pub fn row(&self, row: &Measurement) {
        let mut waiting = self.queue.lock();
        if waiting.limit == 0 {
            waiting.limit = (VALUES / row.figures().len().max(1)).max(2 * MANY);
        }
        while waiting.count >= waiting.limit && !waiting.is_left {
            self.queue.some.notify_one();
            waiting = self.queue.room.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
        if waiting.is_left {
            return;
        }
        let at = waiting.count;
        match waiting.rows.get_mut(at) {
            Some(own) => own.refill(row),
            None => waiting.rows.push(row.clone()),
        }
        waiting.count = at + 1;
        let are_many = waiting.count == MANY;
        drop(waiting);
        if are_many {
            self.queue.some.notify_one();
        }
    }

    /// Waits until all rows that were handed over are on the disk; what is answered is that of `of` about the record then.
    pub fn sync<T>(&self, of: impl FnOnce(&mut Record) -> T) -> T {
        let mut waiting = self.queue.lock();
        waiting.is_awaited = true;
        self.queue.some.notify_one();
        while waiting.is_awaited && !waiting.is_left {
            waiting = self.queue.room.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
        drop(waiting);
        of(&mut self.record.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How many rows wait.
    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.queue.lock().count
    }

    /// Waits until all rows are written; answers the record, and what is to be told if the writer has not come to its end.
    pub fn end(self) -> (Record, Option<String>) {
        self.queue.lock().is_over = true;
        self.queue.some.notify_one();
        let is_well = self.thread.join().is_ok();
        let mut record = back(self.record);
        let told = (!is_well).then(|| {
            let error = io::Error::other("the thread that writes them has failed, which is an error of this program");
            record.give_up(&Error::file(METRICS, ACTION, error), None).err()
        });
        (record, told.flatten())
    }
}

/// The record, which no other thread has any more.
fn back(record: Arc<Mutex<Record>>) -> Record {
    let mut record = record;
    loop {
        match Arc::try_unwrap(record) {
            Ok(own) => return own.into_inner().unwrap_or_else(PoisonError::into_inner),
            // The thread that had it is about to end.
            Err(shared) => record = shared,
        }
        std::thread::yield_now();
    }
}

/// What the thread does.
fn write(queue: &Queue, record: &Mutex<Record>, tell: &dyn Fn(&str)) {
    let mut rows = Vec::new();
    loop {
        let (count, is_awaited, is_over) = {
            let mut waiting = queue.lock();
            if waiting.count < MANY && !waiting.is_over && !waiting.is_awaited {
                waiting = match queue.some.wait_timeout(waiting, SLEEP) {
                    Ok((waiting, _)) => waiting,
                    Err(poisoned) => poisoned.into_inner().0,
                };
            }
            std::mem::swap(&mut rows, &mut waiting.rows);
            (std::mem::take(&mut waiting.count), waiting.is_awaited, waiting.is_over)
        };
        queue.room.notify_one();
        let mut record = record.lock().unwrap_or_else(PoisonError::into_inner);
        for row in &rows[..count] {
            if let Err(told) = record.row(row) {
                tell(&told);
            }
        }
        let written = if is_awaited { record.write_all() } else { record.wait() };
        if let Err(told) = written {
            tell(&told);
        }
        if is_awaited {
            drop(record);
            queue.lock().is_awaited = false;
            queue.room.notify_all();
        }
        if is_over {
            // None can have come since.
            return;
        }
    }
}
