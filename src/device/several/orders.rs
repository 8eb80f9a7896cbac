//! What is done on several devices: in every process the same, in the same order, as the first one says.

use super::columns::{fold, is_of_nodes, pieces};
use super::execution::{Part, SeveralExecution};
use super::routes::{Move, folded, is_for_all};
use super::wire::{Expected, Parcel};
use crate::column::{ColumnId, Space};
use crate::error::Error;
use crate::gauge::{Fingerprint, Tallies};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use std::thread;

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Order<'a> {
    /// No more.
    End,
    /// A step of a tick.
    Step(usize, u32),
    /// A measurement after so many ticks.
    Tally(u32),
    /// The fingerprints of all columns.
    Prints,
    /// Some words of a column, to the first process.
    Read(ColumnId, Range<u64>),
    /// Words of a column from one on, for all.
    Write(ColumnId, u64, &'a [u32]),
    /// To wait until all is done.
    Finish,
}

fn halves(number: u64) -> [u32; 2] {
    [number as u32, (number >> 32) as u32]
}

#[cfg(any(feature = "mpi", test))]
fn whole(low: u32, high: u32) -> u64 {
    u64::from(low) | u64::from(high) << 32
}

impl<'a> Order<'a> {
    /// As it is told.
    pub fn words(&self) -> Vec<u32> {
        match self {
            Self::End => vec![0],
            // A plan has few steps and columns.
            Self::Step(step, tick) => vec![1, *step as u32, *tick],
            Self::Tally(tick) => vec![2, *tick],
            Self::Prints => vec![3],
            Self::Read(column, words) => {
                let [first, end] = [words.start, words.end].map(halves);
                vec![4, column.0 as u32, first[0], first[1], end[0], end[1]]
            }
            Self::Write(column, first, words) => {
                let first = halves(*first);
                let mut all = vec![5, column.0 as u32, first[0], first[1]];
                all.extend(*words);
                all
            }
            Self::Finish => vec![6],
        }
    }

    /// As it is heard; nothing if that is the end.
    #[cfg(any(feature = "mpi", test))]
    pub fn of(words: &'a [u32]) -> Option<Self> {
        Some(match *words {
            [1, step, tick] => Self::Step(step as usize, tick),
            [2, tick] => Self::Tally(tick),
            [3] => Self::Prints,
            [4, column, a, b, c, d] => Self::Read(ColumnId(column as usize), whole(a, b)..whole(c, d)),
            [5, column, a, b, ref words @ ..] => Self::Write(ColumnId(column as usize), whole(a, b), words),
            [6] => Self::Finish,
            _ => return None,
        })
    }
}

/// What came of it, in the first process.
#[derive(Debug)]
pub(super) enum Done {
    Nothing,
    Tallies(Tallies),
    Prints(Vec<Fingerprint>),
    Words(Vec<u32>),
}

impl Done {
    pub fn tallies(self) -> Option<Tallies> {
        match self {
            Self::Tallies(tallies) => Some(tallies),
            _ => None,
        }
    }

    pub fn prints(self) -> Option<Vec<Fingerprint>> {
        match self {
            Self::Prints(prints) => Some(prints),
            _ => None,
        }
    }

    pub fn words(self) -> Option<Vec<u32>> {
        match self {
            Self::Words(words) => Some(words),
            _ => None,
        }
    }
}

/// What something is moved for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum For {
    Tick,
    Others,
}

/// Nodes of a range from which on a thread of its own is worth it.
const WIDE: u32 = 1 << 13;

impl SeveralExecution {
    fn part(&mut self, at: usize) -> Option<&mut Part> {
        self.parts.iter_mut().find(|part| part.at == at)
    }

    /// Hands words over, and counts what arrives.
    fn swap(&mut self, parcels: Vec<Parcel>, expected: &[Expected], what: For) -> Result<Vec<Parcel>, Error> {
        let arrived = self.wire.swap(parcels, expected)?;
        let counts = match what {
            For::Tick => &mut self.counted.ticks,
            For::Others => &mut self.counted.besides,
        };
        for parcel in &arrived {
            counts[parcel.to] += 4 * parcel.words.len() as u64;
        }
        Ok(arrived)
    }

