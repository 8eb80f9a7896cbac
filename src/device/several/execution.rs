//! Ticks on several devices.

use super::columns::is_of_nodes;
use super::deep::Deep;
use super::halo::{Parted, parted};
use super::order::Order;
use super::routes::{Book, Fresh, Routes};
use super::shared::copies;
use super::wire::Wire;
use super::{Nodes, merged};
use crate::column::{ColumnId, Space};
#[cfg(feature = "checkpoint")]
use crate::device::PartFile;
use crate::device::{Device, DeviceKind, Event, Execution, Halt, Memory, Outcome, Patience};
use crate::error::Error;
use crate::gauge::{Fingerprint, Measurement, largest_component};
use crate::hear::Traffic;
use crate::plan::{Plan, Wanted};
use crate::swarm::Swarm;
use crate::topology::Topology;
use crate::words::Words;
use std::ops::{ControlFlow, Range};
#[cfg(feature = "checkpoint")]
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often progress is told between measurements.
const TELL: Duration = Duration::from_millis(100);

/// A device of this process with its nodes.
#[derive(Debug)]
pub(super) struct Part {
    /// Which of all places it is.
    pub at: usize,
    /// Whether it works on the processor.
    pub is_cpu: bool,
    /// Of those on the same device the first one's place.
    pub with: usize,
    pub execution: Box<dyn Execution>,
    /// Its nodes, and the ranges by which its steps run.
    pub nodes: Nodes,
    pub cuts: Nodes,
    /// Those that need no words of others, and the rest, if the former are most.
    pub parted: Option<Parted>,
}

/// Bytes that have come to each device that is here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Counted {
    /// In ticks.
    pub ticks: Vec<u64>,
    /// For measurements, and for whoever reads the state.
    pub besides: Vec<u64>,
}

#[derive(Debug)]
pub(super) struct SeveralExecution {
    pub(super) plan: Plan,
    /// Those of this process; the first process has the first device.
    pub(super) parts: Vec<Part>,
    /// How many places there are, and the nodes of each.
    pub(super) places: Vec<Nodes>,
    pub(super) routes: Routes,
    pub(super) book: Book,
    /// How far each column is ever looked at beyond a place.
    pub(super) farthest: Vec<Fresh>,
    /// How words are brought where that is not in every tick.
    pub(super) deep: Option<Deep>,
    pub(super) wire: Box<dyn Wire>,
    pub(super) counted: Counted,
    pub(super) tick: u32,
    pub(super) halt: Halt,
    /// How long the last whole tick took.
    took: Option<Duration>,
    /// A tick was given up.
    is_lost: bool,
    /// Others wait for orders, and are told when there are no more.
    pub(super) leads: bool,
}

/// Of what the ranges of nodes begin at multiples.
pub(super) fn grain(plan: &Plan) -> u32 {
    let steps = plan.steps.iter().filter(|step| step.space() == Space::Nodes);
    // Grains are powers of two.
    steps.map(|step| step.grain()).max().unwrap_or(1)
}

/// The words at tick 0 that a device needs: all, or its own and its halo's, the rest being zeros that take no memory until they are
/// touched.
fn initial(
    (plan, routes): (&Plan, &mut Routes),
    whole: &[Words],
    farthest: &[Fresh],
    (at, nodes): (usize, &Nodes),
) -> Vec<Words> {
    let columns = whole.iter().enumerate();
    columns
        .map(|(column, words)| {
            let id = ColumnId(column);
            let is_apart = is_of_nodes(plan.columns[column].extent) && farthest[column] != Fresh::Everywhere;
            let Some(mut some) = Words::try_zeros(words.len()).filter(|_| is_apart && !words.is_empty()) else {
                return words.clone();
            };
            let mut copy = |stretch: &Range<u64>| {
                let stretch = stretch.start as usize..stretch.end as usize;
                some[stretch.clone()].copy_from_slice(&words[stretch]);
            };
            super::columns::pieces(plan, id, nodes).iter().for_each(&mut copy);
            if farthest[column] == Fresh::Halo {
                let halo = routes.of(plan, id, super::routes::Move::Halo);
                let own = halo.iter().filter(|route| route.to == at);
                own.flat_map(|route| &route.words).for_each(&mut copy);
            }
            some
        })
        .collect()
}

