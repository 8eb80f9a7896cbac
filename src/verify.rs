//! The same run on several devices in lockstep: whether all have the same bits, and if not, where they part first.

mod first_bad_tick;

pub use first_bad_tick::first_bad_tick;

use crate::column::{Access, ColumnId};
use crate::device::{Device, DeviceKind, Execution, Halt};
use crate::error::Error;
use crate::memory;
use crate::number::threefry2x32;
use crate::plan::Plan;
use crate::swarm::Swarm;
use serde::{Serialize, Serializer};
use std::ops::ControlFlow;

/// One bit to flip on the last device, to show that it is noticed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Perturbation {
    /// The tick in which it is flipped, right after the tick's first step.
    pub tick: u32,
    /// The column.
    pub column: &'static str,
    /// The word.
    pub index: u64,
    /// The bit, 0 to 31.
    pub bit: u32,
}

/// Where two devices part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The tick, counted from 0, whose execution first gave different bits; nothing if the states differed from the start.
    pub tick: Option<u32>,
    /// The step after which they differed.
    pub step: Option<&'static str>,
    /// The first column that differs.
    pub column: &'static str,
    /// The first word of it that differs.
    pub index: u64,
    /// The word on the first device and on the other.
    pub words: [u32; 2],
    /// The other device's place in the list.
    pub device: usize,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// Ticks of the run.
    pub ticks: u32,
    /// After how many ticks all were last seen to agree; nothing if they never were.
    pub agreed: Option<u32>,
    /// Whether somebody asked for the end before all ticks were compared.
    pub interrupted: bool,
    /// How often the fingerprints were compared.
    pub comparisons: u32,
    /// The fingerprint of the whole state at the end, on which all agree; nothing where they part, or the end was not reached. In JSON
    /// it is 16 hexadecimal digits, as everywhere.
    #[serde(serialize_with = "hexadecimal")]
    pub fingerprint: Option<u64>,
    /// The bit that was flipped.
    pub perturbation: Option<Perturbation>,
    /// The first difference.
    pub difference: Option<Difference>,
}

/// A number of 64 bits is more than JSON's readers keep.
fn hexadecimal<S: Serializer>(fingerprint: &Option<u64>, serializer: S) -> Result<S::Ok, S::Error> {
    fingerprint.map(|bits| format!("{bits:016x}")).serialize(serializer)
}

/// Runs one swarm on several devices in lockstep.
pub struct Verifier<'a> {
    /// Builds the swarm; it is built anew for every device, and again to look closer at a difference.
    pub build: &'a dyn Fn() -> Result<Swarm, Error>,
    /// The devices; all are compared with the first.
    pub devices: &'a [&'a dyn Device],
    /// Compare after every so many ticks.
    pub every: u32,
    /// Whether to flip a bit on the last device half-way through the run.
    pub perturb: bool,
    /// Is told how many ticks have been compared.
    pub observer: &'a dyn Fn(u32),
    /// Ends it early when it says so.
    pub halt: &'a Halt,
}

/// The same swarm on two devices, or more.
struct Lockstep {
    runs: Vec<Box<dyn Execution>>,
    perturbation: Option<(Perturbation, ColumnId)>,
}