    /// Brings words of columns from device to device.
    fn carry(&mut self, moves: &[(ColumnId, Move)], what: For) -> Result<(), Error> {
        if moves.is_empty() || self.ranges.len() < 2 {
            return Ok(());
        }
        let (mut parcels, mut expected, mut targets) = (Vec::new(), Vec::new(), Vec::new());
        for &(column, what) in moves {
            let routes = self.routes.of(&self.plan, column, what);
            // What goes to all alike is read once.
            let mut known: HashMap<usize, Arc<Vec<u32>>> = HashMap::new();
            for (k, route) in routes.iter().enumerate() {
                if let Some(part) = self.part(route.from) {
                    let words = match known.get(&route.from).filter(|_| what != Move::Halo) {
                        Some(words) => Arc::clone(words),
                        None => Arc::new(part.execution.read_ranges(column, &route.words)?),
                    };
                    known.insert(route.from, Arc::clone(&words));
                    parcels.push(Parcel {
                        from: route.from,
                        to: route.to,
                        words,
                    });
                }
                if self.wire.is_here(route.to) {
                    expected.push(Expected {
                        from: route.from,
                        to: route.to,
                        // As many as fit in memory.
                        words: route.count() as usize,
                    });
                    targets.push((column, Arc::clone(&routes), k));
                }
            }
        }
        let arrived = self.swap(parcels, &expected, what)?;
        for (parcel, (column, routes, k)) in arrived.iter().zip(&targets) {
            if let Some(part) = self.part(parcel.to) {
                part.execution.write_ranges(*column, &routes[*k].words, &parcel.words)?;
            }
        }
        Ok(())
    }

    /// Brings what each device has for the first one to it, if that is of this process; the first's own comes first.
    fn bring_to_first(
        &mut self,
        own: Vec<(usize, Vec<u32>)>,
        counts: &[usize],
    ) -> Result<Option<Vec<Arc<Vec<u32>>>>, Error> {
        let is_first = self.wire.is_here(0);
        let (mut all, mut parcels) = (Vec::new(), Vec::new());
        for (from, words) in own {
            match from {
                0 => all.push(Arc::new(words)),
                _ => parcels.push(Parcel {
                    from,
                    to: 0,
                    words: Arc::new(words),
                }),
            }
        }
        let others = (1..self.ranges.len()).filter(|_| is_first);
        let expected: Vec<Expected> = others
            .map(|from| Expected {
                from,
                to: 0,
                words: counts[from],
            })
            .collect();
        let arrived = self.swap(parcels, &expected, For::Others)?;
        all.extend(arrived.into_iter().map(|parcel| parcel.words));
        Ok(is_first.then_some(all))
    }

    /// Does it on the devices that are here.
    pub(super) fn follow(&mut self, order: &Order<'_>) -> Result<Done, Error> {
        match *order {
            Order::End => {}
            Order::Step(step, tick) => self.run_step(step, tick)?,
            Order::Tally(tick) => return self.tally(tick),
            Order::Prints => return self.prints(),
            Order::Read(column, ref words) => return self.read_words(column, words),
            Order::Write(column, first, words) => {
                let mut parts = self.parts.iter_mut();
                parts.try_for_each(|part| part.execution.write_range(column, first, words))?;
            }
            Order::Finish => self.parts.iter_mut().try_for_each(|part| part.execution.finish())?,
        }
        Ok(Done::Nothing)
    }

    fn at_tick(&mut self, tick: u32) -> Result<(), Error> {
        self.tick = tick;
        let mut parts = self.parts.iter_mut();
        parts.try_for_each(|part| match part.execution.tick() == tick {
            true => Ok(()),
            false => part.execution.resume_at(tick),
        })
    }

    fn run_step(&mut self, step: usize, tick: u32) -> Result<(), Error> {
        self.at_tick(tick)?;
        let moves = self.book.before(&self.plan, &*self.plan.steps[step]);
        self.carry(&moves, For::Tick)?;
        match self.plan.steps[step].space() {
            Space::Nodes => self.run_over_nodes(step)?,
            space @ Space::Groups(_) => {
                let is_for_all = is_for_all(&self.plan, &*self.plan.steps[step]);
                let items = self.plan.items(space);
                for part in &mut self.parts {
                    // Those who have nothing to do turn their old and new words over, too.
                    let range = if is_for_all || part.at == 0 { 0..items } else { 0..0 };
                    part.execution.step_range(step, range)?;
                }
            }
        }
        let moves = self.book.after(&self.plan, &*self.plan.steps[step]);
        self.carry(&moves, For::Tick)
    }

