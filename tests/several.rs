//! A swarm on several devices is the same as on one: every rule, cells, strategies, with every fault, over ranges that divide nothing
//! evenly and ranges of one node.

use crate::support::end::{self, End, assert_same};
use crate::support::work::{SAMPLES, put_files};
use crate::support::{every_rule, files, learning};
use std::sync::Arc;
use tetraswarm::column::Access;
use tetraswarm::device::Device;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::device::several::SeveralDevices;
use tetraswarm::scenario::{Document, Scenario};
use tetraswarm::swarm::Swarm;

fn cpus(count: usize) -> Vec<Arc<dyn Device>> {
    (0..count)
        .map(|_| Arc::new(CpuDevice::new(1).unwrap()) as Arc<dyn Device>)
        .collect()
}

fn run(swarm: Swarm, device: &dyn Device, ticks: u32) -> End {
    end::run(swarm, device, ticks).0
}

fn compare(label: &str, swarm: impl Fn() -> Swarm, several: &SeveralDevices, ticks: u32) {
    let one = run(swarm(), &CpuDevice::new(1).unwrap(), ticks);
    let other = run(swarm(), several, ticks);
    assert_same(label, &one, &other, &swarm().plan);
}

/// With a memory each, or with one.
fn devices(turn: usize, parts: Vec<Arc<dyn Device>>, shares: &[u32]) -> SeveralDevices {
    match (turn / 6).is_multiple_of(2) {
        true => SeveralDevices::apart(parts, shares).unwrap(),
        false => SeveralDevices::new(parts, shares).unwrap(),
    }
}

/// 1, 2, 3, 4 and 7 ranges, alike and not; where there are few nodes, no more than those, alike.
fn splits(turn: usize, nodes: u32) -> SeveralDevices {
    let shares: &[u32] = [
        &[1][..],
        &[1, 1],
        &[1, 7],
        &[3, 1, 2],
        &[1, 1, 1, 1],
        &[5, 1, 1, 9, 1, 3, 1],
    ][turn % 6];
    if nodes < 64 {
        return devices(turn, cpus(shares.len().min(nodes as usize)), &[]);
    }
    devices(turn, cpus(shares.len()), shares)
}

#[test]
fn every_rule_is_the_same_over_ranges() {
    let folder = files();
    let mut turn = 0;
    every_rule(folder.path(), |label, scenario| {
        turn += 1;
        let swarm = || Swarm::build(scenario, folder.path()).unwrap();
        compare(label, swarm, &splits(turn, swarm().plan.nodes()), scenario.ticks);
    });
}

#[test]
fn cells_are_the_same_over_ranges() {
    let folder = files();
    put_files(folder.path());
    for (turn, sample) in SAMPLES.iter().enumerate() {
        let scenario = sample.scenario(9);
        let swarm = || Swarm::build(&scenario, folder.path()).unwrap();
        compare(sample.name, swarm, &splits(turn + 1, 4096), 60);
    }
}

#[test]
fn strategies_are_the_same_over_ranges() {
    let folder = files();
    let mut turn = 0;
    learning::every(folder.path(), |label, scenario| {
        turn += 1;
        let swarm = || Swarm::build(scenario, folder.path()).unwrap();
        compare(label, swarm, &splits(turn, swarm().plan.nodes()), scenario.ticks);
    });
}

/// Cells that come and go: links follow from what two columns say.
#[test]
fn growth_is_the_same_over_ranges() {
    for (turn, (name, swarm)) in crate::growth::swarms().enumerate() {
        compare(name, swarm, &splits(turn + 1, 4096), 120);
    }
}

/// Every scenario that comes with the program, small, on 1, 2, 3, 4 and 7 ranges.
#[test]
fn every_embedded_scenario_is_the_same_over_ranges() {
    for embedded in tetraswarm::scenario::EMBEDDED {
        let Some(scenario) = small(embedded.name) else { continue };
        let swarm = || Swarm::build(&scenario, std::path::Path::new("")).unwrap();
        let ticks = scenario.ticks;
        let one = run(swarm(), &CpuDevice::new(1).unwrap(), ticks);
        for shares in [&[1][..], &[1, 2], &[1, 1, 1], &[7, 1, 3, 2], &[1, 3, 1, 1, 2, 1, 1]] {
            let apart = SeveralDevices::apart(cpus(shares.len()), shares).unwrap();
            assert!(run(swarm(), &apart, ticks) == one, "{} as {shares:?}", embedded.name);
            if shares.len() == 4 {
                let together = SeveralDevices::new(cpus(shares.len()), shares).unwrap();
                assert!(
                    run(swarm(), &together, ticks) == one,
                    "{} as {shares:?}, one memory",
                    embedded.name
                );
            }
        }
    }
}

