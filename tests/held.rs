//! GPUs that hold the words of a range of nodes and of what it looks at, and no more: the state is the same to the bit, and what is held is
//! as much as the network says.

#![cfg(feature = "gpu")]

use crate::support::end::{assert_same, run};
use crate::support::work::SAMPLES;
use crate::support::{every_rule, files, gpus, scenario};
use std::path::Path;
use std::sync::Arc;
use tetraswarm::column::ColumnId;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::device::gpu::GpuDevice;
use tetraswarm::device::several::{FittedDevices, Forecast, SeveralDevices};
use tetraswarm::device::{Device, gpu};
use tetraswarm::plan::Plan;
use tetraswarm::scenario::Scenario;
use tetraswarm::swarm::Swarm;

/// Runs it on the processor alone and on a device, and says what the latter held.
fn compare(label: &str, swarm: &dyn Fn() -> Swarm, device: &dyn Device, ticks: u32) -> u64 {
    let one = run(swarm(), &CpuDevice::new(1).unwrap(), ticks);
    let other = run(swarm(), device, ticks);
    assert_same(label, &one.0, &other.0, &swarm().plan);
    other.1
}

fn average(nodes: u32, network: &str, rounding: &str) -> Scenario {
    scenario(nodes, network, "kind = \"synchronous\"", rounding, 12)
}

fn as_device(gpu: GpuDevice) -> Arc<dyn Device> {
    Arc::new(gpu)
}

/// What a GPU holds in so many ranges alike.
fn held(plan: &Plan, ranges: usize) -> Vec<u64> {
    let places: Vec<Vec<usize>> = (0..ranges).map(|at| vec![at]).collect();
    Forecast::of(plan, &[], &vec!["gpu"; ranges], (&places, 1))
        .unwrap()
        .held
}

/// Networks whose halo is a band, in ranges that divide nothing evenly, round the end of the indices, by tiles and node by node, with one
/// word a node and several.
#[test]
fn ranges_hold_what_they_look_at() {
    let devices: Vec<Arc<dyn Device>> = gpus().into_iter().map(as_device).collect();
    for gpu in &devices {
        for (nodes, network, rounding) in [
            (2003, "kind = \"ring\"", "golden"),
            (2001, "kind = \"circulant\"\noffsets = [1, 5, 7]", "random"),
            (2004, "kind = \"circulant\"\noffsets = [1, 5, 7]", "golden"),
            (2304, "kind = \"torus2d\"\nwidth = 48", "quasi"),
            (2304, "kind = \"torus2d\"\nwidth = 48", "golden"),
            (4096, "kind = \"cubic\"", "trunc"),
            (2000, "kind = \"path\"", "quasi"),
            // Most need nothing of other ranges, and are done while words are brought.
            (16_384, "kind = \"torus2d\"\nwidth = 64", "golden"),
            (16_384, "kind = \"torus2d\"\nwidth = 64", "quasi"),
        ] {
            let label = format!("{network} {rounding} on {}", gpu.info().backend);
            let scenario = average(nodes, network, rounding);
            let swarm = || Swarm::build(&scenario, Path::new("")).unwrap();
            let several = SeveralDevices::new(vec![Arc::clone(gpu); 3], &[3, 2, 4]).unwrap();
            let whole = run(swarm(), &**gpu, 0).1;
            let some = compare(&label, &swarm, &several, 12);
            assert!(some < 3 * whole, "{label}: {some} of {whole}");
        }
    }
}

/// By formula: of a ring the own nodes and one on either side, of a torus a row on either side, and no more than six besides so that those
/// in fours stay so; that is foretold, and what is allocated.
#[test]
fn what_is_held_is_what_is_foretold() {
    let fours = |nodes: u64, first: u64| {
        let more = first.next_multiple_of(4) - first;
        (nodes + more).next_multiple_of(4)
    };
    for (network, halo) in [("kind = \"ring\"", 1), ("kind = \"torus2d\"\nwidth = 64", 64)] {
        let scenario = average(4096, network, "golden");
        let swarm = || Swarm::build(&scenario, Path::new("")).unwrap();
        let plan = swarm().plan;
        let others: u64 = 4
            * (0..plan.columns.len())
                .map(ColumnId)
                .filter(|&column| plan.pieces(column, &(0..1)).is_empty())
                .map(|column| plan.words(column))
                .sum::<u64>();
        // The column of beliefs is doubled.
        let expected = 8 * fours(1024 + 2 * halo, halo) + others;
        let foretold = held(&plan, 4);
        assert_eq!(foretold, vec![expected; 4], "{network}");
        assert_eq!(held(&plan, 1), vec![plan.bytes()], "{network}");
        for gpu in gpus().into_iter().map(as_device) {
            let several = SeveralDevices::new(vec![Arc::clone(&gpu); 4], &[]).unwrap();
            let whole = run(swarm(), &*gpu, 0).1;
            let some = run(swarm(), &several, 0).1;
            // All else that a device takes for a run is four times the same.
            assert_eq!(
                4 * (whole - plan.bytes()),
                some - foretold.iter().sum::<u64>(),
                "{network}"
            );
        }
    }
    // Links that leave a range lead everywhere: whole columns.
    let plan = Swarm::build(&average(4096, "kind = \"random-regular\"", "golden"), Path::new(""))
        .unwrap()
        .plan;
    assert_eq!(held(&plan, 4), vec![plan.bytes(); 4]);
}

