//! Running in pieces, interrupted or not, comes to the same as running at once; and the audit speaks at the first fault.

use crate::support;

use crate::support::scenario;
use std::ops::ControlFlow;
use std::path::Path;
use tetraswarm::column::ColumnId;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::device::{Device, DeviceInfo, Event, Execution, Memory, Outcome};
use tetraswarm::gauge::{Fingerprint, Measurement, Seen, Tallies};
use tetraswarm::hear::Traffic;
use tetraswarm::number::threefry2x32;
use tetraswarm::plan::Plan;
use tetraswarm::swarm::Swarm;
use tetraswarm::{Error, Simulation};

/// How a run is cut up.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Cuts {
    None,
    Random,
    Breaks,
}

#[test]
fn pieces_come_to_the_same_as_the_whole_on_every_device() {
    let cases = [
        (1u32, 150u32, None, "quasi"),
        (7, 400, Some(30), "random"),
        (5000, 700, Some(30), "golden"),
        (1, 300, Some(4000), "quasi"),
        (3, 0, Some(10), "trunc"),
    ];
    let cpus = [CpuDevice::new(2).unwrap()];
    let mut devices: Vec<&dyn Device> = cpus.iter().map(|d| d as &dyn Device).collect();
    #[cfg(feature = "gpu")]
    let gpus = support::gpus();
    #[cfg(feature = "gpu")]
    devices.extend(gpus.iter().map(|d| d as &dyn Device));
    for (every, ticks, stop, rounding) in cases {
        let mut scenario = scenario(
            700,
            "kind = \"chord\"",
            "kind = \"golden\"\nrate = 0.4",
            rounding,
            ticks,
        );
        scenario.measure.every = every;
        scenario.stop.spread = stop;
        let mut whole = Simulation::new(&scenario, &cpus[0]).unwrap();
        let last = whole.run().unwrap().measurement.tick;
        let beliefs = whole.beliefs().unwrap();
        let planned = |simulation: &Simulation| -> Vec<Measurement> {
            let rows = simulation.measurements().iter();
            rows.filter(|m| m.tick % every == 0 || m.tick == last)
                .cloned()
                .collect()
        };
        for (device, cuts) in devices
            .iter()
            .flat_map(|d| [Cuts::None, Cuts::Random, Cuts::Breaks].map(|c| (*d, c)))
        {
            let mut pieces = Simulation::load(Swarm::build(&scenario, Path::new("")).unwrap(), device).unwrap();
            let (mut events, mut calls) = (0u32, 0u32);
            loop {
                let before = pieces.tick();
                let step = 1 + threefry2x32([calls, 1], [1, 1])[0] % 61;
                let until = if cuts == Cuts::Random {
                    (before + step).min(ticks)
                } else {
                    ticks
                };
                let report = pieces.run_until(until, |_| {
                    events += 1;
                    if cuts == Cuts::Breaks && events % 37 == 0 {
                        ControlFlow::Break(())
                    } else {
                        ControlFlow::Continue(())
                    }
                });
                calls += 1;
                if report.unwrap().outcome == Outcome::Condition || pieces.tick() == ticks {
                    break;
                }
                assert!(pieces.tick() > before);
            }
            let label = format!("every {every}, {cuts:?}, {rounding}, {}", device.info().backend);
            assert_eq!(pieces.tick(), whole.tick(), "{label}");
            assert_eq!(pieces.beliefs().unwrap(), beliefs, "{label}");
            if cuts != Cuts::Random {
                assert_eq!(planned(&pieces), planned(&whole), "{label}");
            }
        }
    }
}

/// Goes on to the end of its submission when it is asked to break, as a GPU does.
#[derive(Debug)]
struct Submits(DeviceInfo);
#[derive(Debug)]
struct Submitted(Plan, u32);
fn row(plan: &Plan, tick: u32, value: i32) -> Measurement {
    let mut tallies = Tallies::nothing(plan);
    let seen = Seen {
        columns: &[&[value as u32]],
        topology: &*plan.topology,
        traffic: &Traffic::new(plan.schedule, tick, None),
        ticks: tick,
    };
    plan.gauges[0].add(&seen, 0..1, &mut tallies.gauges[0]);
    Measurement::of(plan, tick, &tallies)
}
impl Device for Submits {
    fn info(&self) -> &DeviceInfo {
        &self.0
    }
    fn load(&self, swarm: Swarm) -> Result<Box<dyn Execution>, Error> {
        Ok(Box::new(Submitted(swarm.plan, 0)))
    }
    fn copy_seconds(&self, _: usize, _: usize) -> Result<Vec<f64>, Error> {
        Ok(vec![])
    }
}
impl Execution for Submitted {
    fn plan(&self) -> &Plan {
        &self.0
    }
    fn tick(&self) -> u32 {
        self.1
    }
    fn advance(&mut self, _: u32, observer: &mut dyn FnMut(Event<'_>) -> ControlFlow<()>) -> Result<Outcome, Error> {
        self.1 = 3;
        for tick in 1..=3 {
            let _ = observer(Event::Measured(&row(&self.0, tick, 100 + tick as i32)));
        }
        Ok(Outcome::Interrupt)
    }
    fn step(&mut self, _: usize) -> Result<(), Error> {
        Ok(())
    }
    fn measure(&mut self) -> Result<Measurement, Error> {
        Ok(row(&self.0, self.1, 100))
    }
    fn fingerprints(&mut self) -> Result<Vec<Fingerprint>, Error> {
        Ok(vec![])
    }
    fn read(&mut self, _: ColumnId) -> Result<Vec<u32>, Error> {
        Ok(vec![])
    }
    fn write(&mut self, _: ColumnId, _: u64, _: u32) -> Result<(), Error> {
        Ok(())
    }
    fn finish(&mut self) -> Result<(), Error> {
        Ok(())
    }
    fn memory(&self) -> Memory {
        Memory::default()
    }
}

#[test]
fn the_first_broken_audit_is_reported() {
    let s = scenario(8, "kind = \"ring\"", "kind = \"synchronous\"", "trunc", 3);
    let device = Submits(CpuDevice::new(1).unwrap().info().clone());
    let error = Simulation::new(&s, &device).unwrap().run().unwrap_err();
    assert!(
        matches!(
            error,
            Error::Audit {
                tick: 1,
                found: 101,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn the_audit_notices_the_least_integer() {
    let s = scenario(8, "kind = \"ring\"", "kind = \"synchronous\"", "trunc", 3);
    let plan = Swarm::plan(&s, Path::new("")).unwrap();
    let row = row(&plan, 3, i32::MIN);
    assert!(matches!(
        plan.gauges[0].audit(&row, &row),
        Err(Error::Range { tick: 3, .. })
    ));
}
