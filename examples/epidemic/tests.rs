//! The epidemic against theory, with faults on every number of threads, and what is refused.

use crate::registry;
use std::path::Path;
use tetraswarm::Simulation;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::measure::{Measurement, Reading};
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

fn counts(row: &Measurement) -> &[u64] {
    match &row.reading {
        Reading::Opinion(opinions) => &opinions.opinions,
        _ => panic!("no opinions"),
    }
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
