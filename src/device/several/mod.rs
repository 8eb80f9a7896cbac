//! Several devices that run one swarm: each does a range of the nodes, and what a step reads beyond it is brought before the step.
//!
//! What is brought follows from the [reach](crate::column::Reach) of the bindings: the words of the nodes linked to a range (its halo, found
//! from the network once) as stretches of indices, or all words. Folds are put together by their declared
//! [operations](crate::column::Fold), which commute. Gauges go through each range where it is, and their sums are added up, as are
//! fingerprints; whether a run stops is decided from the sums. Steps over groups of nodes are done by the first device, which hands on what
//! they write. So no bit depends on how many devices there are, or on which does what.
//!
//! All goes through the host, and a step begins when all devices have done the one before.

pub(in crate::device) mod columns;
mod execution;
mod forecast;
mod halo;
mod orders;
#[cfg(feature = "mpi")]
mod ranks;
mod routes;
mod shared;
#[cfg(test)]
mod tests;
mod wire;

pub use forecast::Forecast;
#[cfg(feature = "mpi")]
pub use ranks::{Membership, RankedDevices, Ranks};

use super::{Device, DeviceInfo, DeviceKind, Execution};
use crate::error::Error;
use crate::plan::Plan;
use crate::swarm::Swarm;
use std::ops::Range;
use std::sync::Arc;
use wire::InProcess;

/// Devices that run a swarm together.
#[derive(Debug)]
pub struct SeveralDevices {
    info: DeviceInfo,
    parts: Vec<Arc<dyn Device>>,
    shares: Vec<u32>,
}

impl SeveralDevices {
    /// These devices, of which each does a share of the nodes in proportion to its number among `shares`; alike where there are none.
    ///
    /// # Errors
    /// [`Error::Invalid`] if there is no device, or not a share above 0 for each.
    pub fn new(parts: Vec<Arc<dyn Device>>, shares: &[u32]) -> Result<Self, Error> {
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
        Ok(Self { info, parts, shares })
    }
}

/// A share for each of so many devices: those that are given, or alike.
fn shares_of(shares: &[u32], devices: usize) -> Result<Vec<u32>, Error> {
    if shares.is_empty() {
        return Ok(vec![1; devices]);
    }
    if shares.len() != devices || shares.contains(&0) {
        let message = format!(
            "has {} shares for {devices} devices; give each one above 0, as in 3:1",
            shares.len()
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
    if let Some(at) = ranges.iter().position(Range::is_empty) {
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

impl SeveralDevices {
    fn ranges(&self, plan: &Plan) -> Result<Vec<Range<u32>>, Error> {
        let names: Vec<&str> = self.parts.iter().map(|part| &*part.info().name).collect();
        full_ranges(plan, &self.shares, &names, "devices")
    }
}

impl Device for SeveralDevices {
    fn info(&self) -> &DeviceInfo {
        &self.info
    }

    fn check(&self, plan: &Plan) -> Result<(), Error> {
        self.ranges(plan)?;
        self.parts.iter().try_for_each(|part| part.check(plan))
    }

    fn load(&self, swarm: Swarm) -> Result<Box<dyn Execution>, Error> {
        let ranges = self.ranges(&swarm.plan)?;
        let devices: Vec<(usize, Arc<dyn Device>)> = self.parts.iter().cloned().enumerate().collect();
        let execution = execution::SeveralExecution::new(&devices, ranges, Box::new(InProcess), swarm)?;
        Ok(Box::new(execution))
    }

    fn copy_seconds(&self, words: usize, repetitions: usize) -> Result<Vec<f64>, Error> {
        // Each copies its share; the slowest says how long it takes.
        let all: u64 = self.shares.iter().map(|&share| u64::from(share)).sum();
        let mut slowest = vec![0.0; repetitions];
        for (part, &share) in self.parts.iter().zip(&self.shares) {
            let words = (words as u64 * u64::from(share) / all.max(1)).max(1) as usize;
            for (slowest, seconds) in slowest.iter_mut().zip(part.copy_seconds(words, repetitions)?) {
                *slowest = f64::max(*slowest, seconds);
            }
        }
        Ok(slowest)
    }
}