/// A swarm that is too large for the buffers of a device runs on it in ranges, and on it and the processor.
#[test]
fn what_does_not_fit_is_cut() {
    const LIMIT: u64 = 12_000;
    for gpu in gpus() {
        let gpu = as_device(gpu.holding(LIMIT));
        assert_eq!(gpu.info().largest_column_bytes, LIMIT);
        let alone = FittedDevices::new(vec![Arc::clone(&gpu)], &[]).unwrap();
        let cpu: Arc<dyn Device> = Arc::new(CpuDevice::new(1).unwrap());
        let mixed = FittedDevices::new(vec![cpu, Arc::clone(&gpu)], &[1, 2]).unwrap();
        for (nodes, network, ranges) in [
            (10_007, "kind = \"ring\"", 4),
            (9_216, "kind = \"torus2d\"\nwidth = 96", 4),
            (2_900, "kind = \"ring\"", 1),
        ] {
            let scenario = average(nodes, network, "golden");
            let swarm = || Swarm::build(&scenario, Path::new("")).unwrap();
            let plan = swarm().plan;
            let cuts = alone.cuts(&plan).unwrap();
            assert_eq!(cuts, vec![(0, 1); ranges], "{network}");
            compare(network, &swarm, &alone, 12);
            let cuts = mixed.cuts(&plan).unwrap();
            assert!(
                ranges == 1 || cuts[..2] == [(0, cuts[0].1), (1, 2)] && cuts.len() > 2,
                "{cuts:?}"
            );
            compare(network, &swarm, &mixed, 12);
            let refused = gpu.check(&plan).map_err(|error| error.to_string());
            match ranges {
                1 => assert_eq!(refused, Ok(())),
                _ => assert!(
                    refused.as_ref().is_err_and(|error| error.contains("--split auto")),
                    "{refused:?}"
                ),
            }
        }
        // Whole columns are not shorter in ranges.
        let scenario = average(10_007, "kind = \"fibonacci-chords\"", "golden");
        let plan = Swarm::build(&scenario, Path::new("")).unwrap().plan;
        let error = alone.check(&plan).unwrap_err().to_string();
        assert!(!error.contains("--split") && error.contains("12"), "{error}");
    }
}

/// Rules, faults and cells of every kind, a few of each.
#[test]
fn rules_and_faults_are_the_same_on_what_is_held() {
    let folder = files();
    let devices: Vec<Arc<dyn Device>> = gpus().into_iter().map(as_device).collect();
    let Some(gpu) = devices.first() else { return };
    let several = SeveralDevices::new(vec![Arc::clone(gpu); 3], &[2, 1, 3]).unwrap();
    let mut turn = 0;
    every_rule(folder.path(), |label, scenario| {
        turn += 1;
        let swarm = || Swarm::build(scenario, folder.path()).unwrap();
        let plan = || Swarm::plan(scenario, folder.path()).unwrap();
        if turn % 13 == 5 && plan().nodes() >= 64 && held(&plan(), 3).iter().any(|&held| held < plan().bytes()) {
            compare(label, &swarm, &several, scenario.ticks);
        }
    });
    let ring =
        |text: &str| format!("agents = 4096\nticks = 25\ntopology = {{ kind = \"torus2d\", width = 64 }}\n{text}");
    for text in [
        "consensus = { rule = \"average\", method = \"pairwise\", start = { kind = \"uniform\", low = 0, high = 99 } }",
        "consensus = { rule = \"phase\", coupling = 1.0, start = { kind = \"uniform\" } }\nfaults.crash = 0.02\nfaults.recovery = 0.1",
    ] {
        let Ok(scenario) = Scenario::from_toml("test", &ring(text)) else {
            continue;
        };
        let swarm = || Swarm::build(&scenario, Path::new("")).unwrap();
        compare(text, &swarm, &several, 25);
    }
}

/// No shader of ours names words in a way for which a column would have to be held whole.
#[test]
fn every_shader_can_be_turned() {
    let folder = files();
    let check = |label: &str, plan: &Plan| {
        let half = 0..plan.nodes() / 2;
        let Some(held) = tetraswarm::device::Held::of(plan, &half, std::slice::from_ref(&half), |_| true) else {
            return;
        };
        if plan.kinship.is_none() && plan.nodes().is_multiple_of(4) {
            assert_eq!(gpu::holdable(plan, &held), held, "{label}");
        }
    };
    let mut turn = 0;
    every_rule(folder.path(), |label, scenario| {
        turn += 1;
        if turn % 3 == 0 {
            check(label, &Swarm::plan(scenario, folder.path()).unwrap());
        }
    });
    crate::support::work::put_files(folder.path());
    for sample in SAMPLES {
        check(sample.name, &Swarm::plan(&sample.scenario(9), folder.path()).unwrap());
    }
    crate::support::learning::every(folder.path(), |label, scenario| {
        check(label, &Swarm::plan(scenario, folder.path()).unwrap());
    });
}
