//! What is done on several devices: in every process the same, in the same order, as the first one says.

use super::Nodes;
use super::columns::{fold, is_of_nodes, pieces};
use super::deep::looks_along_links;
use super::execution::{Part, SeveralExecution};
use super::order::{Done, Order};
use super::routes::{Fresh, Move, Route, folded, is_for_all};
use super::wire::{Expected, Parcel};
use crate::column::{ColumnId, Space};
use crate::error::Error;
use crate::gauge::{Fingerprint, Tallies};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use std::thread;

/// What something is moved for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum For {
    Tick,
    Others,
}

/// For which column words are, and on which of its routes they come.
type Target = (ColumnId, Arc<Vec<Route>>, usize);

/// Words that are brought, and where they go.
struct Load {
    parcels: Vec<Parcel>,
    expected: Vec<Expected>,
    targets: Vec<Target>,
}

/// Nodes of a range from which on a thread of its own is worth it.
const WIDE: usize = 1 << 13;

/// Does something on all devices that are here, at the same time where that is worth it, and waits for all.
fn on_all(parts: &mut [Part], run: impl Fn(&mut Part) -> Result<(), Error> + Sync + Copy) -> Result<(), Error> {
    let is_small = |part: &Part| part.nodes.iter().map(Range::len).sum::<usize>() < WIDE;
    if parts.len() == 1 || parts.iter().all(is_small) {
        return parts.iter_mut().try_for_each(run);
    }
    // Those on one device go one after the other: it does nothing at once that it does not at turns.
    let mut all: Vec<Vec<&mut Part>> = Vec::new();
    for part in parts {
        match all.iter_mut().find(|parts| parts[0].with == part.with) {
            Some(parts) => parts.push(part),
            None => all.push(vec![part]),
        }
    }
    // The caller's threads are for the CPU.
    let own = all.iter().position(|parts| parts[0].is_cpu).unwrap_or(0);
    let own = all.swap_remove(own);
    let run = |parts: Vec<&mut Part>| parts.into_iter().try_for_each(run);
    thread::scope(|scope| {
        let others: Vec<_> = all.into_iter().map(|parts| scope.spawn(move || run(parts))).collect();
        let mut all = run(own);
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

impl SeveralExecution {
    fn part(&mut self, at: usize) -> Option<&mut Part> {
        self.parts.iter_mut().find(|part| part.at == at)
    }

    /// Hands words over, and counts what arrives.
    fn swap(&mut self, parcels: Vec<Parcel>, expected: &[Expected], what: For) -> Result<Vec<Parcel>, Error> {
        let arrived = self.wire.swap(parcels, expected, &mut || Ok(()))?;
        self.note_arrived(&arrived, what);
        Ok(arrived)
    }

    fn note_arrived(&mut self, arrived: &[Parcel], what: For) {
        let counts = self.count(what);
        for parcel in arrived {
            counts[parcel.to] += 4 * parcel.words.len() as u64;
        }
    }

    fn count(&mut self, what: For) -> &mut [u64] {
        match what {
            For::Tick => &mut self.counted.ticks,
            For::Others => &mut self.counted.besides,
        }
    }

    /// Brings words from one part to another that is on the same device, where that can be done without the host.
    fn takes(&mut self, column: ColumnId, route: &Route) -> Result<bool, Error> {
        let at = |place: usize| self.parts.iter().position(|part| part.at == place);
        let (Some(from), Some(to)) = (at(route.from), at(route.to)) else {
            return Ok(false);
        };
        match self.parts.get_disjoint_mut([from, to]) {
            Ok([from, to]) if from.with == to.with => to.execution.take(column, &route.words, &*from.execution),
            _ => Ok(false),
        }
    }

    /// Brings words of columns from device to device.
    fn carry(&mut self, moves: &[(ColumnId, Move)], whom: For) -> Result<(), Error> {
        if moves.is_empty() || self.places.len() < 2 {
            return Ok(());
        }
        let load = self.load_up(moves, whom)?;
        let arrived = self.swap(load.parcels, &load.expected, whom)?;
        self.unload(&arrived, &load.targets)
    }

    /// Reads what is to be brought; what can go without the host has gone then.
    fn load_up(&mut self, moves: &[(ColumnId, Move)], whom: For) -> Result<Load, Error> {
        let (mut parcels, mut expected, mut targets) = (Vec::new(), Vec::new(), Vec::new());
        for &(column, what) in moves {
            let routes = self.routes.of(&self.plan, column, what);
            // What goes to all alike is read once.
            let mut known: HashMap<usize, Arc<Vec<u32>>> = HashMap::new();
            for (k, route) in routes.iter().enumerate() {
                if self.takes(column, route)? {
                    self.count(whom)[route.to] += 4 * route.count();
                    continue;
                }
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
        Ok(Load {
            parcels,
            expected,
            targets,
        })
    }

    /// Writes what has been brought.
    fn unload(&mut self, arrived: &[Parcel], targets: &[Target]) -> Result<(), Error> {
        for (parcel, (column, routes, k)) in arrived.iter().zip(targets) {
            if let Some(part) = self.part(parcel.to) {
                part.execution.write_ranges(*column, &routes[*k].words, &parcel.words)?;
            }
        }
        Ok(())
    }

    /// Brings what each device has for the first one to it, if that is of this process; the first's own comes first.
    pub(super) fn bring_to_first(
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
        let others = (1..self.places.len()).filter(|_| is_first);
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
            Order::Write(column, first, words) => self.write_words(column, first, words)?,
            #[cfg(feature = "checkpoint")]
            Order::Sees(folder) => return self.sees(folder),
            #[cfg(feature = "checkpoint")]
            Order::Save(compress, folder) => return self.save(compress, folder),
            Order::Finish => self.parts.iter_mut().try_for_each(|part| part.execution.finish())?,
        }
        Ok(Done::Nothing)
    }

    /// Overwrites words where somebody looks at them.
    fn write_words(&mut self, column: ColumnId, first: u64, words: &[u32]) -> Result<(), Error> {
        let farthest = self.farthest[column.0];
        if let Some(deep) = &mut self.deep {
            deep.begin_anew();
        }
        if self.places.len() == 1 || !is_of_nodes(self.plan.columns[column.0].extent) || farthest == Fresh::Everywhere {
            let mut parts = self.parts.iter_mut();
            return parts.try_for_each(|part| part.execution.write_range(column, first, words));
        }
        let end = first + words.len() as u64;
        for part in &mut self.parts {
            let own = self.routes.near(part.at);
            let nodes = if farthest == Fresh::Halo { &own } else { &part.nodes };
            for piece in pieces(&self.plan, column, nodes) {
                let some = piece.start.max(first)..piece.end.min(end);
                if !some.is_empty() {
                    let place = (some.start - first) as usize..(some.end - first) as usize;
                    part.execution.write_range(column, some.start, &words[place])?;
                }
            }
        }
        self.book.cut_back(column, farthest);
        Ok(())
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
        if self.deep.is_some() {
            return self.run_deep(step, tick);
        }
        let moves = self.book.before(&self.plan, &*self.plan.steps[step]);
        let goes_on = self.goes_on_meanwhile(step, &moves);
        if !goes_on {
            self.carry(&moves, For::Tick)?;
        }
        match self.plan.steps[step].space() {
            Space::Nodes if goes_on => self.run_meanwhile(step, &moves)?,
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

    /// Whether nodes that need none of the words that are to be brought can be done while these are on their way.
    fn goes_on_meanwhile(&self, step: usize, moves: &[(ColumnId, Move)]) -> bool {
        let step = &*self.plan.steps[step];
        step.space() == Space::Nodes
            && folded(step).is_empty()
            && !moves.is_empty()
            && moves.iter().all(|(_, what)| *what == Move::Halo)
            && self.parts.iter().any(|part| part.parted.is_some())
    }

    /// Brings words from device to device while each does the nodes that need none of them, and then has it do the others.
    fn run_meanwhile(&mut self, step: usize, moves: &[(ColumnId, Move)]) -> Result<(), Error> {
        let load = self.load_up(moves, For::Tick)?;
        let parts = &mut self.parts;
        let mut inside = || {
            on_all(parts, |part| match &part.parted {
                Some(parted) => part.execution.begin_ranges(step, &parted.inside),
                None => Ok(()),
            })
        };
        let arrived = self.wire.swap(load.parcels, &load.expected, &mut inside)?;
        self.note_arrived(&arrived, For::Tick);
        self.unload(&arrived, &load.targets)?;
        on_all(&mut self.parts, |part| {
            let rest = part.parted.as_ref().map_or(&part.cuts, |parted| &parted.border);
            part.execution.step_ranges(step, rest)
        })
    }

    /// Runs a step where words are brought every so many ticks.
    fn run_deep(&mut self, step: usize, tick: u32) -> Result<(), Error> {
        let Some(mut deep) = self.deep.take() else {
            return Ok(());
        };
        if deep.is_due(tick) {
            let moves: Vec<(ColumnId, Move)> = deep.columns.iter().map(|&column| (column, Move::Halo)).collect();
            self.carry(&moves, For::Tick)?;
        }
        let bindings = self.plan.steps[step].bindings();
        if looks_along_links(&*self.plan.steps[step]) {
            deep.level = deep.level.saturating_sub(1);
        }
        for binding in bindings.iter().filter(|binding| binding.access.writes_own()) {
            let is_near = if deep.level > 0 { Fresh::Halo } else { Fresh::Own };
            self.book.put(binding.column, is_near);
        }
        for part in &mut self.parts {
            part.cuts.clone_from(deep.nodes(part.at));
        }
        self.deep = Some(deep);
        self.run_parts(step)
    }

    /// Runs a step on all devices that are here, each on its range, and waits for all.
    fn run_parts(&mut self, step: usize) -> Result<(), Error> {
        on_all(&mut self.parts, |part| part.execution.step_ranges(step, &part.cuts))
    }

    fn run_over_nodes(&mut self, step: usize) -> Result<(), Error> {
        let columns = folded(&*self.plan.steps[step]);
        if columns.is_empty() || self.places.len() < 2 {
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
        let devices = self.places.len();
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
            let (first, others) = match &*part.nodes {
                [first, others @ ..] => (first.clone(), others),
                [] => (0..0, &[][..]),
            };
            let mut tallies = part.execution.tally_range(first)?;
            for range in others {
                tallies = tallies.plus(&part.execution.tally_range(range.clone())?);
            }
            own.push((part.at, tallies.words()));
            if part.at == 0 {
                of_first = Some(tallies);
            }
        }
        let counts = vec![count; self.places.len()];
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
            let mut sums = vec![Fingerprint::default(); self.plan.columns.len()];
            for range in &part.nodes {
                let prints = part.execution.prints_range(range.clone())?;
                sums.iter_mut()
                    .zip(prints)
                    .for_each(|(sum, print)| *sum = sum.plus(print));
            }
            own.push((part.at, sums.iter().flat_map(|print| print.0).collect()));
        }
        let counts = vec![2 * self.plan.columns.len(); self.places.len()];
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
        if self.places.len() == 1 || !is_of_nodes(self.plan.columns[column.0].extent) {
            return Ok(match self.part(0) {
                Some(part) => Done::Words(part.execution.read_range(column, words.clone())?),
                None => Done::Nothing,
            });
        }
        let within = |nodes: &Nodes| -> Vec<Range<u64>> {
            let pieces = pieces(&self.plan, column, nodes).into_iter();
            let pieces = pieces.map(|piece| piece.start.max(words.start)..piece.end.min(words.end));
            pieces.filter(|piece| !piece.is_empty()).collect()
        };
        let all: Vec<Vec<Range<u64>>> = self.places.iter().map(within).collect();
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
