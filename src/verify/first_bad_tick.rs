//! Where a ledger broke first: the run again, with every tick measured.

use crate::device::Device;
use crate::error::Error;
use crate::simulation::Simulation;
use crate::swarm::Swarm;
use std::ops::ControlFlow;

/// Looks closer at a run that ended with [`Error::Ledger`]: `build` builds the same swarm again, which runs on the same device up to the
/// tick at which it showed, and is measured at every one. As a run is the same each time, it breaks again, and the answer is
/// [`Error::FirstBadTick`]; if it does not, [`Error::Unreliable`]. Any other error is the answer as it is.
///
/// It takes as long as the run took to get there, and longer by the measurements.
///
/// # Errors
/// None; what goes wrong on the way is the answer in place of `error`.
pub fn first_bad_tick(build: impl FnOnce() -> Result<Swarm, Error>, device: &dyn Device, error: Error) -> Error {
    let Error::Ledger { tick, message } = error else {
        return error;
    };
    match again(build, device, tick) {
        Err(Error::Ledger { tick, message }) => Error::FirstBadTick { tick, message },
        Err(other) => other,
        Ok(()) => Error::Unreliable {
            device: device.info().name.clone(),
            tick,
            message,
        },
    }
}

/// Runs up to `tick`, audited at every tick.
fn again(build: impl FnOnce() -> Result<Swarm, Error>, device: &dyn Device, tick: u32) -> Result<(), Error> {
    let mut swarm = build()?;
    swarm.plan.every = 1;
    // Looked at more often, it might hold earlier.
    swarm.plan.stop.clear();
    Simulation::load(swarm, device)?.run_until(tick, |_| ControlFlow::Continue(()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::column::ColumnId;
    use crate::device::cpu::CpuDevice;
    use crate::device::{DeviceInfo, Event, Execution, Memory, Outcome};
    use crate::gauge::{Fingerprint, Measurement};
    use crate::plan::Plan;
    use crate::scenario::Scenario;
    use std::path::Path;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// A processor that adds one to the first cell's queue after `tick` ticks, as long as there are failures left.
    #[derive(Debug)]
    struct Faulty {
        cpu: CpuDevice,
        tick: u32,
        failures: AtomicU32,
    }

    #[derive(Debug)]
    struct FaultyRun {
        run: Box<dyn Execution>,
        failure: Option<u32>,
    }

    impl Device for Faulty {
        fn info(&self) -> &DeviceInfo {
            self.cpu.info()
        }

        fn load(&self, swarm: Swarm) -> Result<Box<dyn Execution>, Error> {
            let run = self.cpu.load(swarm)?;
            let left = self.failures.load(Ordering::Relaxed);
            self.failures.store(left.saturating_sub(1), Ordering::Relaxed);
            let failure = (left > 0).then_some(self.tick);
            Ok(Box::new(FaultyRun { run, failure }))
        }

        fn copy_seconds(&self, words: usize, repetitions: usize) -> Result<Vec<f64>, Error> {
            self.cpu.copy_seconds(words, repetitions)
        }
    }

    impl Execution for FaultyRun {
        fn plan(&self) -> &Plan {
            self.run.plan()
        }

        fn tick(&self) -> u32 {
            self.run.tick()
        }

        fn advance(
            &mut self,
            until: u32,
            observer: &mut dyn FnMut(Event<'_>) -> ControlFlow<()>,
        ) -> Result<Outcome, Error> {
            if let Some(tick) = self.failure.filter(|&tick| tick < until) {
                self.run.advance(tick, observer)?;
                let state = self.plan().column("work.state")?;
                let words = self.run.read(state)?;
                // A task more than there is.
                self.run.write(state, 0, words[0] + 1)?;
                self.failure = None;
            }
            self.run.advance(until, observer)
        }

        fn step(&mut self, step: usize) -> Result<(), Error> {
            self.run.step(step)
        }

        fn measure(&mut self) -> Result<Measurement, Error> {
            self.run.measure()
        }

        fn fingerprints(&mut self) -> Result<Vec<Fingerprint>, Error> {
            self.run.fingerprints()
        }

        fn read(&mut self, column: ColumnId) -> Result<Vec<u32>, Error> {
            self.run.read(column)
        }

        fn write(&mut self, column: ColumnId, index: u64, word: u32) -> Result<(), Error> {
            self.run.write(column, index, word)
        }

        fn finish(&mut self) -> Result<(), Error> {
            self.run.finish()
        }

        fn memory(&self) -> Memory {
            self.run.memory()
        }
    }

    fn scenario() -> Scenario {
        let text = "name = \"test\"\nagents = 400\nticks = 60\n[topology]\nkind = \"ring\"\n[work]\n\
                    need = { kind = \"constant\", ticks = 3 }\narrivals = { load = 0.8 }\n";
        Scenario::from_toml("test", text).unwrap()
    }

    fn build() -> Result<Swarm, Error> {
        Swarm::build(&scenario(), Path::new(""))
    }

    fn faulty(failures: u32) -> Faulty {
        Faulty {
            cpu: CpuDevice::new(1).unwrap(),
            tick: 23,
            failures: AtomicU32::new(failures),
        }
    }

    /// What a run comes to on a device that fails after 23 ticks, so many times, measured every ten.
    fn broken(failures: u32) -> (Error, Faulty) {
        let device = faulty(failures);
        let error = Simulation::load(build().unwrap(), &device)
            .unwrap()
            .run()
            .expect_err("a task too many");
        (error, device)
    }

    #[test]
    fn the_first_bad_tick_is_found_between_measurements() {
        let (error, device) = broken(2);
        assert!(matches!(error, Error::Ledger { tick: 30, .. }), "{error}");
        let found = first_bad_tick(build, &device, error);
        assert!(matches!(found, Error::FirstBadTick { tick: 24, .. }), "{found}");
        assert!(!found.is_usage());
    }

    #[test]
    fn a_device_that_does_not_repeat_itself_is_unreliable() {
        let (error, device) = broken(1);
        let found = first_bad_tick(build, &device, error);
        assert!(matches!(found, Error::Unreliable { tick: 30, .. }), "{found}");
        assert!(found.to_string().contains("CPU, 1 thread is unreliable"), "{found}");
    }

    #[test]
    fn other_errors_stay_as_they_are() {
        let device = faulty(0);
        let range = || Error::Range {
            tick: 1,
            value: 2,
            limit: 1,
        };
        let found = first_bad_tick(|| unreachable!("nothing to run again"), &device, range());
        assert_eq!(found.to_string(), range().to_string());
    }
}
