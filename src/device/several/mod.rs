//! Several devices that run one swarm: each does a range of the nodes, and what a step reads beyond it is brought before the step.
//!
//! What is brought follows from the [reach](crate::column::Reach) of the bindings: the words of the nodes linked to a range (its halo, found
//! from the network once) as stretches of indices, or all words. Folds are put together by their declared
//! [operations](crate::column::Fold), which commute. Gauges go through each range where it is, and their sums are added up, as are
//! fingerprints; whether a run stops is decided from the sums. Steps over groups of nodes are done by the first device, which hands on what
//! they write. So no bit depends on how many devices there are, or on which does what.
//!
//! Devices with one memory, as all that are the processor, are one place: their ranges are of the same columns, and nothing is brought between
//! them.
//!
//! All goes through the host, and a step begins when all devices have done the one before.

mod columns;
mod deep;
#[cfg(feature = "mpi")]
mod errands;
mod execution;
mod fitted;
mod forecast;
mod halo;
#[cfg(feature = "mpi")]
mod messages;
mod order;
mod orders;
#[cfg(feature = "mpi")]
mod ranks;
mod routes;
#[cfg(feature = "checkpoint")]
mod saving;
mod shared;
mod stretch;
#[cfg(test)]
mod tests;
mod wire;

#[cfg(feature = "mpi")]
pub use errands::Errands;
pub use fitted::FittedDevices;
#[cfg(feature = "gpu")]
pub(crate) use fitted::fits_in_ranges;
pub use forecast::Forecast;
#[cfg(feature = "mpi")]
pub use ranks::{Membership, RankedDevices, Ranks, Wants};

use super::{Device, DeviceInfo, DeviceKind, Execution};
#[cfg(any(feature = "mpi", test))]
use crate::column::Column;
use crate::error::Error;
use crate::plan::Plan;
#[cfg(any(feature = "mpi", test))]
use crate::plan::Wanted;
use crate::swarm::Swarm;
use routes::Routes;
#[cfg(any(feature = "mpi", test))]
use routes::{Book, Fresh};
use std::ops::Range;
use std::sync::Arc;
#[cfg(any(feature = "mpi", feature = "checkpoint"))]
use std::time::Duration;
use wire::InProcess;

/// How long the first process waits for the others, where an end has been asked for.
#[cfg(any(feature = "mpi", feature = "checkpoint"))]
const ANSWER: Duration = Duration::from_secs(5);

/// Nodes, in ranges that follow each other.
type Nodes = Vec<Range<u32>>;

/// Devices that run a swarm together.
#[derive(Debug)]
pub struct SeveralDevices {
    info: DeviceInfo,
    /// What each of them is called.
    names: Vec<String>,
    shares: Vec<u32>,
    places: Vec<Place>,
    /// Every how many ticks words are brought.
    halo: u32,
}

/// Where columns are: a device, or several with one memory.
#[derive(Debug)]
struct Place {
    device: Arc<dyn Device>,
    /// Which of the devices it is.
    devices: Vec<usize>,
}

impl SeveralDevices {
    /// These devices, of which each does a share of the nodes in proportion to its number among `shares`; alike where there are none.
    /// Those that are the processor have one memory: their ranges are of the same columns, and they help each other out.
    ///
    /// # Errors
    /// [`Error::Invalid`] if there is no device, or not a share above 0 for each.
    pub fn new(parts: Vec<Arc<dyn Device>>, shares: &[u32]) -> Result<Self, Error> {
        let is_cpu = |at: &usize| parts[*at].info().kind == DeviceKind::Cpu;
        let mut cpus = (0..parts.len()).filter(is_cpu);
        let first = cpus.next();
        let others: Vec<usize> = cpus.collect();
        let infos: Vec<&DeviceInfo> = others.iter().map(|&at| parts[at].info()).collect();
        let joined = first
            .filter(|_| !others.is_empty())
            .and_then(|first| Some((first, parts[first].joined(&infos)?)));
        let mut several = Self::apart(parts, shares)?;
        if let Some((first, device)) = joined {
            several.places.retain(|place| !others.contains(&place.devices[0]));
            if let Some(place) = several.places.iter_mut().find(|place| place.devices[0] == first) {
                place.device = device;
                place.devices.extend(others);
            }
        }
        Ok(several)
    }

