//! The epidemic against theory, with faults on every number of threads, and what is refused.

use crate::gauge::{Health, HealthGauge};
use crate::part::Epidemic;
use crate::registry;
use crate::step::{INFECTED, SUSCEPTIBLE};
use std::path::Path;
use std::sync::Arc;
use tetraswarm::Simulation;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::device::{Choice, Device, choose};
use tetraswarm::gauge::{Gauge, Measurement};
use tetraswarm::scenario::Scenario;
use tetraswarm::swarm::Swarm;

const TEXT: &str = include_str!("epidemic.toml");

fn scenario(text: &str) -> Result<Scenario, tetraswarm::Error> {
    Scenario::from_toml_with(&registry()?, "epidemic.toml", text)
}

fn rows(scenario: &Scenario, threads: usize) -> Vec<Measurement> {
    let swarm = Swarm::build(scenario, Path::new("")).unwrap();
    let mut simulation = Simulation::load(swarm, &CpuDevice::new(threads).unwrap()).unwrap();
    simulation.run().unwrap();
    simulation.measurements().to_vec()
}

fn counts(row: &Measurement) -> [u64; 3] {
    let health = row.get::<Health>().unwrap();
    [health.susceptible, health.infected, health.recovered]
}

/// A software or hardware Vulkan device. Where there is none the test says so, and is nothing, unless one is required.
fn vulkan() -> Option<Arc<dyn Device>> {
    let choice = Choice {
        device: "vulkan:0".into(),
        ..Choice::default()
    };
    match choose(&choice) {
        Ok((device, _)) => Some(device),
        Err(error) => {
            let required = std::env::var("TETRASWARM_REQUIRE").unwrap_or_default();
            assert!(!required.contains("vulkan"), "{error}");
            eprintln!("not run on a GPU: {error}");
            None
        }
    }
}

/// In the first tick a susceptible node with k infected neighbours is infected with probability 1 − (1 − p)^k.
#[test]
fn one_tick_is_the_exact_law() {
    let mut scenario = scenario(TEXT).unwrap();
    (scenario.agents, scenario.ticks) = (Some(100_000), 1);
    let part = scenario.parts.get_mut::<Epidemic>().unwrap();
    (part.infection, part.first) = (0.3, 20_000);
    let swarm = Swarm::build(&scenario, Path::new("")).unwrap();
    let column = swarm.plan.column("epidemic.state").unwrap();
    let before = swarm.initial[column.0].to_vec();
    let topology = Arc::clone(&swarm.plan.topology);
    let mut simulation = Simulation::load(swarm, &CpuDevice::new(2).unwrap()).unwrap();
    simulation.run().unwrap();
    let after = simulation.column("epidemic.state").unwrap();
    let mut found = vec![[0u32; 2]; 21];
    for node in (0..100_000u32).filter(|&node| before[node as usize] == SUSCEPTIBLE) {
        let others = (0..topology.slots_of(node)).map(|place| topology.neighbour(node, place));
        let infected = others
            .filter(|&other| other != node && before[other as usize] == INFECTED)
            .count();
        found[infected][0] += 1;
        found[infected][1] += u32::from(after[node as usize] == INFECTED);
    }
    assert_eq!(found[0][1], 0);
    for (k, [all, infected]) in found.into_iter().enumerate().filter(|(_, [all, _])| *all > 500) {
        let p = 1.0 - 0.7f64.powi(k as i32);
        let (expected, deviation) = (f64::from(all) * p, (f64::from(all) * p * (1.0 - p)).sqrt());
        let off = (f64::from(infected) - expected).abs();
        assert!(
            off <= 5.0 * deviation,
            "{k} infected neighbours: {infected} of {all}, expected {expected}"
        );
    }
}

#[test]
fn a_gpu_has_the_same_rows() {
    let Some(gpu) = vulkan() else { return };
    let mut text = TEXT.to_owned();
    text += "[stop]\nwhen = [\"epidemic.infected <= 0\"]\n[faults]\nloss = 0.2\ncrash = 0.01\nrecovery = 0.1\n";
    for text in [TEXT, &text] {
        let mut scenario = scenario(text).unwrap();
        (scenario.agents, scenario.ticks, scenario.measure.every) = (Some(2000), 150, 7);
        let swarm = || Swarm::build(&scenario, Path::new("")).unwrap();
        let mut simulation = Simulation::load(swarm(), &*gpu).unwrap();
        simulation.run().unwrap();
        assert_eq!(simulation.measurements(), rows(&scenario, 1));
    }
}

#[test]
fn a_node_that_is_lost_breaks_the_audit() {
    let mut scenario = scenario(TEXT).unwrap();
    (scenario.agents, scenario.ticks) = (Some(500), 3);
    let swarm = Swarm::build(&scenario, Path::new("")).unwrap();
    let gauge = Arc::clone(&swarm.plan.gauges[0]);
    let row = rows(&scenario, 1).remove(0);
    assert!(gauge.audit(&row, &row).is_ok());
    let fewer = HealthGauge {
        state: gauge.main(),
        nodes: 499,
    };
    let error = fewer.audit(&row, &row).unwrap_err().to_string();
    assert!(error.contains("the number of nodes"), "{error}");
}

/// An infection passes a link, while it lasts, with T = 1 − E(1 − β)^K, where K ≥ 1 ticks are geometric; on a random regular network a
/// node escapes if none of its d neighbours, each infected by one of its other d − 1, passes it on.
#[test]
fn as_many_catch_it_as_percolation_says() {
    let mut scenario = scenario(TEXT).unwrap();
    scenario.agents = Some(20_000);
    let last = rows(&scenario, 2).pop().unwrap();
    let found = counts(&last);
    assert_eq!((found[1], found.iter().sum::<u64>()), (0, 20_000));
    let (beta, gamma, degree) = (0.01, 0.1, 20);
    let passes = 1.0 - gamma * (1.0 - beta) / (1.0 - (1.0 - gamma) * (1.0 - beta));
    let escape = |escapes: f64| 1.0 - passes + passes * escapes;
    let neighbour = (0..1000).fold(0.5, |u: f64, _| escape(u).powi(degree - 1));
    let expected = 20_000.0 * (1.0 - escape(neighbour).powi(degree));
    let off = (found[2] as f64 - expected).abs();
    assert!(off < 0.02 * expected, "{} of {expected}", found[2]);
}

#[test]
fn faults_and_threads_are_those_of_any_swarm() {
    let mut text = TEXT.to_owned();
    text += "[faults]\nloss = 0.2\ncrash = 0.01\nrecovery = 0.1\nstate = \"reset\"\n\
             liars = { who = { kind = \"share\", share = 0.1 }, tell = { kind = \"constant\", value = 1 } }\n";
    let mut scenario = scenario(&text).unwrap();
    (scenario.agents, scenario.ticks) = (Some(5000), 60);
    let expected = rows(&scenario, 1);
    assert!(counts(&expected[6])[2] > 100);
    assert_eq!(rows(&scenario, 3), expected);
}

#[test]
fn its_keys_are_checked_as_any() {
    let message = |wrong: &str| {
        scenario(&TEXT.replace("recovery = 0.1 ", wrong))
            .unwrap_err()
            .to_string()
    };
    assert!(
        message("recover = 0.1 ")
            .contains("epidemic.toml:9:1: epidemic.recover is no known key; did you mean 'recovery'?")
    );
    assert!(message("recovery = 10 ").contains("did you mean 0.1?"));
}
