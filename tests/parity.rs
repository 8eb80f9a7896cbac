//! The same bits on the CPU and on every GPU at hand: every sample of every topology, with every timing and rounding.
#![cfg(feature = "gpu")]

mod support;

use support::{every_sample, files, gpus, scenario};
use tetraswarm::Simulation;
use tetraswarm::device::Device;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::measure::Measurement;
use tetraswarm::scenario::Scenario;
use tetraswarm::swarm::Swarm;

fn rows(scenario: &Scenario, folder: &std::path::Path, device: &dyn Device) -> Vec<Measurement> {
    let swarm = Swarm::build(scenario, folder).unwrap();
    let mut simulation = Simulation::load(swarm, device).unwrap();
    simulation.run().unwrap();
    simulation.measurements().to_vec()
}

#[test]
fn every_sample_has_the_same_rows_on_every_device() {
    let folder = files();
    let cpu = CpuDevice::new(2).unwrap();
    let gpus = gpus();
    every_sample(12, |label, scenario| {
        let expected = rows(scenario, folder.path(), &cpu);
        assert_eq!(expected.len(), 4, "{label}");
        for gpu in &gpus {
            assert_eq!(
                rows(scenario, folder.path(), gpu),
                expected,
                "{label} on {} ({})",
                gpu.info().name,
                gpu.info().backend
            );
        }
    });
}

#[test]
fn a_stop_condition_ends_at_the_same_tick_in_the_same_state() {
    let mut scenario = scenario(3000, "kind = \"chord\"", "kind = \"golden\"\nrate = 0.5", "golden", 500);
    scenario.measure.every = 3;
    scenario.stop.spread = Some(40);
    let run = |device: &dyn Device| {
        let mut simulation = Simulation::new(&scenario, device).unwrap();
        let report = simulation.run().unwrap();
        let beliefs = simulation.beliefs().unwrap();
        // What comes after is the same as well.
        let again = simulation.run().unwrap();
        (report, beliefs, again.ticks, simulation.beliefs().unwrap())
    };
    let expected = run(&CpuDevice::new(1).unwrap());
    assert_eq!(expected.0.outcome, tetraswarm::device::Outcome::Condition);
    assert!(expected.0.ticks > 3 && expected.0.ticks < 500);
    for gpu in gpus() {
        assert_eq!(run(&gpu), expected, "{}", gpu.info().backend);
    }
}

#[test]
fn more_workgroups_than_one_dimension_holds() {
    // 65 535 workgroups of 256 are 16 776 960 nodes.
    let scenario = scenario(16_777_216, "kind = \"torus\"", "kind = \"synchronous\"", "trunc", 2);
    let folder = std::path::Path::new("");
    let expected = rows(&scenario, folder, &CpuDevice::new(0).unwrap());
    for gpu in gpus() {
        assert_eq!(rows(&scenario, folder, &gpu), expected, "{}", gpu.info().backend);
    }
}