    /// Runs a step on all devices that are here, each on its range, and waits for all.
    fn run_parts(&mut self, step: usize) -> Result<(), Error> {
        let run = |part: &mut Part| part.execution.step_range(step, part.range.clone());
        if self.parts.len() == 1 || self.parts.iter().all(|part| part.range.len() < WIDE as usize) {
            return self.parts.iter_mut().try_for_each(run);
        }
        thread::scope(|scope| {
            // The caller's threads are for the CPU.
            let own = self.parts.iter().position(|part| part.is_cpu).unwrap_or(0);
            let (own, others): (Vec<_>, Vec<_>) = self.parts.iter_mut().enumerate().partition(|(k, _)| *k == own);
            let others: Vec<_> = others
                .into_iter()
                .map(|(_, part)| scope.spawn(move || run(part)))
                .collect();
            let mut all = own.into_iter().try_for_each(|(_, part)| run(part));
            for other in others {
                let done = other.join().unwrap_or_else(|_| {
                    Err(Error::DeviceFailed {
                        device: "one of several devices".into(),
                        message: "its thread has ended".into(),
                    })
                });
                all = all.and(done);
            }
            all
        })
    }

    fn run_over_nodes(&mut self, step: usize) -> Result<(), Error> {
        let columns = folded(&*self.plan.steps[step]);
        if columns.is_empty() || self.ranges.len() < 2 {
            return self.run_parts(step);
        }
        let read = |part: &mut Part| -> Result<Vec<Vec<u32>>, Error> {
            columns.iter().map(|&column| part.execution.read(column)).collect()
        };
        let beginning = match self.part(0) {
            Some(part) => read(part)?,
            None => Vec::new(),
        };
        self.run_parts(step)?;
        let folds = self.parts.iter_mut().map(|part| Ok((part.at, read(part)?.concat())));
        let folds = folds.collect::<Result<Vec<_>, Error>>()?;
        self.put_together(step, &columns, &beginning, folds)
    }

    /// Puts what the devices have folded into columns together, and hands it back.
    fn put_together(
        &mut self,
        step: usize,
        columns: &[ColumnId],
        beginning: &[Vec<u32>],
        folds: Vec<(usize, Vec<u32>)>,
    ) -> Result<(), Error> {
        let devices = self.ranges.len();
        let lens: Vec<usize> = columns.iter().map(|&column| self.plan.words(column) as usize).collect();
        let words: usize = lens.iter().sum();
        let (mut parcels, mut of_first) = (Vec::new(), None);
        for (from, words) in folds {
            match from {
                0 => of_first = Some(words),
                _ => parcels.push(Parcel {
                    from,
                    to: 0,
                    words: Arc::new(words),
                }),
            }
        }
        let expect = |from: usize, to: usize| Expected { from, to, words };
        let expected: Vec<Expected> = (1..devices)
            .filter(|_| of_first.is_some())
            .map(|from| expect(from, 0))
            .collect();
        let arrived = self.swap(parcels, &expected, For::Tick)?;
        let mut parcels = Vec::new();
        if let Some(mut all) = of_first {
            let own = all.clone();
            let mut first = 0;
            for ((&column, beginning), len) in columns.iter().zip(beginning).zip(&lens) {
                let place = first..first + len;
                let sum = &mut all[place.clone()];
                sum.copy_from_slice(beginning);
                let of_others = arrived.iter().map(|parcel| &parcel.words[place.clone()]);
                for one in std::iter::once(&own[place.clone()]).chain(of_others) {
                    fold(&*self.plan.steps[step], column, beginning, sum, one);
                }
                first += len;
            }
            let all = Arc::new(all);
            self.put_folds(0, columns, &lens, &all)?;
            parcels.extend((1..devices).map(|to| Parcel {
                from: 0,
                to,
                words: Arc::clone(&all),
            }));
        }
        let expected: Vec<Expected> = (1..devices)
            .filter(|&to| self.wire.is_here(to))
            .map(|to| expect(0, to))
            .collect();
        for parcel in self.swap(parcels, &expected, For::Tick)? {
            self.put_folds(parcel.to, columns, &lens, &parcel.words)?;
        }
        Ok(())
    }

    fn put_folds(&mut self, at: usize, columns: &[ColumnId], lens: &[usize], words: &[u32]) -> Result<(), Error> {
        let mut first = 0;
        for (&column, len) in columns.iter().zip(lens) {
            if let Some(part) = self.part(at) {
                part.execution.write_range(column, 0, &words[first..first + len])?;
            }
            first += len;
        }
        Ok(())
    }

