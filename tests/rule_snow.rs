//! The Snow family against a plain account of it, the sampling law, and published rounds to decide.

use crate::support;

use crate::support::files;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use tetraswarm::Simulation;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::hear::Traffic;
use tetraswarm::hear::ask::From;
use tetraswarm::number::{Stream, multiply_high, stream_key, threefry2x32};
use tetraswarm::part::consensus::RULES;
use tetraswarm::part::snow::{Snow, SnowKind};
use tetraswarm::scenario::Scenario;
use tetraswarm::swarm::Swarm;
use tetraswarm::topology::Topology;

fn scenario(nodes: u32, seed: u32, ticks: u32, rule: &str, rest: &str) -> Scenario {
    let text = format!(
        "name = \"test\"\nagents = {nodes}\nticks = {ticks}\nseed = {seed}\n[consensus]\nrule = \"snow\"\n{rule}\n\
         [measure]\nevery = {ticks}\n{rest}"
    );
    Scenario::from_toml("test", &text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

const RING: &str = "[topology]\nkind = \"ring\"\n";

fn run(scenario: &Scenario) -> Simulation {
    let mut simulation = Simulation::new(scenario, &CpuDevice::new(1).unwrap()).unwrap();
    simulation.run().unwrap();
    simulation
}

/// P(X ≥ α) for X hypergeometric: k out of n without replacement, of which c hold the opinion.
fn success(n: u32, c: u32, k: u32, alpha: u32) -> f64 {
    let choose = |n: u32, k: u32| (0..k).fold(1.0, |all, i| all * f64::from(n - i) / f64::from(i + 1));
    (alpha..=k).map(|x| choose(c, x) * choose(n - c, k - x)).sum::<f64>() / choose(n, k)
}

/// (k, α, share, P), computed independently for n = 2000.
const SAMPLING: [(u32, u32, f64, f64); 15] = [
    (10, 8, 0.5, 0.054247828585873584),
    (10, 8, 0.6, 0.16664338707408807),
    (10, 8, 0.7, 0.3823144724430035),
    (10, 8, 0.8, 0.6779514407078161),
    (10, 8, 0.9, 0.9302843449148931),
    (20, 15, 0.5, 0.020197102702403574),
    (20, 15, 0.6, 0.12438151016782827),
    (20, 15, 0.7, 0.41569591116531823),
    (20, 15, 0.8, 0.8051970195153193),
    (20, 15, 0.9, 0.9891575756378053),
    (20, 14, 0.5, 0.056752401100602035),
    (20, 14, 0.6, 0.24884271400873167),
    (20, 14, 0.7, 0.6083000307613718),
    (20, 14, 0.8, 0.9143623711461274),
    (20, 14, 0.9, 0.9977533641905856),
];

/// The share of samples in the first tick that are a success for opinion 1, which so many nodes hold.
fn successes(nodes: u32, ones: u32, k: u32, alpha: u32, seeds: u32) -> f64 {
    let share = f64::from(ones) / f64::from(nodes);
    let rest = 1.0 - share;
    let rule = format!(
        "opinions = 2\nk = {k}\nalpha = {alpha}\nfrom = \"swarm\"\nstart = {{ kind = \"shares\", shares = [{share}, {rest}] }}"
    );
    let of = |seed| {
        let mut simulation = run(&scenario(nodes, seed, 1, &rule, RING));
        // The first lane counts the successes of opinion 1.
        let confidence = simulation.column("consensus.confidence").unwrap();
        confidence[..nodes as usize].iter().sum::<u32>()
    };
    f64::from((0..seeds).map(of).sum::<u32>()) / f64::from(seeds * nodes)
}

#[test]
fn samples_follow_the_hypergeometric_law() {
    for (k, alpha, share, p) in SAMPLING {
        let exact = success(2000, (2000.0 * share) as u32, k, alpha);
        assert!(
            (exact / p - 1.0).abs() < 1e-12,
            "{k}, {alpha}, {share}: {exact} for {p}"
        );
        let found = successes(2000, (2000.0 * share) as u32, k, alpha, 20);
        let error = (p * (1.0 - p) / 40_000.0).sqrt();
        assert!(
            (found - p).abs() < 4.0 * error,
            "{k}, {alpha}, {share}: {found} for {p} ± {error}"
        );
    }
    // Of few nodes it shows whether one is drawn twice.
    for (ones, alpha) in [(60, 15), (50, 11), (80, 15)] {
        let p = success(100, ones, 20, alpha);
        let found = successes(100, ones, 20, alpha, 400);
        let error = (p * (1.0 - p) / 40_000.0).sqrt();
        assert!((found - p).abs() < 4.0 * error, "{ones}: {found} for {p} ± {error}");
    }
}

/// Mode, k, α, β, share of opinion 1, and of 40 runs the mean number of rounds until all of 2000 nodes have decided, and its
/// standard deviation.
const ROUNDS: [(&str, u32, u32, u32, f64, f64, f64); 6] = [
    ("snowflake", 10, 8, 15, 0.5, 27.775, 2.150436002302789),
    ("snowflake", 20, 15, 20, 0.5, 35.825, 3.2317758276217114),
    ("snowflake", 10, 8, 15, 0.6, 19.275, 0.4465142774872937),
    ("snowball", 10, 8, 15, 0.5, 33.05, 4.409931972264425),
    ("snowball", 20, 15, 20, 0.5, 39.175, 4.959271619905488),
    ("snowball", 10, 8, 15, 0.6, 19.85, 0.3570714214271425),
];

#[test]
fn all_have_decided_after_as_many_rounds_as_published() {
    const RUNS: u32 = 40;
    for (kind, k, alpha, beta, share, mean, deviation) in ROUNDS {
        let rest = 1.0 - share;
        let rule = format!(
            "kind = \"{kind}\"\nopinions = 2\nk = {k}\nalpha = {alpha}\nbeta = {beta}\nfrom = \"swarm\"\n\
             start = {{ kind = \"shares\", shares = [{share}, {rest}] }}"
        );
        let rounds: Vec<f64> = (0..RUNS)
            .map(|seed| {
                let mut simulation = run(&scenario(2000, 100 + seed, 150, &rule, RING));
                let opinions = simulation.measurements().last().unwrap().opinions().unwrap().clone();
                assert_eq!(
                    (opinions.decided, opinions.agreement),
                    (2000, Some(1.0)),
                    "{kind}, seed {seed}"
                );
                let rounds = simulation.rounds().unwrap().unwrap();
                assert_eq!(rounds.nodes(), 2000);
                f64::from(rounds.last().unwrap())
            })
            .collect();
        let n = f64::from(RUNS);
        let found = rounds.iter().sum::<f64>() / n;
        let variance = rounds.iter().map(|r| (r - found).powi(2)).sum::<f64>() / (n - 1.0);
        let error = ((variance + deviation * deviation) / n).sqrt();
        assert!(
            (found - mean).abs() < 4.0 * error,
            "{kind}, {k}, {share}: {found} for {mean}, ± {error}"
        );
    }
}

#[test]
fn where_all_agree_all_decide_after_beta_rounds() {
    for (kind, from, beta) in [
        ("snowflake", "swarm", 1),
        ("snowflake", "neighbours", 7),
        ("snowball", "swarm", 7),
    ] {
        let rule = format!(
            "kind = \"{kind}\"\nopinions = 3\nk = 5\nalpha = 4\nbeta = {beta}\nfrom = \"{from}\"\n\
             start = {{ kind = \"shares\", shares = [0, 1, 0] }}"
        );
        let mut simulation = run(&scenario(100, 1, 12, &rule, RING));
        assert_eq!(
            simulation.rounds().unwrap().unwrap().histogram,
            [(beta, 100)],
            "{kind}, {from}"
        );
        let row = simulation.measurements().last().unwrap();
        let opinions = row.opinions().unwrap();
        assert_eq!(
            (opinions.leader, opinions.decided, opinions.decided_wrong, row.spread),
            (Some(2), 100, 0, Some(0))
        );
        // Nobody asks any more.
        assert_eq!(row.messages, 0);
    }
    let slush = "kind = \"slush\"\nopinions = 2\nk = 5\nalpha = 4\nstart = { kind = \"shares\", shares = [0, 1] }";
    let mut simulation = run(&scenario(100, 1, 12, slush, RING));
    assert_eq!(simulation.rounds().unwrap(), None);
    let row = simulation.measurements().last().unwrap();
    assert_eq!((row.opinions().unwrap().decided, row.messages), (0, 1000));
}

/// The rule as the papers state it, node by node. Shares no code with the engine but the random numbers and who reaches whom.
struct Plain {
    spec: Snow,
    seed: u32,
    opinion: Vec<u32>,
    has_decided: Vec<bool>,
    decided: Vec<u32>,
    count: Vec<u32>,
    last: Vec<u32>,
    confidence: Vec<[u32; 17]>,
}

impl Plain {
    fn new(scenario: &Scenario, opinion: Vec<u32>) -> Self {
        let Some(spec) = scenario.part::<Snow>() else { panic!() };
        let n = opinion.len();
        Self {
            spec: spec.clone(),
            seed: scenario.seed,
            opinion,
            has_decided: vec![false; n],
            decided: vec![0; n],
            count: vec![0; n],
            last: vec![0; n],
            confidence: vec![[0; 17]; n],
        }
    }

    fn word(&self, node: u32, draw: u32, tick: u32) -> u32 {
        threefry2x32([stream_key(self.seed, Stream::Partner), draw / 2], [node, tick])[draw as usize % 2]
    }

    /// Whom a node asks, if the answer arrives.
    fn sample(&self, topology: &dyn Topology, traffic: &Traffic<'_>, i: u32, tick: u32) -> Vec<Option<u32>> {
        let n = topology.nodes();
        let mut set = BTreeSet::new();
        let draw = |d: u32| match self.spec.from {
            From::Swarm => {
                let last = n - self.spec.k + d;
                let drawn = multiply_high(self.word(i, d, tick), last + 1);
                let j = if set.insert(drawn) { drawn } else { last };
                set.insert(j);
                (j == i || traffic.reaches(i, j)).then_some(j)
            }
            From::Neighbours => {
                let place = multiply_high(self.word(i, d, tick), topology.slots_of(i));
                let j = topology.neighbour(i, place);
                (topology.slots_of(i) > 0 && j != i && traffic.link_carries(i, j, place)).then_some(j)
            }
        };
        (0..self.spec.k).map(draw).collect()
    }

    fn forget(&mut self, i: usize) {
        (self.opinion[i], self.has_decided[i], self.decided[i]) = (0, false, 0);
        (self.count[i], self.last[i], self.confidence[i]) = (0, 0, [0; 17]);
    }

    fn step(&mut self, topology: &dyn Topology, traffic: &Traffic<'_>, tick: u32) {
        let old = self.opinion.clone();
        let (kind, alpha, beta) = (self.spec.kind, self.spec.alpha, self.spec.beta.unwrap_or(20));
        for i in 0..topology.nodes() {
            let at = i as usize;
            if !traffic.takes_part(i) || !traffic.acts(i) || self.has_decided[at] {
                continue;
            }
            let sample = self.sample(topology, traffic, i, tick);
            let answers = sample
                .into_iter()
                .flatten()
                .map(|j| traffic.told(j, i, old[j as usize], old[at]));
            let answers: Vec<u32> = answers.filter(|&answer| answer != 0).collect();
            let agree = |c: u32| answers.iter().filter(|&&answer| answer == c).count() as u32;
            let majority = (1..=self.spec.opinions).find(|&c| agree(c) >= alpha);
            let Some(c) = majority else {
                self.count[at] = 0;
                if kind == SnowKind::Slush && old[at] == 0 && !answers.is_empty() {
                    let drawn = multiply_high(self.word(i, self.spec.k, tick), answers.len() as u32);
                    self.opinion[at] = answers[drawn as usize];
                }
                continue;
            };
            match kind {
                SnowKind::Slush if old[at] == 0 => {
                    let drawn = multiply_high(self.word(i, self.spec.k, tick), answers.len() as u32);
                    self.opinion[at] = answers[drawn as usize];
                }
                SnowKind::Slush => self.opinion[at] = c,
                SnowKind::Snowflake => {
                    self.count[at] = if c == old[at] { self.count[at] + 1 } else { 1 };
                    self.opinion[at] = c;
                }
                SnowKind::Snowball => {
                    self.confidence[at][c as usize] += 1;
                    let own = if old[at] == 0 {
                        0
                    } else {
                        self.confidence[at][old[at] as usize]
                    };
                    if self.confidence[at][c as usize] > own {
                        self.opinion[at] = c;
                    }
                    self.count[at] = if c == self.last[at] { self.count[at] + 1 } else { 1 };
                    self.last[at] = c;
                }
            }
            if kind != SnowKind::Slush && self.count[at] >= beta {
                self.has_decided[at] = true;
                self.decided[at] = tick + 1;
            }
        }
    }
}

const FAULTS: &str = "[timing]\nkind = \"bernoulli\"\nrate = 0.7\n[faults]\nloss = 0.05\n\
    crash = 0.02\nrecovery = 0.2\nstate = \"reset\"\n\
    liars = { who = { kind = \"share\", share = 0.1 }, tell = { kind = \"against\" } }\n";

#[test]
fn every_sample_equals_the_plain_account() {
    let folder = files();
    let device = CpuDevice::new(2).unwrap();
    let rule = RULES.iter().find(|rule| rule.name == "snow").unwrap();
    let topologies = ["kind = \"chord\"", "kind = \"random-regular\"", "kind = \"path\""];
    for sample in rule.samples {
        for topology in topologies {
            for faults in ["", FAULTS] {
                let rest = format!("[topology]\n{topology}\n{faults}");
                let scenario = scenario(500, 3, 40, sample, &rest);
                let swarm = Swarm::build(&scenario, folder.path()).unwrap();
                let topology = std::sync::Arc::clone(&swarm.plan.topology);
                let (schedule, broken) = (swarm.plan.schedule, swarm.plan.faults.clone());
                let mut simulation = Simulation::load(swarm, &device).unwrap();
                let mut plain = Plain::new(&scenario, simulation.column("consensus.opinion").unwrap());
                for tick in 0..40 {
                    simulation.run_until(tick + 1, |_| ControlFlow::Continue(())).unwrap();
                    let status = if broken.is_some() {
                        simulation.column("faults.status").unwrap()
                    } else {
                        Vec::new()
                    };
                    for (i, _) in status.iter().enumerate().filter(|(_, status)| **status & 8 != 0) {
                        plain.forget(i);
                    }
                    let traffic = Traffic::new(schedule, tick, broken.as_ref().map(|faults| (faults, &*status)));
                    plain.step(&*topology, &traffic, tick);
                    let found = simulation.column("consensus.opinion").unwrap();
                    for (i, &word) in found.iter().enumerate() {
                        let expected = (plain.opinion[i], plain.has_decided[i]);
                        assert_eq!(
                            (word & 0xFFFF, word >> 31 != 0),
                            expected,
                            "{sample}\n{rest}tick {tick}, node {i}"
                        );
                    }
                    if simulation.plan().noted.is_some() {
                        assert_eq!(
                            simulation.column("consensus.decided").unwrap(),
                            plain.decided,
                            "{sample}\n{rest}tick {tick}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let refusal = |nodes: u32, rule: &str| {
        let text = format!("agents = {nodes}\nticks = 5\n{RING}[consensus]\nrule = \"snow\"\nopinions = 2\n{rule}\n");
        let scenario = match Scenario::from_toml("test", &text) {
            Ok(scenario) => scenario,
            Err(error) => return error.to_string(),
        };
        Swarm::plan(&scenario, std::path::Path::new(""))
            .unwrap_err()
            .to_string()
    };
    for (rule, key, says) in [
        ("k = 20\nalpha = 10", "consensus.alpha", "11 to 20"),
        ("k = 20\nalpha = 21", "consensus.alpha", "rule snow"),
        ("k = 1\nalpha = 0", "consensus.alpha", "0"),
        ("k = 0\nalpha = 1", "consensus.k", "0"),
        ("k = 65\nalpha = 40", "consensus.k", "65"),
        ("beta = 0", "consensus.beta", "0"),
        ("kind = \"slush\"\nbeta = 3", "consensus.beta", "slush"),
        ("from = \"swarm\"\nk = 30\nalpha = 20", "consensus.k", "25 nodes"),
        (
            "start = { kind = \"shares\", shares = [0.5, 0.4] }",
            "consensus.start.shares",
            "0.9",
        ),
        ("kind = \"avalanche\"", "consensus.kind", "avalanche"),
    ] {
        let error = refusal(25, rule);
        assert!(error.contains(key) && error.contains(says), "{rule}: {error}");
    }
    // Neighbours are drawn with replacement.
    let scenario = scenario(
        25,
        1,
        1,
        "opinions = 2\nk = 30\nalpha = 20\nfrom = \"neighbours\"",
        RING,
    );
    assert!(Swarm::plan(&scenario, std::path::Path::new("")).is_ok());
}

#[cfg(feature = "gpu")]
#[test]
fn every_sample_has_the_same_rows_on_every_device() {
    let rule = RULES.iter().find(|rule| rule.name == "snow").unwrap();
    let gpus = support::gpus();
    let full = "kind = \"snowball\"\nopinions = 16\nk = 64\nalpha = 33\nbeta = 3\nfrom = \"swarm\"";
    for sample in rule.samples.iter().chain([&rule.standard, &full]) {
        for (topology, faults) in [("kind = \"chord\"", ""), ("kind = \"small-world\"", FAULTS)] {
            let rest = format!("[topology]\n{topology}\n{faults}");
            let mut scenario = scenario(700, 5, 25, sample, &rest);
            scenario.measure.every = 5;
            let rows = |device: &dyn tetraswarm::device::Device| {
                let mut simulation = Simulation::new(&scenario, device).unwrap();
                simulation.run().unwrap();
                (simulation.rounds().unwrap(), simulation.measurements().to_vec())
            };
            let expected = rows(&CpuDevice::new(2).unwrap());
            for gpu in &gpus {
                use tetraswarm::device::Device;
                assert_eq!(rows(gpu), expected, "{sample}\n{rest}on {}", gpu.info().backend);
            }
        }
    }
}
