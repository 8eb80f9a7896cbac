//! Devices of which each GPU runs as many ranges of a swarm as it needs so that every column fits its buffers.

use super::SeveralDevices;
#[cfg(feature = "gpu")]
use super::{Nodes, routes::Routes};
#[cfg(feature = "gpu")]
use crate::device::Held;
use crate::device::{Device, DeviceInfo, DeviceKind, Execution};
use crate::error::Error;
use crate::plan::Plan;
use crate::swarm::Swarm;
#[cfg(feature = "gpu")]
use std::ops::Range;
use std::sync::Arc;

/// The most ranges of one GPU.
const MOST: u32 = 256;

/// One device or several, of which each GPU does its share in several ranges where one is more than a buffer may have. Where nothing has to
/// be cut they do as [`SeveralDevices`] do, and one as it does alone.
#[derive(Debug)]
pub struct FittedDevices {
    parts: Vec<Arc<dyn Device>>,
    shares: Vec<u32>,
    info: DeviceInfo,
}

impl FittedDevices {
    /// These devices, of which each does a share of the nodes in proportion to its number among `shares`; alike where there are none.
    ///
    /// # Errors
    /// As [`SeveralDevices::new`].
    pub fn new(parts: Vec<Arc<dyn Device>>, shares: &[u32]) -> Result<Self, Error> {
        let several = SeveralDevices::new(parts.clone(), shares)?;
        Ok(Self {
            info: match &*parts {
                [only] => only.info().clone(),
                _ => several.info().clone(),
            },
            shares: several.shares,
            parts,
        })
    }

    /// The ranges of a plan: which device does each, and its share.
    ///
    /// # Errors
    /// [`Error::TooLarge`] if no number of ranges fits, and what else [`Device::check`] has against the plan.
    pub fn cuts(&self, plan: &Plan) -> Result<Vec<(usize, u32)>, Error> {
        Ok(self.cuts_of(&self.times(plan)?))
    }

    /// How many ranges each device does.
    fn times(&self, plan: &Plan) -> Result<Vec<u32>, Error> {
        let of = |times: u32| -> Vec<u32> {
            let count = |part: &Arc<dyn Device>| match part.info().kind {
                DeviceKind::Cpu => 1,
                _ => times,
            };
            self.parts.iter().map(count).collect()
        };
        let check = |times: u32| self.cut(&of(times)).and_then(|device| device.check(plan));
        let error = match check(1) {
            Ok(()) => return Ok(of(1)),
            Err(error) => error,
        };
        let Error::TooLarge { needed, limit, .. } = error else {
            return Err(error);
        };
        // Cut in fewer, no range would be short enough.
        let mut times = needed
            .checked_div(limit)
            .map_or(MOST + 1, |times| (times as u32).max(2));
        let mut before = 0;
        while times <= MOST {
            match check(times) {
                Ok(()) => return Ok(of(times)),
                // What is held whole is not smaller in more ranges.
                Err(Error::TooLarge { needed, .. }) if needed != before => before = needed,
                Err(_) => break,
            }
            times += 1;
        }
        Err(error)
    }

    /// The ranges, where each device does so many.
    fn cuts_of(&self, times: &[u32]) -> Vec<(usize, u32)> {
        let most = times.iter().copied().max().unwrap_or(1);
        let all = self.shares.iter().zip(times).enumerate();
        all.flat_map(|(at, (&share, &times))| {
            // Those of one device together have its share.
            let share = if times < most {
                share.saturating_mul(most)
            } else {
                share
            };
            (0..times).map(move |_| (at, share))
        })
        .collect()
    }

    /// The devices, each as often as it has ranges.
    fn cut(&self, times: &[u32]) -> Result<Arc<dyn Device>, Error> {
        if let ([only], [1]) = (&*self.parts, times) {
            return Ok(Arc::clone(only));
        }
        let (parts, shares): (Vec<usize>, Vec<u32>) = self.cuts_of(times).into_iter().unzip();
        let parts = parts.into_iter().map(|at| Arc::clone(&self.parts[at])).collect();
        Ok(Arc::new(SeveralDevices::new(parts, &shares)?))
    }
}

impl Device for FittedDevices {
    fn info(&self) -> &DeviceInfo {
        &self.info
    }

    fn check(&self, plan: &Plan) -> Result<(), Error> {
        self.times(plan).map(|_| ())
    }

    fn load(&self, swarm: Swarm) -> Result<Box<dyn Execution>, Error> {
        self.cut(&self.times(&swarm.plan)?)?.load(swarm)
    }

    fn copy_seconds(&self, words: usize, repetitions: usize) -> Result<Vec<f64>, Error> {
        let one = vec![1; self.parts.len()];
        self.cut(&one)?.copy_seconds(words, repetitions)
    }
}

/// Whether a plan that is too large for a device fits it in about so many ranges or a few more; `fits` says whether what is held of one does.
#[cfg(feature = "gpu")]
pub(crate) fn fits_in_ranges(plan: &Plan, times: u64, fits: impl Fn(&Held) -> bool) -> bool {
    let some = [times, times + 1, 2 * times];
    some.into_iter()
        .filter(|&times| (2..=MOST.into()).contains(&times))
        .any(|times| {
            let ranges = super::ranges(plan.nodes(), &vec![1; times as usize], super::execution::grain(plan));
            let may_fit = |range: &Range<u32>| super::stretch::least(plan, range).is_some_and(|held| fits(&held));
            if !ranges.iter().all(|range| !range.is_empty() && may_fit(range)) {
                return false;
            }
            let places: Vec<Nodes> = ranges.into_iter().map(|range| vec![range]).collect();
            let routes = Routes::new(plan, places.clone(), None);
            let mut held = places
                .iter()
                .enumerate()
                .map(|place| super::stretch::held(plan, &routes, place));
            held.all(|held| held.is_some_and(|held| fits(&held)))
        })
}
