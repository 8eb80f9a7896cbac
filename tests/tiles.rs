//! Steps by tiles: every kind of tile has the bits of node by node, with every rounding and fault that it can have, whatever is left over
//! at the end; and where tiles do not fit there are none.
#![cfg(feature = "gpu")]

use crate::support::{gpus, scenario};
use std::path::Path;
use tetraswarm::Simulation;
use tetraswarm::device::Device;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::device::gpu::tiled_shaders;
use tetraswarm::gauge::Measurement;
use tetraswarm::part::average::{Average, Rounding};
use tetraswarm::part::consensus::{Interval, Start};
use tetraswarm::scenario::Scenario;
use tetraswarm::swarm::Swarm;

/// Networks with tiles of every kind: with one and several workgroups, with links that go round and with nodes left over.
const NETWORKS: &[(u32, &str)] = &[
    (9216, "kind = \"torus2d\"\nwidth = 96"),
    (32, "kind = \"torus2d\"\nwidth = 8"),
    (1000, "kind = \"torus2d\"\nwidth = 40"),
    (9216, "kind = \"klein\"\nwidth = 96"),
    (792, "kind = \"klein\"\nwidth = 24"),
    (768, "kind = \"twisted-torus\"\nwidth = 48\ntwist = 20"),
    (600, "kind = \"triangular\"\nwidth = 24"),
    (1440, "kind = \"honeycomb\"\nwidth = 24"),
    (1000, "kind = \"prism\""),
    (1920, "kind = \"cubic\"\nwidth = 16\nheight = 12"),
    (1728, "kind = \"bcc\"\nwidth = 12\nheight = 9"),
    (1500, "kind = \"fcc\"\nwidth = 20\nheight = 15"),
    (3072, "kind = \"diamond\"\nwidth = 16\nheight = 6"),
    (192, "kind = \"diamond\"\nwidth = 8\nheight = 3"),
    (4096, "kind = \"tetrahedral\""),
    (1024, "kind = \"wk\""),
    (2048, "kind = \"hypercube\""),
    (4096, "kind = \"hamming\""),
    (5003, "kind = \"circulant\"\noffsets = [1, 2, 3, 4, 300]"),
    (9001, "kind = \"fibonacci-chords\""),
    (4098, "kind = \"mobius-ladder\""),
    (1001, "kind = \"random-regular\"\ndegree = 6"),
    (32, "kind = \"de-bruijn\""),
    (4096, "kind = \"de-bruijn\""),
    (1003, "kind = \"small-world\"\ndegree = 6\nrewire = 0.3"),
    (1000, "kind = \"small-world\"\ndegree = 8\nrewire = 0.9"),
];

/// Nothing, losses, nodes that come and go, walls and cuts.
const FAULTS: &[&str] = &[
    "",
    "loss = 0.3",
    "loss = 0.0039\ncrash = 0.05\nrecovery = 0.2",
    "events = [{ kind = \"partition\", tick = 1, along = { kind = \"ranges\", starts = [13] } }, \
     { kind = \"kill\", tick = 2, who = { kind = \"share\", share = 0.2 } }]",
    "loss = 0.1\nevents = [{ kind = \"partition\", tick = 1, along = { kind = \"dimension\", dimension = 0 } }]",
];

/// Every network, each with a rounding without faults and with faults in turn.
pub fn every(mut f: impl FnMut(&str, &Scenario)) {
    for (k, (nodes, topology)) in NETWORKS.iter().enumerate() {
        let roundings = [Rounding::Trunc, Rounding::Golden, Rounding::Random];
        for (turn, rounding) in roundings.iter().enumerate() {
            let faults = FAULTS[(k + turn) % FAULTS.len()];
            let label = format!("{topology} of {nodes}, {}, {faults}", rounding.name());
            f(&label, &with(*nodes, topology, rounding.name(), faults));
        }
    }
}

/// The largest beliefs there can be, and these faults.
fn with(nodes: u32, topology: &str, rounding: &str, faults: &str) -> Scenario {
    let plain = scenario(nodes, topology, "kind = \"synchronous\"", rounding, 5);
    let text = format!("{}\n[faults]\n{faults}\n", plain.to_toml().unwrap());
    let mut scenario = match faults {
        "" => plain,
        _ => Scenario::from_toml("tiles", &text).unwrap_or_else(|e| panic!("{e}\n{text}")),
    };
    let ends = Interval {
        low: -(1 << 28),
        high: 1 << 28,
    };
    scenario.part_mut::<Average>().unwrap().start = Start::Uniform(ends);
    scenario.measure.every = 1;
    scenario
}

fn rows(scenario: &Scenario, device: &dyn Device) -> Vec<Measurement> {
    let mut simulation = Simulation::load(Swarm::build(scenario, Path::new("")).unwrap(), device).unwrap();
    simulation.run().unwrap();
    simulation.measurements().to_vec()
}

#[test]
fn tiles_have_the_same_rows_as_the_cpu() {
    let (cpu, gpus) = (CpuDevice::new(2).unwrap(), gpus());
    let mut turn = 0;
    every(|label, scenario| {
        let plan = Swarm::plan(scenario, Path::new("")).unwrap();
        assert_eq!(tiled_shaders(&plan).len(), 1, "{label}");
        let expected = rows(scenario, &cpu);
        // In turn: each network's tiles are on every GPU with some rounding.
        turn += 1;
        if let Some(gpu) = gpus.get(turn % gpus.len().max(1)) {
            assert_eq!(rows(scenario, gpu), expected, "{label} on {}", gpu.info().backend);
        }
    });
}

#[test]
fn where_they_do_not_fit_there_are_none() {
    let tiles = |scenario: &Scenario| tiled_shaders(&Swarm::plan(scenario, Path::new("")).unwrap()).len();
    let torus = "kind = \"torus2d\"\nwidth = 96";
    assert_eq!(tiles(&with(9216, torus, "trunc", "")), 1);
    assert_eq!(tiles(&with(9216, torus, "quasi", "")), 0);
    assert_eq!(tiles(&with(900, "kind = \"torus2d\"\nwidth = 30", "trunc", "")), 0);
    assert_eq!(tiles(&with(1000, "kind = \"ring\"", "trunc", "")), 0);
    let lies = "liars = { who = { kind = \"share\", share = 0.2 }, tell = { kind = \"constant\", value = 1 } }";
    assert_eq!(tiles(&with(9216, torus, "trunc", lies)), 0);
    let seldom = scenario(9216, torus, "kind = \"golden\"\nrate = 0.5", "trunc", 5);
    assert_eq!(tiles(&seldom), 0);
}