impl Lockstep {
    /// Runs all up to a tick; answers whether they came there.
    fn advance(&mut self, until: u32) -> Result<bool, Error> {
        let last = self.runs.len() - 1;
        for (k, run) in self.runs.iter_mut().enumerate() {
            match &self.perturbation {
                Some((flip, column)) if k == last && run.tick() <= flip.tick && flip.tick < until => {
                    if run
                        .advance(flip.tick, &mut |_| ControlFlow::Continue(()))?
                        .is_interrupt()
                    {
                        return Ok(false);
                    }
                    for step in 0..run.plan().steps.len() {
                        run.step(step)?;
                        if step == 0 {
                            flip_bit(&mut **run, flip, *column)?;
                        }
                    }
                }
                _ => {}
            }
            if run.advance(until, &mut |_| ControlFlow::Continue(()))?.is_interrupt() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Runs one step on all.
    fn step(&mut self, tick: u32, step: usize) -> Result<(), Error> {
        let last = self.runs.len() - 1;
        for (k, run) in self.runs.iter_mut().enumerate() {
            run.step(step)?;
            if let Some((flip, column)) = &self.perturbation
                && (k, flip.tick, 0) == (last, tick, step)
            {
                flip_bit(&mut **run, flip, *column)?;
            }
        }
        Ok(())
    }

    /// The first device and column that differ from the first device's.
    fn differing(&mut self) -> Result<Option<(usize, usize)>, Error> {
        let expected = self.runs[0].fingerprints()?;
        for (k, run) in self.runs.iter_mut().enumerate().skip(1) {
            let found = run.fingerprints()?;
            if let Some(column) = (0..expected.len()).find(|&c| found[c] != expected[c]) {
                return Ok(Some((k, column)));
            }
        }
        Ok(None)
    }

    /// The first word of a column that differs.
    fn locate(
        &mut self,
        device: usize,
        column: usize,
        tick: Option<u32>,
        step: Option<&'static str>,
    ) -> Result<Difference, Error> {
        let expected = self.runs[0].read(ColumnId(column))?;
        let found = self.runs[device].read(ColumnId(column))?;
        let index = (0..expected.len()).find(|&i| expected[i] != found[i]).unwrap_or(0);
        let name = self.runs[0].plan().columns[column].name;
        Ok(Difference {
            tick,
            step,
            column: name,
            index: index as u64,
            words: [expected[index], found[index]],
            device,
        })
    }
}

fn flip_bit(run: &mut dyn Execution, flip: &Perturbation, column: ColumnId) -> Result<(), Error> {
    let words = run.read(column)?;
    run.write(column, flip.index, words[flip.index as usize] ^ 1 << flip.bit)
}

impl Verifier<'_> {
    /// Whether the swarm of this plan fits: on each device, and in the host's memory as often as processors hold it there. To be asked
    /// before [`Verifier::run`] builds it.
    ///
    /// # Errors
    /// [`Error::TooLarge`], and as [`Device::check`].
    pub fn check(&self, plan: &Plan) -> Result<(), Error> {
        self.devices.iter().try_for_each(|device| device.check(plan))?;
        let on_host = |device: &&&dyn Device| device.info().kind == DeviceKind::Cpu;
        let swarms = self.devices.iter().filter(on_host).count() as u64;
        // They share the links.
        let bytes = swarms * (plan.bytes() - plan.topology.stored_bytes());
        let what = format!("the state of the swarm, {swarms} times over,");
        memory::room(&what, bytes, plan.nodes())
    }

    fn load(&self, devices: &[usize], perturbation: Option<(Perturbation, ColumnId)>) -> Result<Lockstep, Error> {
        let runs = devices
            .iter()
            .map(|&k| {
                let mut swarm = (self.build)()?;
                // Only the state counts here.
                swarm.plan.stop.clear();
                swarm.plan.every = u32::MAX;
                self.devices[k].check(&swarm.plan)?;
                self.devices[k].load(swarm)
            })
            .collect::<Result<_, _>>()?;
        Ok(Lockstep { runs, perturbation })
    }

    /// Half-way through the run, some bit of what the tick's first step writes: of a column in which nodes have words of their
    /// own, if it writes one; else of what it folds into.
    fn choose_bit(&self, all: &Lockstep, ticks: u32) -> Option<(Perturbation, ColumnId)> {
        let plan = all.runs[0].plan();
        let bindings = plan.steps.first()?.bindings();
        let written = bindings
            .iter()
            .find(|b| b.access.writes_own())
            .or_else(|| bindings.iter().find(|b| b.access == Access::Fold))?
            .column;
        let words = plan.words(written);
        let [a, b] = threefry2x32([ticks, words as u32], [0, 0]);
        let flip = Perturbation {
            tick: ticks / 2,
            column: plan.columns[written.0].name,
            index: u64::from(a) % words.max(1),
            bit: b % 28,
        };
        (ticks > 0 && words > 0).then_some((flip, written))
    }

    /// Runs and compares.
    ///
    /// # Errors
    /// If the swarm cannot be built or loaded, or a device fails. A difference is no error.
    pub fn run(&self) -> Result<Verification, Error> {
        let everyone: Vec<usize> = (0..self.devices.len()).collect();
        let mut all = self.load(&everyone, None)?;
        let ticks = all.runs[0].plan().ticks;
        if self.perturb {
            all.perturbation = self.choose_bit(&all, ticks);
        }
        let chosen = all.perturbation.clone();
        let ended = |agreed, comparisons| Verification {
            ticks,
            agreed,
            interrupted: true,
            comparisons,
            fingerprint: None,
            perturbation: chosen.clone().map(|(flip, _)| flip),
            difference: None,
        };
        if self.halt.is_asked() {
            return Ok(ended(None, 0));
        }
        for run in &mut all.runs {
            run.heed(self.halt.clone());
        }
        let (mut agreed, mut comparisons) = (0, 1);
        let mut parted = all.differing()?.map(|(device, column)| (device, column, 0));
        while parted.is_none() && agreed < ticks {
            let next = agreed.saturating_add(self.every.max(1)).min(ticks);
            // Right after the flip, too: the ticks that follow may write over it.
            let next = match &chosen {
                Some((flip, _)) if agreed <= flip.tick => next.min(flip.tick + 1),
                _ => next,
            };
            if self.halt.is_asked() || !all.advance(next)? {
                return Ok(ended(Some(agreed), comparisons));
            }
            comparisons += 1;
            (self.observer)(next);
            match all.differing()? {
                Some((device, column)) => parted = Some((device, column, next)),
                None => agreed = next,
            }
        }
        let difference = match parted {
            None => None,
            Some((device, column, 0)) => Some(all.locate(device, column, None, None)?),
            Some((device, ..)) => {
                drop(all);
                // The flip is on the last device; when another is looked at, it does not matter.
                let flip = chosen.clone().filter(|_| device + 1 == self.devices.len());
                let found = self.look_closer(self.load(&[0, device], flip)?, agreed, ticks)?;
                return Ok(Verification {
                    ticks,
                    agreed: Some(agreed),
                    interrupted: false,
                    comparisons,
                    fingerprint: None,
                    perturbation: chosen.map(|(flip, _)| flip),
                    difference: Some(Difference { device, ..found }),
                });
            }
        };
        let fingerprint = all.runs[0]
            .fingerprints()?
            .into_iter()
            .reduce(|a, b| a.plus(b))
            .unwrap_or_default()
            .bits();
        Ok(Verification {
            ticks,
            agreed: difference.is_none().then_some(agreed),
            interrupted: false,
            comparisons,
            fingerprint: difference.is_none().then_some(fingerprint),
            perturbation: chosen.map(|(flip, _)| flip),
            difference,
        })
    }

    /// Repeats the run up to where two devices still agreed, and goes on step by step.
    fn look_closer(&self, mut two: Lockstep, agreed: u32, ticks: u32) -> Result<Difference, Error> {
        two.advance(agreed)?;
        for tick in agreed..ticks {
            for step in 0..two.runs[0].plan().steps.len() {
                two.step(tick, step)?;
                if let Some((device, column)) = two.differing()? {
                    let name = two.runs[0].plan().steps[step].name();
                    return two.locate(device, column, Some(tick), Some(name));
                }
            }
        }
        // They parted the first time but not the second: the device does not even agree with itself.
        Err(Error::DeviceFailed {
            device: "one of the devices compared".into(),
            message: format!("gave other bits after tick {agreed} in a first run than in a second; it is not reliable"),
        })
    }
}
