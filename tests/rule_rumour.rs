//! Rumour spreading against a plain account of it, against its exact law on the complete graph, and against published rounds.

use crate::support;

use crate::support::files;
use std::ops::ControlFlow;
use tetraswarm::Simulation;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::hear::Traffic;
use tetraswarm::hear::ask::From;
use tetraswarm::number::{Permutation, Stream, multiply_high, stream_key, threefry2x32};
use tetraswarm::part::consensus::RULES;
use tetraswarm::part::rumour::{Rumour, RumourKind};
use tetraswarm::scenario::Scenario;
use tetraswarm::swarm::Swarm;
use tetraswarm::topology::Topology;

fn scenario(nodes: u32, seed: u32, ticks: u32, rule: &str, rest: &str) -> Scenario {
    let text = format!(
        "name = \"test\"\nagents = {nodes}\nticks = {ticks}\nseed = {seed}\n[consensus]\nrule = \"rumour\"\n{rule}\n\
         [measure]\nevery = 1\n[stop]\nspread = 0\n{rest}"
    );
    Scenario::from_toml("test", &text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

/// After how many rounds all know: mean and standard error of the mean over so many seeds.
fn rounds(nodes: u32, kind: &str, from: &str, topology: &str, runs: u32) -> (f64, f64) {
    let device = CpuDevice::new(2).unwrap();
    let all: Vec<f64> = (0..runs)
        .map(|seed| {
            let rule = format!("kind = \"{kind}\"\nfrom = \"{from}\"");
            let scenario = scenario(
                nodes,
                seed,
                1000,
                &rule,
                &format!("[topology]\nkind = \"{topology}\"\n"),
            );
            let mut simulation = Simulation::new(&scenario, &device).unwrap();
            let report = simulation.run().unwrap();
            assert_eq!(report.measurement.spread, Some(0), "{kind}, {from}, seed {seed}");
            let rounds = simulation.rounds().unwrap().unwrap();
            // All but the first have heard, the last of them in the last tick.
            assert_eq!(
                (rounds.nodes(), rounds.last()),
                (u64::from(nodes) - 1, Some(report.ticks))
            );
            f64::from(report.ticks)
        })
        .collect();
    let n = f64::from(runs);
    let mean = all.iter().sum::<f64>() / n;
    let variance = all.iter().map(|r| (r - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, (variance / n).sqrt())
}

/// n, and of 200 runs or so the mean number of rounds of push from one node until all n know, and its standard error.
const PUSH: [(u32, f64, f64); 4] = [
    (256, 14.7, 0.10319883720275147),
    (1024, 18.155, 0.09249256726894331),
    (4096, 21.555, 0.09074621204215633),
    (65_536, 28.245, 0.08674603737347314),
];

#[test]
fn push_needs_as_many_rounds_as_published() {
    for (nodes, published, error) in PUSH {
        let runs = if nodes > 4096 { 12 } else { 100 };
        let (mean, own) = rounds(nodes, "push", "swarm", "ring", runs);
        let bound = 4.0 * (error * error + own * own).sqrt();
        assert!(
            (mean - published).abs() < bound,
            "{nodes}: {mean} for {published}, {bound} allowed"
        );
    }
}

/// The distribution of the number of different ignorant nodes, of `ignorant`, that `calls` calls hit, each one of `among` nodes.
fn hit(calls: usize, ignorant: usize, among: f64) -> Vec<f64> {
    let mut law = vec![0.0; calls.min(ignorant) + 1];
    law[0] = 1.0;
    for _ in 0..calls {
        for r in (0..law.len()).rev() {
            let comes = if r == 0 {
                0.0
            } else {
                law[r - 1] * (ignorant + 1 - r) as f64 / among
            };
            law[r] = law[r] * (1.0 - (ignorant - r) as f64 / among) + comes;
        }
    }
    law
}

/// The distribution of the number of successes of so many trials.
fn binomial(trials: usize, p: f64) -> Vec<f64> {
    if p >= 1.0 {
        return (0..=trials).map(|r| f64::from(u8::from(r == trials))).collect();
    }
    let mut law = vec![(1.0 - p).powi(trials as i32)];
    for r in 0..trials {
        law.push(law[r] * (trials - r) as f64 / (r + 1) as f64 * p / (1.0 - p));
    }
    law
}

/// The expected number of rounds on the complete graph of n nodes, where a call is to one of the n − 1 others, exactly: the
/// number of those who know is a Markov chain.
fn expected(n: usize, kind: RumourKind) -> f64 {
    let among = (n - 1) as f64;
    let mut rounds = vec![0.0; n + 1];
    for know in (1..n).rev() {
        let ignorant = n - know;
        let told = if kind == RumourKind::Pull {
            vec![1.0]
        } else {
            hit(know, ignorant, among)
        };
        let (mut stay, mut rest) = (0.0, 0.0);
        for (r, told) in told.into_iter().enumerate().filter(|(_, p)| *p > 1e-18) {
            let asked = match kind {
                RumourKind::Push => vec![1.0],
                _ => binomial(ignorant - r, know as f64 / among),
            };
            for (s, asked) in asked.into_iter().enumerate() {
                if r + s == 0 {
                    stay += told * asked;
                } else {
                    rest += told * asked * rounds[know + r + s];
                }
            }
        }
        rounds[know] = (1.0 + rest) / (1.0 - stay);
    }
    rounds[1]
}

#[test]
fn rounds_on_the_complete_graph_follow_the_exact_law() {
    // By another program.
    assert!((expected(256, RumourKind::Push) - 14.67002800829759).abs() < 1e-9);
    assert!((expected(256, RumourKind::Pull) - 11.463205704563515).abs() < 1e-9);
    for (nodes, kind, name, runs) in [
        (256, RumourKind::Push, "push", 100),
        (256, RumourKind::Pull, "pull", 100),
        (256, RumourKind::PushPull, "push-pull", 100),
        (1024, RumourKind::Push, "push", 25),
    ] {
        let exact = expected(nodes, kind);
        let (mean, error) = rounds(nodes as u32, name, "neighbours", "complete", runs);
        assert!(
            (mean - exact).abs() < 4.0 * error,
            "{name}, {nodes}: {mean} ± {error} for {exact}"
        );
    }
}

#[test]
fn two_nodes_hear_at_once_or_never() {
    // With neighbours the one can only call the other; from the swarm half of all calls are to oneself.
    for kind in ["push", "pull", "push-pull"] {
        assert_eq!(rounds(2, kind, "neighbours", "complete", 10), (1.0, 0.0), "{kind}");
        let mean = match kind {
            "push-pull" => 4.0 / 3.0,
            _ => 2.0,
        };
        let (found, error) = rounds(2, kind, "swarm", "complete", 400);
        assert!(
            (found - mean).abs() < 4.0 * error,
            "{kind}: {found} ± {error} for {mean}"
        );
    }
}

/// Among 64 permutations a node is told by nobody with probability (1 − share/64)^64.
#[test]
fn in_one_tick_as_many_are_told_as_the_permutations_say() {
    let device = CpuDevice::new(2).unwrap();
    for share in [0.1f64, 0.5, 0.9] {
        let (mut ignorant, mut remain) = (0.0, 0.0);
        for seed in 0..8 {
            let rule = format!("kind = \"push\"\nfrom = \"swarm\"\nstart = {{ kind = \"share\", share = {share} }}");
            let scenario = scenario(30_000, seed, 1, &rule, "[topology]\nkind = \"ring\"\n");
            let mut simulation = Simulation::new(&scenario, &device).unwrap();
            simulation.run().unwrap();
            let rows = simulation.measurements();
            assert_eq!(f64::from(rows[0].spread.unwrap()), (30_000.0 * (1.0 - share)).round());
            // Each of those who know calls one.
            assert_eq!(rows[1].messages as f64, (60_000.0 * share).round());
            ignorant += f64::from(rows[0].spread.unwrap());
            remain += f64::from(rows[1].spread.unwrap());
        }
        let p = (1.0 - share / 64.0).powi(64);
        // At most binomial: that some are told makes it less likely for others.
        let error = (p * (1.0 - p) / ignorant).sqrt();
        assert!(
            (remain / ignorant - p).abs() < 4.0 * error,
            "{share}: {} for {p} ± {error}",
            remain / ignorant
        );
    }
}

/// The rule as the papers state it, call by call. Shares no code with the engine but the random numbers and who reaches whom.
struct Plain {
    spec: Rumour,
    seed: u32,
    knows: Vec<bool>,
    heard: Vec<u32>,
    calls: u64,
}

impl Plain {
    fn word(&self, node: u32, tick: u32) -> u32 {
        threefry2x32([stream_key(self.seed, Stream::Partner), 0], [node, tick])[0]
    }

    /// Whom a node calls that does not know the rumour, or that tells a neighbour.
    fn call(&self, topology: &dyn Topology, traffic: &Traffic<'_>, i: u32, tick: u32) -> Option<u32> {
        if self.spec.from == From::Swarm {
            let j = multiply_high(self.word(i, tick), topology.nodes());
            return (j == i || traffic.reaches(i, j)).then_some(j);
        }
        let place = multiply_high(self.word(i, tick), topology.slots_of(i));
        let j = topology.neighbour(i, place);
        (j != i && traffic.link_carries(i, j, place)).then_some(j)
    }

    /// Whom a node tells.
    fn aim(&self, topology: &dyn Topology, traffic: &Traffic<'_>, i: u32, tick: u32) -> Option<u32> {
        if self.spec.from == From::Neighbours {
            return self.call(topology, traffic, i, tick);
        }
        let number = multiply_high(self.word(i, tick), 64);
        let key = stream_key(self.seed, Stream::Choice);
        let pairs: Vec<u32> = (0..4)
            .flat_map(|k| threefry2x32([key, 4 * number + k], [tick, 0]))
            .collect();
        let j = Permutation::new(topology.nodes(), pairs.try_into().unwrap()).permuted(i);
        traffic.reaches(i, j).then_some(j)
    }

    fn step(&mut self, topology: &dyn Topology, traffic: &Traffic<'_>, tick: u32) {
        let old = self.knows.clone();
        self.calls = 0;
        for i in (0..topology.nodes()).filter(|&i| traffic.takes_part(i) && traffic.acts(i)) {
            let hears = if old[i as usize] && self.spec.kind != RumourKind::Pull {
                self.calls += 1;
                self.aim(topology, traffic, i, tick)
            } else if !old[i as usize] && self.spec.kind != RumourKind::Push {
                self.calls += 1;
                let answers = |&j: &u32| old[j as usize] && !traffic.is_liar(j);
                self.call(topology, traffic, i, tick).filter(answers).map(|_| i)
            } else {
                self.calls += u64::from(self.spec.kind == RumourKind::PushPull);
                None
            };
            if let Some(i) = hears.filter(|&i| !old[i as usize] && traffic.takes_part(i)) {
                self.knows[i as usize] = true;
                self.heard[i as usize] = tick + 1;
            }
        }
    }
}

const FAULTS: &str = "[timing]\nkind = \"golden\"\nrate = 0.6\n[faults]\nloss = 0.1\ncrash = 0.02\nrecovery = 0.2\n\
    state = \"reset\"\nliars = { who = { kind = \"share\", share = 0.2 }, tell = { kind = \"constant\", value = 1 } }\n";

#[test]
fn every_sample_equals_the_plain_account() {
    let folder = files();
    let device = CpuDevice::new(2).unwrap();
    let rule = RULES.iter().find(|rule| rule.name == "rumour").unwrap();
    let topologies = ["kind = \"chord\"", "kind = \"random-regular\"", "kind = \"path\""];
    for sample in rule.samples {
        for topology in topologies {
            for faults in ["", FAULTS] {
                let rest = format!("[topology]\n{topology}\n{faults}");
                let mut scenario = scenario(501, 3, 30, sample, &rest);
                scenario.agents = Some(if topology.contains("regular") { 502 } else { 501 });
                scenario.stop.spread = None;
                let swarm = Swarm::build(&scenario, folder.path()).unwrap();
                let topology = std::sync::Arc::clone(&swarm.plan.topology);
                let (schedule, broken) = (swarm.plan.schedule, swarm.plan.faults.clone());
                let mut simulation = Simulation::load(swarm, &device).unwrap();
                let Some(spec) = scenario.part::<Rumour>() else {
                    panic!()
                };
                let mut plain = Plain {
                    spec: spec.clone(),
                    seed: scenario.seed,
                    knows: simulation
                        .column("consensus.rumour")
                        .unwrap()
                        .into_iter()
                        .map(|word| word == 1)
                        .collect(),
                    heard: vec![0; topology.nodes() as usize],
                    calls: 0,
                };
                for tick in 0..30 {
                    simulation.run_until(tick + 1, |_| ControlFlow::Continue(())).unwrap();
                    let status = if broken.is_some() {
                        simulation.column("faults.status").unwrap()
                    } else {
                        Vec::new()
                    };
                    for (i, _) in status.iter().enumerate().filter(|(_, status)| **status & 8 != 0) {
                        (plain.knows[i], plain.heard[i]) = (false, 0);
                    }
                    let traffic = Traffic::new(schedule, tick, broken.as_ref().map(|faults| (faults, &*status)));
                    plain.step(&*topology, &traffic, tick);
                    let label = format!("{sample}\n{rest}tick {tick}");
                    let words = simulation.column("consensus.rumour").unwrap();
                    assert!(
                        words
                            .iter()
                            .map(|word| word & 0xFFFF == 1)
                            .eq(plain.knows.iter().copied()),
                        "{label}"
                    );
                    assert_eq!(simulation.column("consensus.heard").unwrap(), plain.heard, "{label}");
                    let row = simulation.measurements().last().unwrap();
                    assert_eq!(row.messages, 2 * plain.calls, "{label}");
                }
            }
        }
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    for (start, key, says) in [
        ("kind = \"nodes\", nodes = [0, 25]", "consensus.start.nodes", "node 25"),
        ("kind = \"nodes\", nodes = []", "consensus.start.nodes", "1"),
        ("kind = \"share\", share = 0.01", "consensus.start.share", "nobody"),
        ("kind = \"share\", share = 1.5", "consensus.start.share", "1.5"),
    ] {
        let text = format!(
            "agents = 25\nticks = 5\ntopology.kind = \"ring\"\n[consensus]\nrule = \"rumour\"\nstart = {{ {start} }}\n"
        );
        let plan = |scenario: Scenario| Swarm::plan(&scenario, std::path::Path::new("")).map(|_| ());
        let error = Scenario::from_toml("test", &text)
            .and_then(plan)
            .unwrap_err()
            .to_string();
        assert!(error.contains(key) && error.contains(says), "{start}: {error}");
    }
}

#[cfg(feature = "gpu")]
#[test]
fn every_sample_has_the_same_rows_on_every_device() {
    use tetraswarm::device::Device;
    let rule = RULES.iter().find(|rule| rule.name == "rumour").unwrap();
    let gpus = support::gpus();
    for sample in rule.samples {
        for (nodes, topology, faults) in [
            (2, "kind = \"complete\"", ""),
            (700, "kind = \"chord\"", ""),
            (700, "kind = \"small-world\"", FAULTS),
        ] {
            if nodes == 2 && sample.contains("start") {
                continue;
            }
            let mut scenario = scenario(nodes, 5, 12, sample, &format!("[topology]\n{topology}\n{faults}"));
            (scenario.measure.every, scenario.stop.spread) = (3, None);
            let rows = |device: &dyn Device| {
                let mut simulation = Simulation::new(&scenario, device).unwrap();
                simulation.run().unwrap();
                (simulation.rounds().unwrap(), simulation.measurements().to_vec())
            };
            let expected = rows(&CpuDevice::new(2).unwrap());
            for gpu in &gpus {
                assert_eq!(
                    rows(gpu),
                    expected,
                    "{sample}\n{topology}\n{faults}on {}",
                    gpu.info().backend
                );
            }
        }
    }
}