impl SeveralExecution {
    /// The devices that are here come with their places among all; `cuts` are the ranges of each place.
    pub fn new(
        devices: &[(usize, Arc<dyn Device>)],
        (cuts, halo): (Vec<Nodes>, u32),
        wire: Box<dyn Wire>,
        swarm: Swarm,
    ) -> Result<Self, Error> {
        swarm.check()?;
        let Swarm {
            plan,
            initial: mut whole,
        } = swarm;
        let mut plans = copies(plan, devices.len() + 1);
        // One more than there are devices.
        let plan = plans.swap_remove(0);
        let places: Vec<Nodes> = cuts.iter().map(|cuts| merged(cuts)).collect();
        let only = match devices {
            [(at, _)] => Some(*at),
            _ => None,
        };
        let mut routes = Routes::new(&plan, places.clone(), only);
        let mut farthest = Book::farthest(&plan);
        let mut deep = None;
        if halo > 1 && places.len() > 1 {
            if let Some((_, gpu)) = devices.iter().find(|(_, device)| device.info().kind != DeviceKind::Cpu) {
                return Err(super::deep_gpu(&gpu.info().name));
            }
            let (own, halos) = Deep::new(&plan, &places, halo)?;
            routes = routes.with_halos(halos);
            deep = Some(own);
            // What steps touch is worked out for others' nodes, too.
            farthest.fill(Fresh::Halo);
        }
        let mut book = Book::new(&plan);
        let mut parts = Vec::new();
        for (k, ((at, device), plan)) in devices.iter().zip(plans).enumerate() {
            // What is not wanted has not been made.
            let is_only = places.len() == 1 || (only.is_some() && plan.wanted != Wanted::default());
            let is_last = k + 1 == devices.len();
            let is_cpu = device.info().kind == DeviceKind::Cpu;
            let held = match is_cpu {
                true => None,
                false => super::stretch::held(&plan, &routes, (*at, &places[*at])),
            };
            let words = match device.info().kind {
                _ if is_only => std::mem::take(&mut whole),
                _ if is_cpu || held.is_some() => initial((&plan, &mut routes), &whole, &farthest, (*at, &places[*at])),
                _ if is_last => std::mem::take(&mut whole),
                _ => whole.clone(),
            };
            if is_last {
                whole.clear();
            }
            let can_part = places.len() > 1 && deep.is_none() && plan.kinship.is_none();
            let parted = can_part.then(|| parted(&*plan.topology, &places[*at], grain(&plan)));
            let parted = parted.flatten();
            parts.push(Part {
                at: *at,
                is_cpu,
                with: devices
                    .iter()
                    .find(|(_, one)| Arc::ptr_eq(one, device))
                    .map_or(*at, |(at, _)| *at),
                execution: match &held {
                    Some(held) => device.load_range(Swarm { plan, initial: words }, held)?,
                    None => device.load(Swarm { plan, initial: words })?,
                },
                parted,
                nodes: places[*at].clone(),
                cuts: cuts[*at].clone(),
            });
        }
        if places.len() > 1 {
            // Where not all is held; and a process does not know what the others' devices are.
            for (column, &fresh) in farthest.iter().enumerate() {
                if is_of_nodes(plan.columns[column].extent) {
                    book.put(ColumnId(column), fresh);
                }
            }
        }
        Ok(Self {
            routes,
            book,
            farthest,
            deep,
            counted: Counted {
                ticks: vec![0; places.len()],
                besides: vec![0; places.len()],
            },
            places,
            plan,
            parts,
            wire,
            tick: 0,
            halt: Halt::default(),
            took: None,
            is_lost: false,
            leads: false,
        })
    }

    /// From now on the processes of the other devices follow.
    #[cfg(any(feature = "mpi", test))]
    pub fn leading(mut self) -> Self {
        self.leads = true;
        self
    }

    /// Has all processes do something, and does it here.
    pub(super) fn order(&mut self, order: &Order<'_>) -> Result<super::order::Done, Error> {
        self.wire.tell(&order.words())?;
        let done = self.follow(order);
        if let Err(error) = &done {
            self.wire.fail(error);
        }
        done
    }

    /// Does what the first process says until it says that this is all.
    #[cfg(any(feature = "mpi", test))]
    pub fn serve(&mut self) -> Result<(), Error> {
        loop {
            let words = self.wire.hear()?;
            let Some(order) = Order::of(&words) else {
                return Ok(());
            };
            let done = self.follow(&order);
            if let Err(error) = &done {
                self.wire.fail(error);
            }
            done?;
        }
    }

    /// Whether the tick was done; else it was given up, and the state is lost.
    fn run_tick(&mut self) -> Result<bool, Error> {
        if self.is_lost {
            return Ok(false);
        }
        let patience = Patience::new(&self.halt, self.took, self.plan.steps.len());
        for step in 0..self.plan.steps.len() {
            if patience.is_over() {
                self.is_lost = true;
                return Ok(false);
            }
            if !self.plan.steps[step].rests(self.tick) {
                self.order(&Order::Step(step, self.tick))?;
            }
            patience.count();
        }
        self.took = Some(patience.elapsed());
        self.wire.took(patience.elapsed());
        self.tick += 1;
        Ok(true)
    }

    fn measured(&mut self) -> Result<Measurement, Error> {
        let tallies = self.order(&Order::Tally(self.tick))?.tallies();
        let tallies = tallies.ok_or_else(|| self.failed("a measurement did not come back"))?;
        let mut row = Measurement::of(&self.plan, self.tick, &tallies);
        if self.plan.component {
            row.component = Some(self.component()?);
        }
        Ok(row)
    }

