//! Every rule of learning with every reward that it can take, on networks of many kinds, with every fault and timing: the same rows on
//! every device and any number of threads, and clean audits.

use crate::support;

use crate::support::files;
use crate::support::learning::{SAMPLES, every};
use std::path::Path;
use tetraswarm::Simulation;
use tetraswarm::device::Device;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::gauge::Measurement;
use tetraswarm::part::learning::{Learnt, Reward, Rule};
use tetraswarm::scenario::Scenario;
use tetraswarm::swarm::Swarm;

fn rows(label: &str, scenario: &Scenario, folder: &Path, device: &dyn Device) -> Vec<Measurement> {
    let swarm = Swarm::build(scenario, folder).unwrap_or_else(|e| panic!("{label}: {e}"));
    let mut simulation = Simulation::load(swarm, device).unwrap();
    simulation.run().unwrap_or_else(|e| panic!("{label}: {e}"));
    simulation.measurements().to_vec()
}

#[test]
fn every_sample_has_the_same_rows_on_every_device() {
    let folder = files();
    let cpus = [CpuDevice::new(1).unwrap(), CpuDevice::new(3).unwrap()];
    #[cfg(feature = "gpu")]
    let gpus = support::gpus();
    let mut count = 0;
    every(folder.path(), |label, scenario| {
        let expected = rows(label, scenario, folder.path(), &cpus[0]);
        assert_eq!(
            rows(label, scenario, folder.path(), &cpus[1]),
            expected,
            "{label}, three threads"
        );
        #[cfg(feature = "gpu")]
        // Every shader is compiled anew, so that the GPUs take turns, and not all is run on one: each fault meets every fourth sample.
        for gpu in gpus
            .iter()
            .skip(count / 4 % gpus.len().max(1))
            .take(usize::from(count.is_multiple_of(4)))
        {
            let found = rows(label, scenario, folder.path(), gpu);
            assert_eq!(found, expected, "{label} on {}", gpu.info().backend);
        }
        count += 1;
    });
}

/// The kinds of the table are those that the samples have.
#[test]
fn every_kind_has_a_sample() {
    for (names, key) in [(Rule::NAMES, "rule"), (Reward::NAMES, "reward")] {
        // What of work pays needs cells that work: tests/learning_work.rs runs it.
        for name in names.iter().filter(|name| **name != "work") {
            let wanted = format!("{key} = {{ kind = \"{name}\"");
            assert!(SAMPLES.iter().any(|sample| sample.contains(&wanted)), "{wanted}");
        }
    }
}

/// Nodes that are down neither decide nor are counted; the audit is told by what it counts.
#[test]
fn who_is_down_is_not_counted() {
    let text = "name = \"t\"\nagents = 1000\nticks = 10\n[topology]\nkind = \"ring\"\n[learning]\nrule = { kind = \"random\" }\n\
                reward = { kind = \"bandit\", rates = [0.5, 0.2] }\n[measure]\nevery = 1\n\
                [faults]\nliars = { who = { kind = \"range\", first = 900, last = 949 }, tell = { kind = \"against\" } }\n\
                events = [{ kind = \"kill\", tick = 3, who = { kind = \"range\", first = 0, last = 299 } }]\n";
    let scenario = Scenario::from_toml("t", text).unwrap();
    let rows = rows("killed", &scenario, Path::new(""), &CpuDevice::new(1).unwrap());
    let learnt = |tick: u32| {
        rows.iter()
            .find(|row| row.tick == tick)
            .unwrap()
            .get::<Learnt>()
            .unwrap()
            .clone()
    };
    assert_eq!((learnt(3).counted, learnt(3).liars), (950, 50));
    assert_eq!((learnt(4).counted, learnt(4).liars, learnt(10).counted), (650, 50, 650));
    assert!(learnt(10).switches > 3 * 400);
}
