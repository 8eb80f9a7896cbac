//! The average rule against a plain account of it, and against published trajectories.

use crate::support::{Plain, every_sample, files, scenario};
use tetraswarm::Simulation;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::scenario::Scenario;
use tetraswarm::swarm::Swarm;

fn beliefs(simulation: &mut Simulation) -> Vec<i64> {
    simulation.beliefs().unwrap().into_iter().map(i64::from).collect()
}

#[test]
fn every_topology_timing_and_rounding_equals_the_plain_account() {
    let folder = files();
    let device = CpuDevice::new(2).unwrap();
    every_sample(12, |label, scenario| {
        let swarm = Swarm::build(scenario, folder.path()).unwrap();
        let mut simulation = Simulation::load(swarm, &device).unwrap();
        let mut plain = Plain::new(scenario, folder.path());
        for tick in 1..=12 {
            simulation
                .run_until(tick, |_| std::ops::ControlFlow::Continue(()))
                .unwrap();
            plain.step();
            let found = beliefs(&mut simulation);
            if let Some(node) = (0..found.len()).find(|&i| found[i] != plain.beliefs[i]) {
                panic!(
                    "{label}: after {tick} ticks node {node} believes {}, expected {}",
                    found[node], plain.beliefs[node]
                );
            }
        }
    });
}

/// From some size on all links of a node are worked out in one pass, and what is written goes past the caches.
#[test]
fn large_swarms_equal_the_plain_account() {
    let device = CpuDevice::new(2).unwrap();
    let (far, streamed) = (1 << 18, 1 << 22);
    for (nodes, kind, rounding) in [
        (far, "ring", "trunc"),
        (far, "torus2d", "trunc"),
        (far, "honeycomb", "trunc"),
        (far, "cubic", "trunc"),
        (far, "fibonacci-chords", "trunc"),
        (far, "fibonacci-chords", "golden"),
        (streamed, "torus2d", "trunc"),
        (streamed, "torus2d", "golden"),
    ] {
        let scenario = scenario(
            nodes,
            &format!("kind = \"{kind}\""),
            "kind = \"synchronous\"",
            rounding,
            2,
        );
        let folder = std::path::Path::new("");
        let mut simulation = Simulation::load(Swarm::build(&scenario, folder).unwrap(), &device).unwrap();
        let mut plain = Plain::new(&scenario, folder);
        simulation.run().unwrap();
        plain.step();
        plain.step();
        let found = beliefs(&mut simulation);
        let wrong = (0..found.len()).find(|&i| found[i] != plain.beliefs[i]);
        assert_eq!(
            wrong, None,
            "{kind}, {rounding}: the first node that believes something else"
        );
    }
}

/// Computed independently with integer arithmetic in Python: a ring of 8, x = [800, 0, …], divisor 3.
#[test]
fn published_trajectories_on_a_ring_of_eight() {
    let trajectories = [
        ("trunc", 1, [268, 266, 0, 0, 0, 0, 0, 266]),
        ("trunc", 2, [268, 178, 88, 0, 0, 0, 88, 178]),
        ("trunc", 3, [208, 178, 89, 29, 0, 29, 89, 178]),
        ("trunc", 10, [124, 117, 100, 83, 76, 83, 100, 117]),
        ("quasi", 1, [268, 266, 0, 0, 0, 0, 0, 266]),
        ("quasi", 2, [266, 179, 88, 0, 0, 0, 89, 178]),
        ("quasi", 3, [208, 177, 90, 29, 0, 30, 89, 177]),
        ("quasi", 10, [123, 116, 100, 83, 78, 84, 100, 116]),
    ];
    let device = CpuDevice::new(1).unwrap();
    for (rounding, ticks, expected) in trajectories {
        let text = format!(
            "agents = 8\nticks = {ticks}\ntopology.kind = \"ring\"\n[consensus]\nrule = \"average\"\nrounding = \"{rounding}\"\n\
             start = {{ kind = \"point\", value = 800 }}\n"
        );
        let scenario = Scenario::from_toml("ring", &text).unwrap();
        let mut simulation = Simulation::new(&scenario, &device).unwrap();
        simulation.run().unwrap();
        assert_eq!(simulation.beliefs().unwrap(), expected, "{rounding} after {ticks}");
    }
}

#[test]
fn one_thread_and_many_give_the_same_bits() {
    let device = |threads| CpuDevice::new(threads).unwrap();
    let scenario = scenario(
        100_000,
        "kind = \"fibonacci-chords\"",
        "kind = \"golden\"",
        "random",
        20,
    );
    let prints = [1, 2, 3, 7].map(|threads| {
        let mut simulation = Simulation::new(&scenario, &device(threads)).unwrap();
        simulation.run().unwrap();
        simulation
            .measurements()
            .iter()
            .map(|row| row.fingerprint)
            .collect::<Vec<_>>()
    });
    assert!(prints.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(prints[0].len(), 5);
}
