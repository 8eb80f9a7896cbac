//! The average rule: final spreads computed independently, and what must hold for every network, timing and rounding.

use crate::support::{every_sample, files, scenario, timing_text};
use proptest::prelude::*;
use std::collections::HashMap;
use std::ops::ControlFlow;
use tetraswarm::Simulation;
use tetraswarm::column::ColumnId;
use tetraswarm::device::Device;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::part::average::{Average, Rounding};
use tetraswarm::part::consensus::{Interval, Start};
use tetraswarm::scenario::Scenario;
use tetraswarm::swarm::Swarm;
use tetraswarm::timing::Timing;
use tetraswarm::topology::{KINDS, Topology};

fn start_from(scenario: &mut Scenario, start: Start) {
    let Some(average) = scenario.part_mut::<Average>() else {
        panic!("another rule")
    };
    average.start = start;
}

/// Greatest less least belief, greatest distance from the mean, least belief, after a run from one node of 64000.
fn final_state(topology: &str, nodes: u32, ticks: u32, rounding: &str, seed: u32, mean: i32) -> [i64; 3] {
    let text = format!(
        "agents = {nodes}\nticks = {ticks}\nseed = {seed}\n[topology]\n{topology}\n[consensus]\nrule = \"average\"\n\
         rounding = \"{rounding}\"\nstart = {{ kind = \"point\", value = 64000 }}\n[measure]\nevery = 1000000\n"
    );
    let scenario = Scenario::from_toml("diffusion", &text).unwrap();
    let mut simulation = Simulation::new(&scenario, &CpuDevice::new(1).unwrap()).unwrap();
    let row = simulation.run().unwrap().measurement;
    let beliefs = row.beliefs().unwrap();
    assert_eq!((row.tick, beliefs.sum), (ticks, 64_000));
    let (least, greatest) = (beliefs.minimum.unwrap(), beliefs.maximum.unwrap());
    let deviation = (greatest - mean).max(mean - least);
    [row.spread.unwrap().into(), deviation.into(), least.into()]
}

#[test]
fn published_final_spreads() {
    let entries: Vec<serde_json::Value> = serde_json::from_str(include_str!("reference/diffusion.json")).unwrap();
    assert_eq!(entries.len(), 4);
    for entry in &entries {
        let (name, topology) = (entry["name"].as_str().unwrap(), entry["topology"].as_str().unwrap());
        let number = |key: &str| entry[key].as_u64().unwrap() as u32;
        let (nodes, ticks, mean) = (number("n"), number("ticks"), number("mean") as i32);
        let published = |rounding: &str| {
            ["final_disc", "max_dev_from_mean", "min_load"].map(|k| entry[rounding][k].as_i64().unwrap())
        };
        for rounding in ["trunc", "quasi"] {
            let found = final_state(topology, nodes, ticks, rounding, 1, mean);
            assert_eq!(found, published(rounding), "{name}, {rounding}");
        }
        // The published run drew other numbers: it is one of many, and must lie among ours.
        let spreads = |rounding: &str| -> Vec<i64> {
            (1..=16)
                .map(|seed| final_state(topology, nodes, ticks, rounding, seed, mean)[0])
                .collect()
        };
        let random = spreads("random");
        let (least, most) = (random.iter().min().unwrap(), random.iter().max().unwrap());
        assert!(
            (least..=most).contains(&&published("random")[0]),
            "{name}, random: {random:?}"
        );
        // Both kinds of randomised rounding come closer than truncation, or as close.
        let golden = final_state(topology, nodes, ticks, "golden", 1, mean)[0];
        assert!(
            *most.max(&golden) <= published("trunc")[0].max(2),
            "{name}: random {random:?}, golden {golden}"
        );
    }
}