    fn tally(&mut self, tick: u32) -> Result<Done, Error> {
        self.at_tick(tick)?;
        for gauge in self.plan.measured() {
            let moves = self.book.for_gauge(&self.plan, &*gauge);
            self.carry(&moves, For::Others)?;
        }
        let nothing = Tallies::nothing(&self.plan);
        let count = nothing.words().len();
        let mut of_first = None;
        let mut own = Vec::new();
        for part in &mut self.parts {
            let tallies = part.execution.tally_range(part.range.clone())?;
            own.push((part.at, tallies.words()));
            if part.at == 0 {
                of_first = Some(tallies);
            }
        }
        let counts = vec![count; self.ranges.len()];
        let Some((mut sum, all)) = of_first.zip(self.bring_to_first(own, &counts)?) else {
            return Ok(Done::Nothing);
        };
        for words in &all[1..] {
            sum = sum.plus(&nothing.of_words(words));
        }
        for (print, column) in self.prints_besides()?.into_iter().zip(&self.plan.columns) {
            if column.is_state() {
                sum.fingerprint = sum.fingerprint.plus(print);
            }
        }
        Ok(Done::Tallies(sum))
    }

    /// The fingerprints of the columns that are not of nodes, as the first device has them; of others that of nothing.
    fn prints_besides(&mut self) -> Result<Vec<Fingerprint>, Error> {
        let columns = 0..self.plan.columns.len();
        columns
            .map(|at| {
                let column = &self.plan.columns[at];
                if is_of_nodes(column.extent) {
                    return Ok(Fingerprint::default());
                }
                let number = column.number();
                match self.part(0) {
                    Some(part) => Ok(Fingerprint::of(number, 0, &part.execution.read(ColumnId(at))?)),
                    None => Ok(Fingerprint::default()),
                }
            })
            .collect()
    }

    fn prints(&mut self) -> Result<Done, Error> {
        let mut own = Vec::new();
        for part in &mut self.parts {
            let prints = part.execution.prints_range(part.range.clone())?;
            own.push((part.at, prints.iter().flat_map(|print| print.0).collect()));
        }
        let counts = vec![2 * self.plan.columns.len(); self.ranges.len()];
        let Some(all) = self.bring_to_first(own, &counts)? else {
            return Ok(Done::Nothing);
        };
        let mut sums = self.prints_besides()?;
        for words in all {
            for (sum, print) in sums.iter_mut().zip(words.as_chunks::<2>().0) {
                *sum = sum.plus(Fingerprint(*print));
            }
        }
        Ok(Done::Prints(sums))
    }

    /// Words of a column, each of the device whose node's it is.
    fn read_words(&mut self, column: ColumnId, words: &Range<u64>) -> Result<Done, Error> {
        if self.ranges.len() == 1 || !is_of_nodes(self.plan.columns[column.0].extent) {
            return Ok(match self.part(0) {
                Some(part) => Done::Words(part.execution.read_range(column, words.clone())?),
                None => Done::Nothing,
            });
        }
        let within = |range: &Range<u32>| -> Vec<Range<u64>> {
            let pieces = pieces(&self.plan, column, range).into_iter();
            let pieces = pieces.map(|piece| piece.start.max(words.start)..piece.end.min(words.end));
            pieces.filter(|piece| !piece.is_empty()).collect()
        };
        let all: Vec<Vec<Range<u64>>> = self.ranges.iter().map(within).collect();
        let mut own = Vec::new();
        for part in &mut self.parts {
            own.push((part.at, part.execution.read_ranges(column, &all[part.at])?));
        }
        let count = |of: &Vec<Range<u64>>| of.iter().map(|piece| (piece.end - piece.start) as usize).sum();
        let counts: Vec<usize> = all.iter().map(count).collect();
        let Some(read) = self.bring_to_first(own, &counts)? else {
            return Ok(Done::Nothing);
        };
        let mut whole = vec![0; (words.end - words.start) as usize];
        for (pieces, words_of) in all.iter().zip(&read) {
            let mut rest = &words_of[..];
            for piece in pieces {
                let (some, others) = rest.split_at((piece.end - piece.start) as usize);
                whole[(piece.start - words.start) as usize..][..some.len()].copy_from_slice(some);
                rest = others;
            }
        }
        Ok(Done::Words(whole))
    }
}