    /// The same, each with a memory of its own, as processes have: to see what these bring to each other.
    ///
    /// # Errors
    /// As [`SeveralDevices::new`].
    pub fn apart(parts: Vec<Arc<dyn Device>>, shares: &[u32]) -> Result<Self, Error> {
        let Some(first) = parts.first().map(|part| part.info().clone()) else {
            return Err(Error::invalid(
                "--device",
                "names none; name one or more, as in cpu,gpu",
            ));
        };
        let shares = shares_of(shares, parts.len())?;
        let join = |of: &dyn Fn(&DeviceInfo) -> String| {
            parts.iter().map(|part| of(part.info())).collect::<Vec<_>>().join(" + ")
        };
        let least = |of: &dyn Fn(&DeviceInfo) -> u64| parts.iter().map(|part| of(part.info())).min().unwrap_or(0);
        let info = DeviceInfo {
            // Whoever has a GPU among them waits for it.
            kind: parts
                .iter()
                .map(|part| part.info().kind)
                .find(|&kind| kind != DeviceKind::Cpu)
                .unwrap_or(first.kind),
            name: join(&|info| info.name.clone()),
            backend: "several",
            driver: join(&|info| info.driver.clone()),
            threads: None,
            largest_column_bytes: least(&|info| info.largest_column_bytes),
            most_agents: least(&|info| info.most_agents),
            subgroup: None,
        };
        let place = |(at, device)| Place {
            device,
            devices: vec![at],
        };
        Ok(Self {
            info,
            names: parts.iter().map(|part| part.info().name.clone()).collect(),
            shares,
            places: parts.into_iter().enumerate().map(place).collect(),
            halo: 1,
        })
    }
}

impl SeveralDevices {
    /// The same that bring each other words only every so many ticks, and work out between what they need of others' nodes. For networks whose
    /// halo is a band, and steps that look no farther than along links. Not for GPUs.
    #[must_use]
    pub fn with_halo(mut self, ticks: u32) -> Self {
        self.halo = ticks.max(1);
        self
    }
}

/// A share for each of so many devices: those that are given, or alike.
fn shares_of(shares: &[u32], devices: usize) -> Result<Vec<u32>, Error> {
    if shares.is_empty() {
        return Ok(vec![1; devices]);
    }
    if shares.len() != devices || shares.contains(&0) {
        let message = format!(
            "has {} for {}; give each one above 0, as in 3:1",
            crate::digits::plural(shares.len() as u64, "share"),
            crate::digits::plural(devices as u64, "device")
        );
        return Err(Error::invalid("--split", message));
    }
    Ok(shares.to_vec())
}

/// The ranges of so many nodes in proportion to shares, which begin at multiples of `grain`; some may be empty.
fn ranges(nodes: u32, shares: &[u32], grain: u32) -> Vec<Range<u32>> {
    let all: u64 = shares.iter().map(|&share| u64::from(share)).sum();
    let grain = u64::from(grain.max(1));
    let mut before = 0;
    let mut first = 0;
    let mut ranges: Vec<Range<u32>> = shares
        .iter()
        .map(|&share| {
            before += u64::from(share);
            let end = u64::from(nodes) * before / all.max(1) / grain * grain;
            // No more than there are nodes, which 32 bits number.
            let range = first..end as u32;
            first = end as u32;
            range
        })
        .collect();
    if let Some(last) = ranges.last_mut() {
        last.end = nodes;
    }
    ranges
}

/// The same, unless one would be empty; `devices` are their names, and `what` they are.
fn full_ranges(plan: &Plan, shares: &[u32], devices: &[&str], what: &str) -> Result<Vec<Range<u32>>, Error> {
    let (nodes, grain) = (plan.nodes(), execution::grain(plan));
    let ranges = ranges(nodes, shares, grain);
    if nodes.div_ceil(grain) < shares.len() as u32 {
        let stretches = match grain {
            1 => String::new(),
            _ => format!(", whose steps do {grain} of them at once"),
        };
        let message = format!(
            "is {} {what} for {} nodes{stretches}; at most {} can share them",
            shares.len(),
            crate::grouped(nodes),
            nodes.div_ceil(grain)
        );
        return Err(Error::invalid(
            if what == "ranks" { "mpirun -n" } else { "--device" },
            message,
        ));
    }
    // What is left over by rounding is no share.
    let all: u64 = shares.iter().map(|&share| u64::from(share)).sum();
    let has_none = |at: usize| ranges[at].is_empty() || u64::from(shares[at]) * u64::from(nodes) < all;
    if let Some(at) = (0..ranges.len()).find(|&at| has_none(at)) {
        let shares: Vec<String> = shares.iter().map(u32::to_string).collect();
        let message = format!(
            "is {}, which leaves none of the {} nodes to number {} of the {what}, {}; give it a larger share",
            shares.join(":"),
            crate::grouped(nodes),
            at + 1,
            devices.get(at).unwrap_or(&"")
        );
        return Err(Error::invalid("--split", message));
    }
    Ok(ranges)
}

/// Refuses GPUs where words are not brought in every tick.
fn check_deep(places: &[Place]) -> Result<(), Error> {
    let is_gpu = |place: &&Place| place.device.info().kind != DeviceKind::Cpu;
    match places.iter().find(is_gpu) {
        Some(place) => Err(deep_gpu(&place.device.info().name)),
        None => Ok(()),
    }
}

fn deep_gpu(name: &str) -> Error {
    let message = format!("is for ranges on the processor, and one is on {name}; leave it out");
    Error::invalid("--halo", message)
}

/// Ranges without the borders between those that follow each other.
fn merged(ranges: &[Range<u32>]) -> Nodes {
    let mut all: Nodes = Vec::new();
    for range in ranges {
        match all.last_mut().filter(|last| last.end == range.start) {
            Some(last) => last.end = range.end,
            None => all.push(range.clone()),
        }
    }
    all
}

