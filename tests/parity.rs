//! The same bits on the CPU and on the GPUs at hand: every sample of every topology on each, with every timing and rounding.
#![cfg(feature = "gpu")]

use crate::support::{Plain, every_sample, files, gpus, scenario};
use std::path::Path;
use tetraswarm::Simulation;
use tetraswarm::device::Device;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::gauge::Measurement;
use tetraswarm::number::threefry2x32;
use tetraswarm::part::average::{Average, Rounding};
use tetraswarm::part::consensus::{Interval, Start};
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
    let mut turn = 0;
    every_sample(12, |label, scenario| {
        let expected = rows(scenario, folder.path(), &cpu);
        assert_eq!(expected.len(), 4, "{label}");
        // Each shader is compiled anew: a GPU has every sample with two of the four roundings, and of the next sample the other two.
        let (sample, rounding) = (turn / Rounding::ALL.len(), turn % Rounding::ALL.len());
        turn += 1;
        if let Some(gpu) = gpus.get((sample + rounding) % gpus.len().max(1)) {
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
    let scenario = scenario(16_777_216, "kind = \"torus2d\"", "kind = \"synchronous\"", "trunc", 2);
    let folder = std::path::Path::new("");
    let expected = rows(&scenario, folder, &CpuDevice::new(0).unwrap());
    for gpu in gpus() {
        assert_eq!(rows(&scenario, folder, &gpu), expected, "{}", gpu.info().backend);
    }
}

/// The k-th of many scenarios with the largest beliefs there can be, on networks of odd sizes and shapes.
fn random_scenario(k: u32) -> (String, Scenario) {
    let r = |j: u32, m: u32| threefry2x32([k, j], [9, 9])[0] % m;
    let timing = tetraswarm::timing::Timing::KINDS[r(0, 7) as usize];
    let rounding = ["trunc", "random", "golden", "quasi"][r(1, 4) as usize];
    let (n, topology) = match r(2, 5) {
        0 => {
            let n = 4 + r(3, 40_000);
            let mut offsets: Vec<u32> = (0..1 + r(4, 12))
                .map(|j| 1 + r(20 + j, if j % 2 == 0 { n / 2 } else { (n / 2).min(2000) }))
                .collect();
            if r(5, 2) == 0 {
                offsets.push(n / 2)
            }
            offsets.sort();
            offsets.dedup();
            (n, format!("kind = \"circulant\"\noffsets = {offsets:?}"))
        }
        1 => {
            let w = 3 + r(3, 1500);
            let h = 3 + r(4, 30);
            (
                w * h,
                format!("kind = \"twisted-torus\"\nwidth = {w}\ntwist = {}", r(5, w)),
            )
        }
        2 => (4 + r(3, 30_000), "kind = \"chord\"".into()),
        3 => (4 << (2 * r(3, 7)), "kind = \"tetrahedral\"".into()),
        _ => (2 + r(3, 3000), "kind = \"fibonacci-chords\"\nstride = 1".into()),
    };
    let t = if timing == "synchronous" {
        format!("kind = \"{timing}\"")
    } else {
        format!("kind = \"{timing}\"\nrate = 0.{:02}", 1 + r(6, 99))
    };
    let mut s = extreme(scenario(n, &topology, &t, rounding, 9), r(7, 2) == 0);
    s.seed = k;
    s.measure.every = 1 + r(8, 4);
    (format!("{k}: {n} {topology} {t} {rounding}"), s)
}

fn extreme(mut s: Scenario, two: bool) -> Scenario {
    let Some(a) = s.part_mut::<Average>() else {
        panic!("another rule")
    };
    let i = Interval {
        low: -(1 << 28),
        high: 1 << 28,
    };
    a.start = if two { Start::TwoBlocks(i) } else { Start::Uniform(i) };
    s
}

#[test]
fn random_scenarios_have_the_same_rows_on_every_device_and_equal_the_plain_account() {
    let devices = [CpuDevice::new(1).unwrap(), CpuDevice::new(3).unwrap()];
    let gpus = gpus();
    for k in 0..160 {
        let (label, scenario) = random_scenario(k);
        let mut first = Simulation::new(&scenario, &devices[0]).unwrap();
        first.run().unwrap();
        let mut plain = Plain::new(&scenario, Path::new(""));
        (0..first.tick()).for_each(|_| plain.step());
        let beliefs: Vec<i64> = first.beliefs().unwrap().into_iter().map(i64::from).collect();
        assert!(beliefs == plain.beliefs, "{label}");
        assert_eq!(
            rows(&scenario, Path::new(""), &devices[1]),
            first.measurements(),
            "{label}"
        );
        // Every shader of these is compiled anew, so that not all of them can be run, and the GPUs take turns.
        let turn = gpus.iter().zip(0..).filter(|(_, at)| k % 5 == 0 && k / 5 % 2 == at % 2);
        for (gpu, _) in turn {
            assert_eq!(
                rows(&scenario, Path::new(""), gpu),
                first.measurements(),
                "{label} on {}",
                gpu.info().backend
            );
        }
    }
}

/// A star of so many leaves, with the largest beliefs.
fn star(folder: &Path, leaves: u32) -> Scenario {
    let text: String = (1..=leaves).map(|k| format!("0 {k}\n")).collect();
    std::fs::write(folder.join("hub.txt"), text).unwrap();
    let mut star = scenario(
        0,
        "kind = \"graph\"\nfile = \"hub.txt\"",
        "kind = \"bernoulli\"\nrate = 0.2",
        "random",
        3,
    );
    star.measure.every = 1;
    extreme(star, false).with_absolute_files(folder).unwrap()
}

#[test]
fn hubs_of_many_neighbours() {
    let folder = tempfile::tempdir().unwrap();
    let cpu = CpuDevice::new(2).unwrap();
    for leaves in [300, 50_000, 70_000] {
        let star = star(folder.path(), leaves);
        let expected = rows(&star, folder.path(), &cpu);
        for gpu in gpus() {
            let software = gpu.info().kind == tetraswarm::device::DeviceKind::SoftwareGpu;
            if software && leaves > 65_000 {
                // It would break off the loop over the hub's links, and say nothing.
                let error = Simulation::new(&star, &gpu).unwrap_err().to_string();
                assert!(
                    error.contains("70000 neighbours") && error.contains("--device cpu"),
                    "{error}"
                );
            } else {
                assert_eq!(
                    rows(&star, folder.path(), &gpu),
                    expected,
                    "{leaves} on {}",
                    gpu.info().backend
                );
            }
        }
    }
}

#[test]
fn what_does_not_fit_is_refused_before_memory_is_taken() {
    for gpu in gpus().iter().filter(|gpu| gpu.info().most_agents < 1_000_000_000) {
        let scenario = scenario(1_000_000_000, "kind = \"ring\"", "kind = \"synchronous\"", "trunc", 1);
        let plan = Swarm::plan(&scenario, Path::new("")).unwrap();
        let error = gpu.check(&plan).unwrap_err().to_string();
        assert!(error.contains("about") && error.contains("would fit"), "{error}");
    }
}