    /// The nodes of the largest connected part.
    fn component(&mut self) -> Result<u64, Error> {
        let kin = match self.plan.kinship {
            Some(kin) => Some((self.read(kin.parents)?, self.read(kin.families)?)),
            None => None,
        };
        let status = match self.plan.faults.as_ref().map(|faults| faults.status) {
            Some(status) => self.read(status)?,
            None => Vec::new(),
        };
        let faults = self.plan.faults.as_ref().map(|faults| (faults, &*status));
        let traffic = Traffic::new(self.plan.schedule, self.tick.saturating_sub(1), faults);
        let living = kin
            .as_ref()
            .and_then(|(parents, families)| self.plan.topology.living(parents, families));
        let topology = living
            .as_ref()
            .map_or(&*self.plan.topology, |living| living as &dyn Topology);
        Ok(largest_component(topology, &traffic))
    }

    pub(super) fn failed(&self, message: &str) -> Error {
        Error::DeviceFailed {
            device: "several devices".into(),
            message: message.into(),
        }
    }
}

impl Drop for SeveralExecution {
    fn drop(&mut self) {
        if self.leads {
            // Whoever cannot be told is gone.
            let _ = self.wire.tell(&Order::End.words());
        }
    }
}

impl Execution for SeveralExecution {
    fn plan(&self) -> &Plan {
        &self.plan
    }

    fn tick(&self) -> u32 {
        self.tick
    }

    fn heed(&mut self, halt: Halt) {
        self.wire.heed(&halt);
        self.halt = halt;
    }

    fn advance(
        &mut self,
        until: u32,
        observer: &mut dyn FnMut(Event<'_>) -> ControlFlow<()>,
    ) -> Result<Outcome, Error> {
        let mut told = Instant::now();
        while self.tick < until {
            if !self.run_tick()? {
                return Ok(Outcome::GivenUp);
            }
            let mut flow = ControlFlow::Continue(());
            if self.plan.is_measured(self.tick) {
                let row = self.measured()?;
                flow = observer(Event::Measured(&row));
                if row.stops(&self.plan) {
                    return Ok(Outcome::Condition);
                }
            } else if told.elapsed() >= TELL {
                told = Instant::now();
                flow = observer(Event::Progress(self.tick));
            }
            if flow.is_break() || self.halt.is_asked() {
                return Ok(Outcome::Interrupt);
            }
        }
        Ok(Outcome::Ticks)
    }

    fn step(&mut self, step: usize) -> Result<(), Error> {
        self.order(&Order::Step(step, self.tick))?;
        if step + 1 == self.plan.steps.len() {
            self.tick += 1;
        }
        Ok(())
    }

    fn timed_tick(&mut self) -> Result<Option<Vec<f64>>, Error> {
        let mut seconds = Vec::new();
        for step in 0..self.plan.steps.len() {
            let start = Instant::now();
            if !self.plan.steps[step].rests(self.tick) {
                self.order(&Order::Step(step, self.tick))?;
                self.order(&Order::Finish)?;
            }
            seconds.push(start.elapsed().as_secs_f64());
        }
        self.tick += 1;
        Ok(Some(seconds))
    }

    fn measure(&mut self) -> Result<Measurement, Error> {
        self.measured()
    }

    fn fingerprints(&mut self) -> Result<Vec<Fingerprint>, Error> {
        let prints = self.order(&Order::Prints)?.prints();
        prints.ok_or_else(|| self.failed("fingerprints did not come back"))
    }

    fn read(&mut self, column: ColumnId) -> Result<Vec<u32>, Error> {
        self.read_range(column, 0..self.plan.words(column))
    }

    fn read_range(&mut self, column: ColumnId, words: Range<u64>) -> Result<Vec<u32>, Error> {
        let most = self.plan.words(column);
        let words = words.start.min(most)..words.end.min(most);
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let words = self.order(&Order::Read(column, words))?.words();
        words.ok_or_else(|| self.failed("words of a column did not come back"))
    }

    fn write(&mut self, column: ColumnId, index: u64, word: u32) -> Result<(), Error> {
        self.write_range(column, index, &[word])
    }

    fn write_range(&mut self, column: ColumnId, first: u64, words: &[u32]) -> Result<(), Error> {
        let most = self.plan.words(column).saturating_sub(first);
        let count = usize::try_from(most).unwrap_or(usize::MAX).min(words.len());
        self.order(&Order::Write(column, first, &words[..count]))?;
        Ok(())
    }

    fn resume_at(&mut self, tick: u32) -> Result<(), Error> {
        (self.tick, self.took) = (tick, None);
        Ok(())
    }

    #[cfg(feature = "checkpoint")]
    fn write_parts(&mut self, folder: &Path, compress: bool) -> Result<Option<Vec<PartFile>>, Error> {
        self.saved(folder, compress)
    }

    fn finish(&mut self) -> Result<(), Error> {
        self.order(&Order::Finish)?;
        Ok(())
    }

    fn memory(&self) -> Memory {
        // Of the devices that are here.
        let all = self.parts.iter().map(|part| part.execution.memory());
        all.fold(Memory::default(), |sum, one| Memory {
            device_bytes: sum.device_bytes + one.device_bytes,
            host_bytes: sum.host_bytes + one.host_bytes,
        })
    }
}