/// The words at tick 0 that one of several places needs: of its own nodes, of those linked to them where a column is looked at along links,
/// and all of what is looked at anywhere.
#[cfg(any(feature = "mpi", test))]
fn wanted(plan: &Plan, (ranges, halo): (&[Range<u32>], u32), at: usize) -> Result<Wanted, Error> {
    let places: Vec<Nodes> = ranges.iter().map(|range| vec![range.clone()]).collect();
    if halo > 1 {
        let (deep, _) = deep::Deep::new(plan, &places, halo)?;
        let near = deep.levels[at].last().cloned().unwrap_or_default();
        let of = |column: &Column| columns::is_of_nodes(column.extent).then(|| near.clone());
        return Ok(Wanted::new(plan.columns.iter().map(of).collect()));
    }
    let routes = Routes::new(plan, places.clone(), Some(at));
    let farthest = Book::farthest(plan).into_iter();
    let near = routes.near(at);
    let of = |(column, fresh): (&Column, Fresh)| match fresh {
        _ if !columns::is_of_nodes(column.extent) => None,
        Fresh::Own => Some(places[at].clone()),
        Fresh::Halo => Some(near.clone()),
        Fresh::Everywhere => None,
    };
    Ok(Wanted::new(plan.columns.iter().zip(farthest).map(of).collect()))
}

impl SeveralDevices {
    fn ranges(&self, plan: &Plan) -> Result<Vec<Range<u32>>, Error> {
        let names: Vec<&str> = self.names.iter().map(|name| &**name).collect();
        full_ranges(plan, &self.shares, &names, "devices")
    }
}

impl Device for SeveralDevices {
    fn info(&self) -> &DeviceInfo {
        &self.info
    }

    fn check(&self, plan: &Plan) -> Result<(), Error> {
        let ranges = self.ranges(plan)?;
        let own = |place: &Place| -> Nodes { place.devices.iter().map(|&at| ranges[at].clone()).collect() };
        if self.halo > 1 && self.places.len() > 1 {
            check_deep(&self.places)?;
            let places: Vec<Nodes> = self.places.iter().map(|place| merged(&own(place))).collect();
            deep::Deep::new(plan, &places, self.halo)?;
        }
        let is_gpu = |place: &&Place| place.device.info().kind != DeviceKind::Cpu;
        // What does not fit anyhow is refused before all links are looked at.
        for place in self
            .places
            .iter()
            .filter(|place| self.places.len() > 1 && is_gpu(place))
        {
            let least = match &*merged(&own(place)) {
                [only] => stretch::least(plan, only),
                _ => None,
            };
            match least {
                Some(held) => place.device.check_range(plan, &held)?,
                None => place.device.check(plan)?,
            }
        }
        let mut routes = None;
        if self.places.len() > 1 && self.places.iter().any(|place| is_gpu(&place)) {
            let nodes = self.places.iter().map(|place| merged(&own(place))).collect();
            routes = Some(Routes::new(plan, nodes, None));
        }
        self.places.iter().enumerate().try_for_each(|(at, place)| {
            let nodes = own(place);
            let held = routes.as_ref().filter(|_| is_gpu(&place));
            match held.and_then(|routes| stretch::held(plan, routes, (at, &merged(&nodes)))) {
                Some(held) => place.device.check_range(plan, &held),
                None => place.device.check(plan),
            }
        })
    }

    fn load(&self, swarm: Swarm) -> Result<Box<dyn Execution>, Error> {
        let ranges = self.ranges(&swarm.plan)?;
        let cuts = |place: &Place| -> Nodes { place.devices.iter().map(|&at| ranges[at].clone()).collect() };
        if let [only] = &*self.places {
            // All have one memory.
            let mut execution = only.device.load(swarm)?;
            execution.cut(&cuts(only));
            return Ok(execution);
        }
        let cuts: Vec<Nodes> = self.places.iter().map(cuts).collect();
        let devices = self.places.iter().map(|place| Arc::clone(&place.device));
        let devices: Vec<(usize, Arc<dyn Device>)> = devices.enumerate().collect();
        let execution = execution::SeveralExecution::new(&devices, (cuts, self.halo), Box::new(InProcess), swarm)?;
        Ok(Box::new(execution))
    }

    fn copy_seconds(&self, words: usize, repetitions: usize) -> Result<Vec<f64>, Error> {
        // Each copies its share; the slowest says how long it takes.
        let sum = |of: &[u32]| of.iter().map(|&share| u64::from(share)).sum::<u64>();
        let all = sum(&self.shares);
        let mut slowest = vec![0.0; repetitions];
        for place in &self.places {
            let shares: Vec<u32> = place.devices.iter().map(|&at| self.shares[at]).collect();
            let words = (words as u64 * sum(&shares) / all.max(1)).max(1) as usize;
            for (slowest, seconds) in slowest.iter_mut().zip(place.device.copy_seconds(words, repetitions)?) {
                *slowest = f64::max(*slowest, seconds);
            }
        }
        Ok(slowest)
    }
}
