//! Lockstep verification: devices that agree, and one flipped bit that does not go unnoticed.

use crate::support;

use crate::support::{files, scenario};
use std::path::Path;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::device::{Device, Halt};
use tetraswarm::scenario::Scenario;
use tetraswarm::swarm::Swarm;
use tetraswarm::verify::{Verification, Verifier};

fn verify(scenario: &Scenario, folder: &Path, every: u32, perturb: bool) -> Verification {
    let cpus = [CpuDevice::new(1).unwrap(), CpuDevice::new(3).unwrap()];
    let mut devices: Vec<&dyn Device> = cpus.iter().map(|d| d as &dyn Device).collect();
    #[cfg(feature = "gpu")]
    let gpus = support::gpus();
    #[cfg(feature = "gpu")]
    devices.extend(gpus.iter().map(|d| d as &dyn Device));
    let build = || Swarm::build(scenario, folder);
    Verifier {
        build: &build,
        devices: &devices,
        every,
        perturb,
        observer: &|_| {},
        halt: &Halt::default(),
    }
    .run()
    .unwrap()
}

#[test]
fn all_devices_agree() {
    let folder = files();
    for (topology, rounding) in [
        ("kind = \"fibonacci-chords\"", "random"),
        ("kind = \"torus2d\"", "quasi"),
    ] {
        let found = verify(
            &scenario(4096, topology, "kind = \"bernoulli\"", rounding, 30),
            folder.path(),
            7,
            false,
        );
        assert_eq!((found.difference, found.ticks, found.comparisons), (None, 30, 6));
        assert!(found.fingerprint.is_some_and(|bits| bits != 0));
        assert_eq!((found.agreed, found.interrupted), (Some(30), false));
    }
}

#[test]
fn a_flipped_bit_is_found_at_its_tick_step_column_and_index() {
    for (nodes, rounding, every) in [(4096, "random", 10), (1000, "golden", 1), (777, "quasi", 1000)] {
        let scenario = scenario(nodes, "kind = \"ring\"", "kind = \"golden\"", rounding, 41);
        let found = verify(&scenario, Path::new(""), every, true);
        let (flip, difference) = (found.perturbation.unwrap(), found.difference.unwrap());
        assert_eq!(flip.tick, 20);
        assert_eq!(difference.tick, Some(flip.tick));
        assert_eq!(difference.step, Some("average"));
        assert_eq!((difference.column, difference.index), (flip.column, flip.index));
        assert_eq!(difference.words[0] ^ difference.words[1], 1 << flip.bit);
    }
}

#[test]
fn the_number_of_comparisons_is_what_was_asked_for() {
    let scenario = scenario(64, "kind = \"ring\"", "kind = \"synchronous\"", "trunc", 10);
    let count = |every| verify(&scenario, Path::new(""), every, false).comparisons;
    // At the start and then after every so many ticks, the last included.
    assert_eq!([1, 3, 10, 99].map(count), [11, 5, 2, 2]);
}

/// Whoever asks for the end hears how far all agreed; what is not known is not said.
#[test]
fn an_end_asked_for_tells_how_far_all_agreed() {
    let scenario = scenario(1024, "kind = \"ring\"", "kind = \"synchronous\"", "random", 30);
    let cpus = [CpuDevice::new(1).unwrap(), CpuDevice::new(2).unwrap()];
    let devices: Vec<&dyn Device> = cpus.iter().map(|d| d as &dyn Device).collect();
    let run = |ask_at: u32| {
        let halt = Halt::default();
        if ask_at == 0 {
            halt.ask();
        }
        Verifier {
            build: &|| Swarm::build(&scenario, Path::new("")),
            devices: &devices,
            every: 10,
            perturb: false,
            observer: &|tick| {
                if tick == ask_at {
                    halt.ask();
                }
            },
            halt: &halt,
        }
        .run()
        .unwrap()
    };
    let (before, midst) = (run(0), run(10));
    assert_eq!((before.agreed, before.comparisons, before.interrupted), (None, 0, true));
    assert_eq!(
        (midst.agreed, midst.comparisons, midst.interrupted),
        (Some(10), 2, true)
    );
    assert_eq!((before.fingerprint, midst.fingerprint), (None, None));
    let json = serde_json::to_value(midst).unwrap();
    assert_eq!(
        (&json["fingerprint"], &json["agreed"]),
        (&serde_json::Value::Null, &10.into())
    );
}
