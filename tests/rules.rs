//! Every rule on every topology that it can work on, with every fault: the same rows on every device and any number of threads.

use crate::support;

use crate::support::{every_rule, files};
use std::path::Path;
use tetraswarm::Simulation;
use tetraswarm::device::Device;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::gauge::{Measurement, Reason};
use tetraswarm::scenario::Scenario;
use tetraswarm::swarm::Swarm;

/// Pairs of nodes on random cycles, whose shader looks at two links at once.
#[cfg(feature = "gpu")]
pub const PAIRS_ON_CYCLES: &str = "agents = 1003\nticks = 9\nseed = 5\ntopology = { kind = \"random-regular\", degree = 6 }\n\
     [consensus]\nrule = \"pairwise\"\nstart = { kind = \"uniform\", low = -999, high = 999 }\n\
     [faults]\nloss = 0.1\ncrash = 0.05\nrecovery = 0.2\n[measure]\nevery = 1\n";

#[test]
#[cfg(feature = "gpu")]
fn pairs_on_cycles_have_the_same_rows_on_every_device() {
    let scenario = Scenario::from_toml("pairs", PAIRS_ON_CYCLES).unwrap();
    let expected = rows("pairs", &scenario, Path::new(""), &CpuDevice::new(2).unwrap());
    for gpu in support::gpus() {
        assert_eq!(rows("pairs", &scenario, Path::new(""), &gpu), expected);
    }
}

fn rows(label: &str, scenario: &Scenario, folder: &Path, device: &dyn Device) -> Vec<Measurement> {
    let swarm = Swarm::build(scenario, folder).unwrap_or_else(|e| panic!("{label}: {e}"));
    let mut simulation = Simulation::load(swarm, device).unwrap();
    simulation.run().unwrap_or_else(|e| panic!("{label}: {e}"));
    simulation.measurements().to_vec()
}

#[test]
fn every_rule_has_the_same_rows_on_every_device() {
    let folder = files();
    let cpus = [CpuDevice::new(1).unwrap(), CpuDevice::new(3).unwrap()];
    #[cfg(feature = "gpu")]
    let gpus = support::gpus();
    let mut count = 0;
    every_rule(folder.path(), |label, scenario| {
        let expected = rows(label, scenario, folder.path(), &cpus[0]);
        // Besides those around events.
        let due = expected.iter().filter(|row| row.reason != Reason::Event).count();
        assert_eq!(due, 4, "{label}");
        assert_eq!(
            rows(label, scenario, folder.path(), &cpus[1]),
            expected,
            "{label}, three threads"
        );
        #[cfg(feature = "gpu")]
        // Every shader is compiled anew, so that the GPUs take turns.
        for gpu in gpus.iter().skip(count % gpus.len().max(1)).take(1) {
            assert_eq!(
                rows(label, scenario, folder.path(), gpu),
                expected,
                "{label} on {}",
                gpu.info().backend
            );
        }
        count += 1;
    });
    assert!(count >= 20, "{count} scenarios only");
}