/// An embedded scenario with few agents and ticks; nothing where it wants a file of the user's.
fn small(name: &str) -> Option<Scenario> {
    if ["gnutella", "hpc2n"].contains(&name) {
        return None;
    }
    let mut document = Document::open(name).unwrap();
    if document.has("agents") {
        // Some name cells by their numbers.
        let agents = if name == "surge" { "8192" } else { "1024" };
        document.set("a test", "agents", agents).unwrap();
    }
    document.set("a test", "ticks", "40").unwrap();
    document.set("a test", "measure.every", "5").unwrap();
    Some(document.scenario().unwrap_or_else(|error| panic!("{name}: {error}")))
}

/// A network from a file whose nodes are numbered at random, so that every range is linked to every other one at random.
#[test]
fn imported_networks_are_the_same_over_ranges() {
    let folder = tempfile::tempdir().unwrap();
    let number = |i: u64| (i * 5_647 + 11) % 1009;
    let links: String = (0..1009u64)
        .flat_map(|i| [1, 2, 40].map(|k| format!("{} {}\n", number(i), number(i + k))))
        .collect();
    std::fs::write(folder.path().join("net.txt"), links).unwrap();
    let network = "kind = \"graph\"\nfile = \"net.txt\"";
    for (turn, rounding) in ["trunc", "golden", "random"].into_iter().enumerate() {
        let scenario = crate::support::scenario(0, network, "kind = \"golden\"\nrate = 0.3", rounding, 25);
        let swarm = || Swarm::build(&scenario, folder.path()).unwrap();
        compare(rounding, swarm, &splits(turn + 2, 1009), 25);
    }
}

#[test]
fn ranges_of_one_node_do() {
    let scenario = crate::support::scenario(7, "kind = \"ring\"", "kind = \"synchronous\"", "trunc", 20);
    let swarm = || Swarm::build(&scenario, std::path::Path::new("")).unwrap();
    compare("seven nodes", swarm, &SeveralDevices::apart(cpus(7), &[]).unwrap(), 20);
    let nine = SeveralDevices::apart(cpus(9), &[]).unwrap();
    let error = nine.load(swarm()).unwrap_err().to_string();
    assert!(error.contains("9 devices for 7 nodes"), "{error}");
}

/// The processor and every software GPU together.
#[cfg(feature = "gpu")]
#[test]
fn mixed_devices_are_the_same() {
    let folder = files();
    put_files(folder.path());
    let mut parts = cpus(1);
    parts.extend(
        crate::support::gpus()
            .into_iter()
            .map(|gpu| Arc::new(gpu) as Arc<dyn Device>),
    );
    if parts.len() == 1 {
        return;
    }
    // The processor has the first nodes and the last, so that its ranges do not follow each other.
    parts.extend(cpus(1));
    let shares: Vec<u32> = (0..parts.len()).map(|k| 2 + k as u32).collect();
    let several = SeveralDevices::new(parts, &shares).unwrap();
    for sample in &SAMPLES[..4] {
        let scenario = sample.scenario(9);
        let swarm = || Swarm::build(&scenario, folder.path()).unwrap();
        compare(sample.name, swarm, &several, 40);
    }
    let (_, grown) = crate::growth::swarms().next().unwrap();
    let seldom = || {
        let mut swarm = grown();
        swarm.plan.every = 7;
        swarm
    };
    compare("growth", seldom, &several, 60);
    let mut turn = 0;
    every_rule(folder.path(), |label, scenario: &Scenario| {
        turn += 1;
        let swarm = || Swarm::build(scenario, folder.path()).unwrap();
        if turn % 60 == 7 && swarm().plan.nodes() >= 64 {
            compare(label, swarm, &several, scenario.ticks);
        }
    });
}

/// Who says that a step reads its own words only, and it reads its neighbours', gets another state: nothing more is brought than is said.
#[test]
fn what_is_not_said_is_not_brought() {
    let scenario = crate::support::scenario(100, "kind = \"ring\"", "kind = \"synchronous\"", "trunc", 9);
    let swarm = || Swarm::build(&scenario, std::path::Path::new("")).unwrap();
    let narrow = || {
        let mut swarm = swarm();
        let steps = std::mem::take(&mut swarm.plan.steps).into_iter();
        swarm.plan.steps = steps.map(crate::ranges::narrow).collect();
        swarm
    };
    assert!(
        narrow().plan.steps[0]
            .bindings()
            .iter()
            .any(|binding| binding.access == Access::Read)
    );
    let two = SeveralDevices::apart(cpus(2), &[]).unwrap();
    compare("as it is", swarm, &two, 9);
    let one = run(narrow(), &CpuDevice::new(1).unwrap(), 9);
    let other = run(narrow(), &two, 9);
    assert_ne!(one.1, other.1);
}