/// The words of a link-end column at both ends of every link: (lower end, upper end) → what either holds.
fn both_ends(topology: &dyn Topology, words: &[u32]) -> HashMap<(u32, u32), Vec<u32>> {
    let n = topology.nodes();
    let mut all: HashMap<(u32, u32), Vec<u32>> = HashMap::new();
    let mut note = |i: u32, j: u32, word| all.entry((i.min(j), i.max(j))).or_default().push(word);
    for slot in 0..topology.slots() {
        for i in 0..n {
            let mut list = [0];
            let j = topology.neighbours(slot, i..i + 1, &mut list).0.ids(i, &list).at(0);
            let word = words[slot as usize * n as usize + i as usize];
            if j == i {
                assert_eq!(word, 0, "an absent link has a carry");
            } else {
                note(i, j, word);
            }
        }
    }
    if let Some(rows) = topology.rows() {
        let stored = &words[topology.slots() as usize * n as usize..];
        for i in 0..n {
            for end in rows.offsets[i as usize]..rows.offsets[i as usize + 1] {
                note(i, rows.ends[end as usize], stored[end as usize]);
            }
        }
    }
    all
}

#[test]
fn quasi_carries_are_the_same_at_both_ends_and_below_the_divisor() {
    let folder = files();
    let device = CpuDevice::new(2).unwrap();
    let mut carried = 0;
    every_sample(9, |label, scenario| {
        let mut simulation = Simulation::load(Swarm::build(scenario, folder.path()).unwrap(), &device).unwrap();
        simulation.run().unwrap();
        let Ok(carries) = simulation.column("consensus.carry") else {
            return;
        };
        let topology = &*simulation.plan().topology;
        let ends = both_ends(topology, &carries);
        let held: usize = ends.values().map(Vec::len).sum();
        assert_eq!(held as u64, 2 * topology.links(), "{label}");
        for ((i, j), words) in ends {
            let q = 1 + topology.degree(i).max(topology.degree(j));
            // Parallel links do the same, so all their ends hold the same.
            let pairs = words.len() == 2 || topology.has_parallel_links() && words.len().is_multiple_of(2);
            assert!(
                pairs && words.iter().all(|&word| word == words[0]) && words[0] < q,
                "{label}: {i}–{j} holds {words:?}, q = {q}"
            );
            carried += u64::from(words[0] > 0);
        }
    });
    assert!(carried > 1000, "hardly any carry: {carried}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..Default::default() })]

    /// The sum never changes, and no belief leaves the range of the start by more than rounding can push it: by less than a
    /// degree a tick, and not at all when rounding towards zero.
    #[test]
    fn sums_are_conserved_and_ranges_kept(
        kind in prop::sample::select(KINDS), sample in any::<prop::sample::Index>(), rounding in prop::sample::select(&Rounding::ALL[..]),
        timing in prop::sample::select(&Timing::KINDS[..]), seed: u32, ticks in 1..40u32,
        start in prop::sample::select(&[Start::Uniform as fn(Interval) -> Start, Start::Ramp, Start::TwoBlocks][..]),
        bounds in prop_oneof![(-5..5i32, 0..10i32), (-268_435_456..=0i32, 0..=268_435_456i32)],
    ) {
        let folder = files();
        let (nodes, parameters) = kind.samples[sample.index(kind.samples.len())];
        let topology = format!("kind = \"{}\"\n{parameters}", kind.name);
        let mut scenario = scenario(nodes, &topology, &timing_text(timing), rounding.name(), ticks);
        let (low, high) = (bounds.0, bounds.1.max(bounds.0));
        start_from(&mut scenario, start(Interval { low, high }));
        scenario.seed = seed;
        let mut simulation = Simulation::load(Swarm::build(&scenario, folder.path()).unwrap(), &CpuDevice::new(1).unwrap()).unwrap();
        let sum = |beliefs: &[i32]| beliefs.iter().map(|&x| i64::from(x)).sum::<i64>();
        let first = simulation.beliefs().unwrap();
        let (least, most) = (*first.iter().min().unwrap(), *first.iter().max().unwrap());
        prop_assert!(low <= least && most <= high);
        let degree = (0..simulation.plan().nodes()).map(|i| simulation.plan().topology.degree(i)).max().unwrap() as i32;
        for tick in 1..=ticks {
            simulation.run_until(tick, |_| ControlFlow::Continue(())).unwrap();
            let now = simulation.beliefs().unwrap();
            prop_assert_eq!(sum(&now), sum(&first), "after {} ticks", tick);
            let slack = if rounding == Rounding::Trunc { 0 } else { (degree - 1).max(0) * tick as i32 };
            prop_assert!(now.iter().all(|&x| x >= least - slack && x <= most + slack), "after {} ticks", tick);
        }
    }
}

/// What flows over each of the four links of node 0 in a complete network of five while its belief is held at `difference`
/// and the others' at 0: the sums over `ticks` ticks.
fn flows(rounding: Rounding, difference: i32, ticks: u32) -> [i64; 4] {
    let scenario = scenario(
        5,
        "kind = \"circulant\"\noffsets = [1, 2]",
        "kind = \"synchronous\"",
        rounding.name(),
        ticks,
    );
    let swarm = Swarm::build(&scenario, "".as_ref()).unwrap();
    let mut execution = CpuDevice::new(1).unwrap().load(swarm).unwrap();
    let mut sums = [0; 4];
    for tick in 1..=ticks {
        for node in 0..5 {
            let value = if node == 0 { difference } else { 0 };
            execution.write(ColumnId(0), node, value as u32).unwrap();
        }
        execution.advance(tick, &mut |_| ControlFlow::Continue(())).unwrap();
        let beliefs = execution.read(ColumnId(0)).unwrap();
        for (sum, &word) in sums.iter_mut().zip(&beliefs[1..]) {
            *sum += i64::from(word as i32);
        }
    }
    sums
}

/// A flow is D/q = D/5 on the average over time, whatever the sign, but for rounding towards zero.
#[test]
fn roundings_are_unbiased() {
    let ticks = 1000;
    for difference in [1, -1, 2, -2, 4, 7, -13, 100] {
        let share = f64::from(difference) / 5.0;
        let fraction = share - share.floor();
        for rounding in Rounding::ALL {
            for sum in flows(rounding, difference, ticks) {
                let off = (sum as f64 - share * f64::from(ticks)).abs();
                let label = format!("{}, D = {difference}: {sum} in {ticks} ticks", rounding.name());
                match rounding {
                    Rounding::Trunc => assert_eq!(sum, i64::from(difference / 5) * i64::from(ticks), "{label}"),
                    // Five standard deviations of that many draws.
                    Rounding::Random => assert!(
                        off <= 5.0 * (f64::from(ticks) * fraction * (1.0 - fraction)).sqrt(),
                        "{label}"
                    ),
                    // The discrepancy of a golden sequence of this length, for arcs.
                    Rounding::Golden => assert!(off <= 4.0, "{label}"),
                    // The carry holds what is missing.
                    Rounding::Quasi => assert!(off < 1.0, "{label}"),
                }
            }
        }
    }
}

/// Different links round differently in the same tick, so that their errors do not add up.
#[test]
fn links_round_independently_of_each_other() {
    let nodes = 100_000u32;
    for rounding in [Rounding::Random, Rounding::Golden] {
        let mut scenario = scenario(
            nodes,
            &format!("kind = \"circulant\"\noffsets = [1, {}]", nodes / 2),
            "kind = \"synchronous\"",
            rounding.name(),
            1,
        );
        for seed in 1..4 {
            scenario.seed = seed;
            start_from(&mut scenario, Start::TwoBlocks(Interval { low: 0, high: 1 }));
            let mut simulation = Simulation::new(&scenario, &CpuDevice::new(2).unwrap()).unwrap();
            simulation.run().unwrap();
            // Across the rungs, and the two places where the blocks meet, D = 1 and q = 4.
            let links = f64::from(nodes / 2 + 2);
            let gained: i64 = simulation.beliefs().unwrap()[..nodes as usize / 2]
                .iter()
                .map(|&x| i64::from(x))
                .sum();
            let error = 5.0 * (links * 0.25 * 0.75).sqrt();
            assert!(
                (gained as f64 - links / 4.0).abs() < error,
                "{}, seed {seed}: {gained} of {links}",
                rounding.name()
            );
        }
    }
}
