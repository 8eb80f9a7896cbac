//! Second-order diffusion, dimension exchange and pairwise gossip: each against a plain account of it, and against what theory and
//! the references say. The tests of `tracking` are in `rule_tracking.rs`.

use crate::support;

use crate::support::files;
use std::ops::ControlFlow;
use std::path::Path;
use tetraswarm::device::Device;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::gauge::Measurement;
use tetraswarm::hear::{NO_SLOT, Traffic};
use tetraswarm::number::{Stream, bounded, link_phase, multiply_high, scramble, stream_key, threefry2x32};
use tetraswarm::plan::Plan;
use tetraswarm::scenario::Scenario;
use tetraswarm::swarm::Swarm;
use tetraswarm::{Error, Simulation};

/// A scenario of `agents` nodes; 0 where a file brings them.
fn scenario(agents: u32, ticks: u32, topology: &str, consensus: &str, rest: &str) -> Scenario {
    let agents = if agents == 0 {
        String::new()
    } else {
        format!("agents = {agents}\n")
    };
    let topology = match topology.starts_with('[') {
        true => format!("topology = {topology}"),
        false => format!("topology = {{ {topology} }}"),
    };
    let text = format!(
        "{agents}ticks = {ticks}\nseed = 5\n{topology}\n[measure]\nevery = 1\n[consensus]\n{consensus}\n{rest}\n"
    );
    Scenario::from_toml("test", &text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

fn cpu() -> CpuDevice {
    CpuDevice::new(2).unwrap()
}

fn simulation(scenario: &Scenario, folder: &Path) -> Simulation {
    Simulation::load(Swarm::build(scenario, folder).unwrap(), &cpu()).unwrap_or_else(|e| panic!("{e}"))
}

fn advance(simulation: &mut Simulation, tick: u32) {
    simulation
        .run_until(tick, |_| ControlFlow::Continue(()))
        .unwrap_or_else(|e| panic!("{e}"));
}

fn rows(scenario: &Scenario, folder: &Path, device: &dyn Device) -> Vec<Measurement> {
    let mut simulation = Simulation::load(Swarm::build(scenario, folder).unwrap(), device).unwrap();
    simulation.run().unwrap_or_else(|e| panic!("{e}"));
    simulation.measurements().to_vec()
}

/// Who acts when.
const TIMINGS: [&str; 4] = [
    "",
    "[timing]\nkind = \"bernoulli\"\nrate = 0.4",
    "[timing]\nkind = \"golden\"\nrate = 0.3",
    "[timing]\nkind = \"equispaced\"\nrate = 0.5",
];

/// Faults of every kind, with liars and without.
const FAULTS: [&str; 6] = [
    "",
    "[faults]\nloss = 0.3",
    "[faults]\ncrash = 0.1\nrecovery = 0.3",
    "[faults]\nloss = 0.1\ncrash = 0.1\nrecovery = 0.3\nstate = \"reset\"",
    "[faults]\nloss = 0.1\nliars = { who = { kind = \"share\", share = 0.2 }, tell = { kind = \"two-faced\", low = -5000, high = 90000 } }",
    "[faults]\ncrash = 0.05\nrecovery = 0.2\nstate = \"reset\"\n\
     liars = { who = { kind = \"share\", share = 0.1 }, tell = { kind = \"random\", low = -5000, high = 5000 } }\n\
     events = [{ kind = \"partition\", tick = 3, along = { kind = \"ranges\", starts = [2] } }, { kind = \"heal\", tick = 6 },\n\
     { kind = \"kill\", tick = 4, who = { kind = \"share\", share = 0.2 } }, { kind = \"revive\", tick = 8, who = { kind = \"all\" } }]",
];

/// Small networks of all forms: runs, masks, lists, parallel links, stored links, and overlays of them.
const NETWORKS: [(u32, &str); 9] = [
    (37, "kind = \"ring\""),
    (64, "kind = \"hamming\""),
    (30, "kind = \"torus2d\""),
    (64, "kind = \"tetrahedral\""),
    (25, "kind = \"random-regular\", degree = 20"),
    (50, "kind = \"path\""),
    (0, "kind = \"graph\", file = \"star.txt\""),
    (
        64,
        "[{ kind = \"ring\" }, { kind = \"hypercube\" }, { kind = \"small-world\" }]",
    ),
    (
        0,
        "[{ kind = \"ring\" }, { kind = \"graph\", file = \"star.txt\" }, { kind = \"path\" }]",
    ),
];

/// The traffic of the tick that has just been done.
fn with_traffic<T>(simulation: &mut Simulation, tick: u32, f: impl FnOnce(&Plan, &Traffic<'_>, &[u32]) -> T) -> T {
    let status = match &simulation.plan().faults {
        Some(_) => simulation.column("faults.status").unwrap(),
        None => Vec::new(),
    };
    let plan = simulation.plan();
    let traffic = Traffic::new(
        plan.schedule,
        tick,
        plan.faults.as_ref().map(|faults| (faults, &*status)),
    );
    f(plan, &traffic, &status)
}

/// Nodes that have just come back may have forgotten what they believed.
fn forget(plan: &Plan, status: &[u32], beliefs: &mut [i64]) {
    if plan.faults.as_ref().is_some_and(|faults| faults.forgets) {
        for (belief, status) in beliefs.iter_mut().zip(status) {
            if status & tetraswarm::fault::bits::FRESH != 0 {
                *belief = 0;
            }
        }
    }
}

/// Every link once, with the slot by which the lower end reaches the upper one.
fn links(plan: &Plan) -> Vec<(u32, u32, u32)> {
    let topology = &*plan.topology;
    let mut all = Vec::new();
    for i in 0..plan.nodes() {
        for place in 0..topology.slots_of(i) {
            let j = topology.neighbour(i, place);
            if i < j {
                all.push((i, j, if place < topology.slots() { place } else { NO_SLOT }));
            }
        }
    }
    all
}

/// Second-order diffusion as its definition says: link by link, lower end first, in 128-bit integers.
struct SecondOrder {
    beliefs: Vec<i128>,
    links: Vec<(u32, u32, u32)>,
    flows: Vec<i128>,
    carries: Vec<i128>,
    degrees: Vec<i128>,
    beta: i128,
    rounding: &'static str,
}

impl SecondOrder {
    fn new(simulation: &mut Simulation, beta: i128, rounding: &'static str) -> Self {
        let beliefs = simulation.beliefs().unwrap().into_iter().map(i128::from).collect();
        let plan = simulation.plan();
        let links = links(plan);
        let mut degrees = vec![0; plan.nodes() as usize];
        for &(i, j, _) in &links {
            degrees[i as usize] += 1;
            degrees[j as usize] += 1;
        }
        Self {
            beliefs,
            flows: vec![0; links.len()],
            carries: vec![0; links.len()],
            links,
            degrees,
            beta,
            rounding,
        }
    }

    fn step(&mut self, traffic: &Traffic<'_>, seed: u32) {
        let (old, tick) = (self.beliefs.clone(), traffic.tick());
        // The published scheme's first step is of first order.
        let beta = if tick == 0 { 65_536 } else { self.beta };
        for (k, &(i, j, slot)) in self.links.iter().enumerate() {
            if !traffic.hears(i, j, slot) {
                continue;
            }
            let q = 1 + self.degrees[i as usize].max(self.degrees[j as usize]);
            let difference = old[i as usize] - old[j as usize];
            let wanted = beta * difference + (beta - 65_536) * q * self.flows[k];
            let z = (wanted + 32_768).div_euclid(65_536);
            let flow = match self.rounding {
                "trunc" => z / q,
                "random" => {
                    let words = threefry2x32([stream_key(seed, Stream::Rounding), j - i], [i >> 2, tick]);
                    let word = words[(i >> 1 & 1) as usize].rotate_left(16 * (i & 1));
                    (z + i128::from(bounded(word, q as u32))).div_euclid(q)
                }
                "golden" => {
                    let word = link_phase(i, j - i).wrapping_add(tick.wrapping_mul(0x9E37_78C1));
                    (z + i128::from(bounded(word, q as u32))).div_euclid(q)
                }
                _ => {
                    let total = z + self.carries[k];
                    let flow = total.div_euclid(q);
                    self.carries[k] = total - flow * q;
                    flow
                }
            };
            self.flows[k] = flow;
            self.beliefs[i as usize] -= flow;
            self.beliefs[j as usize] += flow;
        }
    }
}

const ROUNDINGS: [&str; 4] = ["trunc", "random", "golden", "quasi"];

#[test]
fn second_order_equals_the_plain_account() {
    let folder = files();
    for case in 0..108u32 {
        let (agents, network) = NETWORKS[case as usize % 9];
        let rounding = ROUNDINGS[case as usize / 9 % 4];
        let r = |k: u32| threefry2x32([case, k], [3, 4])[0];
        let beta = [1, 131_071 - r(0) % 5000, 65_536 + r(0) % 60_000, 1 + r(0) % 65_535][r(1) as usize % 4];
        let timing = TIMINGS[r(2) as usize % 4];
        let faults = FAULTS[r(3) as usize % 3];
        let label = format!("{network}, {rounding}, β = {beta}/65536, {timing}, {faults}");
        let rule = format!(
            "rule = \"average\"\norder = 2\nbeta = {:?}\nrounding = \"{rounding}\"\nstart = {{ kind = \"uniform\", low = -{2}, high = {1} }}",
            f64::from(beta) / 65_536.0,
            r(4) % 4_000_000,
            r(5) % 300_000,
        );
        let scenario = scenario(agents, 12, network, &rule, &format!("{timing}\n{faults}"));
        let mut simulation = simulation(&scenario, folder.path());
        let mut plain = SecondOrder::new(&mut simulation, beta.into(), rounding);
        for tick in 0..12 {
            advance(&mut simulation, tick + 1);
            with_traffic(&mut simulation, tick, |_, traffic, _| {
                plain.step(traffic, scenario.seed)
            });
            let found = simulation.beliefs().unwrap();
            for (node, (&found, &expected)) in found.iter().zip(&plain.beliefs).enumerate() {
                assert_eq!(i128::from(found), expected, "{label}: node {node} after tick {tick}");
            }
        }
    }
}

#[test]
fn with_a_beta_of_one_it_is_the_first_order() {
    let folder = files();
    for (agents, network) in NETWORKS {
        for rounding in ROUNDINGS {
            let beliefs = |order: &str| {
                let rule = format!(
                    "rule = \"average\"\nrounding = \"{rounding}\"\n{order}\n\
                     start = {{ kind = \"uniform\", low = -268435456, high = 268435456 }}"
                );
                let scenario = scenario(agents, 9, network, &rule, &format!("{}\n{}", TIMINGS[1], FAULTS[4]));
                let mut simulation = simulation(&scenario, folder.path());
                advance(&mut simulation, 9);
                simulation.beliefs().unwrap()
            };
            assert_eq!(
                beliefs("order = 2\nbeta = 1"),
                beliefs("order = 1"),
                "{network}, {rounding}"
            );
        }
    }
}

/// Ghosh, Muthukrishnan, Schultz (SPAA 1996), as they write it: w(1) = M·w(0), then w(t + 1) = β·M·w(t) + (1 − β)·w(t − 1), in real
/// numbers, with the Metropolis matrix M.
fn published(start: &[i32], plan: &Plan, beta: f64, ticks: u32) -> Vec<Vec<f64>> {
    let links = links(plan);
    let degree = |node: u32| links.iter().filter(|link| link.0 == node || link.1 == node).count();
    let weight = |i: u32, j: u32| 1.0 / (1 + degree(i).max(degree(j))) as f64;
    let weights: Vec<(usize, usize, f64)> = links
        .iter()
        .map(|&(i, j, _)| (i as usize, j as usize, weight(i, j)))
        .collect();
    let matrix = |w: &[f64]| {
        let mut next = w.to_vec();
        for &(i, j, weight) in &weights {
            next[i] += weight * (w[j] - w[i]);
            next[j] += weight * (w[i] - w[j]);
        }
        next
    };
    let mut all: Vec<Vec<f64>> = vec![start.iter().map(|&belief| f64::from(belief)).collect()];
    all.push(matrix(&all[0]));
    while all.len() <= ticks as usize {
        let [before, now] = [&all[all.len() - 2], &all[all.len() - 1]];
        let mixed = matrix(now);
        all.push(
            mixed
                .iter()
                .zip(before)
                .map(|(new, old)| beta * new + (1.0 - beta) * old)
                .collect(),
        );
    }
    all
}

#[test]
fn second_order_is_the_published_scheme() {
    let folder = files();
    for (agents, network) in [
        (64, "kind = \"ring\""),
        (36, "kind = \"torus2d\""),
        (0, "kind = \"graph\", file = \"star.txt\""),
    ] {
        for beta in [0.5, 1.0, 1.5, 1.875] {
            for rounding in ["random", "quasi"] {
                let rule = format!(
                    "rule = \"average\"\norder = 2\nbeta = {beta:?}\nrounding = \"{rounding}\"\n\
                     start = {{ kind = \"uniform\", low = -10000000, high = 10000000 }}"
                );
                let mut simulation = simulation(&scenario(agents, 40, network, &rule, ""), folder.path());
                let start = simulation.beliefs().unwrap();
                let expected = published(&start, simulation.plan(), beta, 40);
                for (tick, expected) in (0..).zip(&expected) {
                    advance(&mut simulation, tick);
                    for (found, expected) in simulation.beliefs().unwrap().iter().zip(expected) {
                        let error = (f64::from(*found) - expected).abs();
                        // A unit a link and tick is lost by rounding, and lives on for a while.
                        assert!(
                            error < 1000.0,
                            "{network}, {rounding}, β = {beta}, tick {tick}: {found} for {expected}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn a_link_that_carries_late_begins_with_all_of_beta() {
    let run = |events: &str| {
        let rule = "rule = \"average\"\norder = 2\nbeta = 1.5\nrounding = \"trunc\"\n\
                    start = { kind = \"two-blocks\", low = 0, high = 4000 }";
        let scenario = scenario(2, 4, "kind = \"path\"", rule, events);
        let mut simulation = simulation(&scenario, Path::new(""));
        (0..=4)
            .map(|tick| {
                advance(&mut simulation, tick);
                simulation.beliefs().unwrap()[0]
            })
            .collect::<Vec<_>>()
    };
    // D/2; then half of that again, and 3/4 of the difference, which is 0.
    assert_eq!(run("")[..3], [0, 2000, 3000]);
    // 3/4 of the difference at once.
    let cut = "[faults]\nevents = [{ kind = \"partition\", tick = 0, along = { kind = \"ranges\", starts = [1] } }, \
               { kind = \"heal\", tick = 1 }]";
    assert_eq!(run(cut)[..3], [0, 0, 3000]);
}

/// consensus.json, "SOS": λ, the best β, and by how much it then shrinks the slowest disagreement a tick. From the two equal roots
/// z of z² − βλz + β − 1 = 0 the disagreement, which is λ times as large after the first step, is (1 + c·t)·z^t with c = √(1 − λ²): so much is allowed for, and 3 %.
#[test]
fn disagreement_shrinks_as_fast_as_theory_says() {
    let cases = [
        (
            "kind = \"ring\"",
            64,
            0.996_789_817_7,
            1.851_744_097_277_217_2,
            0.922_899_830_576_004_2,
            60,
            160,
        ),
        (
            "kind = \"torus2d\"",
            1024,
            0.992_314_112,
            1.779_763_982_586_070_3,
            0.883_042_457_974_739_9,
            40,
            110,
        ),
        (
            "kind = \"tetrahedral\"",
            1024,
            0.999_273_9,
            1.926_595_137_981_128_3 - 1e-12,
            0.962_598_118_634_214,
            120,
            320,
        ),
        (
            "kind = \"hypercube\"",
            1024,
            0.818_181_818,
            1.269_873_863_403_625_5,
            0.519_493_853_095_131,
            6,
            20,
        ),
    ];
    for (network, agents, lambda, beta, rate, from, to) in cases {
        let run = |order: &str| {
            let rule = format!(
                "rule = \"average\"\nrounding = \"random\"\n{order}\n\
                 start = {{ kind = \"uniform\", low = -100000000, high = 100000000 }}"
            );
            let rows = rows(&scenario(agents, to, network, &rule, ""), Path::new(""), &cpu());
            rows.iter()
                .map(|row| row.beliefs().unwrap().disagreement.unwrap())
                .collect::<Vec<_>>()
        };
        let (first, second) = (run(""), run(&format!("order = 2\nbeta = {beta:?}")));
        let found = (second[to as usize] / second[from as usize]).powf(1.0 / f64::from(to - from));
        let c = (1.0f64 - lambda * lambda).sqrt();
        let linear = ((1.0 + c * f64::from(to)) / (1.0 + c * f64::from(from))).powf(1.0 / f64::from(to - from));
        println!("{network}: {found:.5} for {rate:.5}, at most {:.5}", rate * linear);
        assert!(
            found > rate * 0.97 && found < rate * linear * 1.03,
            "{network}: {found} for {rate}"
        );
        assert!(second[to as usize] * 10.0 < first[to as usize], "{network}: {second:?}");
    }
}

/// Every rule here, with everything that can go wrong: what must be conserved is, at every tick, on every device, with the same
/// rows; and a run on three threads is the run on one.
#[test]
fn all_is_conserved_on_every_device_whatever_goes_wrong() {
    let folder = files();
    let start = "start = { kind = \"uniform\", low = -1000, high = 3000 }";
    let rules = [
        "rule = \"average\"\norder = 2\nbeta = 1.5\nrounding = \"trunc\"",
        "rule = \"average\"\norder = 2\nbeta = 1.9\nrounding = \"random\"",
        "rule = \"average\"\norder = 2\nbeta = 0.7\nrounding = \"golden\"",
        "rule = \"average\"\norder = 2\nbeta = 1.3\nrounding = \"quasi\"",
        "rule = \"pairwise\"",
        "rule = \"exchange\"",
    ];
    #[cfg(feature = "gpu")]
    let gpus = support::gpus();
    let mut turn = 0usize;
    for rule in rules {
        for (agents, network) in NETWORKS {
            if rule.contains("exchange") && !network.contains("hamming") {
                continue;
            }
            for faults in FAULTS {
                turn += 1;
                let timing = TIMINGS[turn / 5 % 4];
                let label = format!("{rule}, {network}, {timing}, {faults}");
                let scenario = scenario(
                    agents,
                    14,
                    network,
                    &format!("{rule}\n{start}"),
                    &format!("{timing}\n{faults}"),
                );
                let expected = rows(&scenario, folder.path(), &CpuDevice::new(1).unwrap());
                assert_eq!(
                    rows(&scenario, folder.path(), &CpuDevice::new(3).unwrap()),
                    expected,
                    "{label}"
                );
                let last = expected[14].beliefs().unwrap();
                assert_eq!(last.injected != 0, faults.contains("liars"), "{label}");
                assert_eq!(last.forgotten != 0, faults.contains("reset"), "{label}");
                // Every shader of these is compiled anew, so that not all of them can be run.
                #[cfg(feature = "gpu")]
                for gpu in gpus
                    .iter()
                    .filter(|_| turn.is_multiple_of(61) || rule.contains("exchange") && faults.contains("heal"))
                {
                    assert_eq!(
                        rows(&scenario, folder.path(), gpu),
                        expected,
                        "{label} on {}",
                        gpu.info().backend
                    );
                }
            }
        }
    }
}

/// Dimension exchange as its definition says, in 64-bit integers: a group at a time.
fn exchanged(beliefs: &[i64], traffic: &Traffic<'_>, digits: u32) -> (Vec<i64>, Vec<i64>) {
    let level = traffic.tick() % digits;
    let (mut next, mut injected) = (beliefs.to_vec(), vec![0; beliefs.len()]);
    let step = 1 << (2 * level);
    for first in (0..beliefs.len() as u32).filter(|i| (i / step).is_multiple_of(4)) {
        let group: Vec<u32> = (0..4).map(|digit| first + digit * step).collect();
        for &node in group.iter().filter(|&&i| traffic.takes_part(i)) {
            let members: Vec<u32> = group
                .iter()
                .copied()
                .filter(|&j| traffic.stands(node, j, NO_SLOT))
                .collect();
            let slot = |a: u32, b: u32| 3 * level + ((a ^ b) >> (2 * level)) - 1;
            let pairs = || {
                members
                    .iter()
                    .flat_map(|&a| members.iter().map(move |&b| (a, b)))
                    .filter(|(a, b)| a < b)
            };
            if !members.iter().any(|&j| traffic.acts(j))
                || !pairs().all(|(a, b)| traffic.link_carries(a, b, slot(a, b)))
            {
                continue;
            }
            let share = |members: &[u32]| {
                let told =
                    |j: u32| traffic.told(j, node, beliefs[j as usize] as u32, beliefs[node as usize] as u32) as i32;
                let sum: i64 = members.iter().map(|&j| i64::from(told(j))).sum();
                let m = members.len() as i64;
                let rank = members.iter().position(|&j| j == node).unwrap() as i64;
                sum.div_euclid(m) + i64::from((rank - i64::from(level)).rem_euclid(m) < sum.rem_euclid(m))
            };
            let honest: Vec<u32> = members.iter().copied().filter(|&j| !traffic.is_liar(j)).collect();
            next[node as usize] = share(&members);
            injected[node as usize] = share(&members) - share(&honest);
        }
    }
    (next, injected)
}

#[test]
fn exchange_equals_the_plain_account() {
    for faults in FAULTS {
        for timing in TIMINGS {
            let rule = "rule = \"exchange\"\nstart = { kind = \"uniform\", low = -268435456, high = 268435456 }";
            let scenario = scenario(256, 10, "kind = \"hamming\"", rule, &format!("{timing}\n{faults}"));
            let mut simulation = simulation(&scenario, Path::new(""));
            let mut beliefs: Vec<i64> = simulation.beliefs().unwrap().into_iter().map(i64::from).collect();
            let mut injected = 0;
            for tick in 0..10 {
                advance(&mut simulation, tick + 1);
                let (next, taken) = with_traffic(&mut simulation, tick, |plan, traffic, status| {
                    forget(plan, status, &mut beliefs);
                    exchanged(&beliefs, traffic, 4)
                });
                beliefs = next;
                injected += taken.iter().sum::<i64>();
                let found: Vec<i64> = simulation.beliefs().unwrap().into_iter().map(i64::from).collect();
                assert!(found == beliefs, "{timing}, {faults}, tick {tick}");
                let row = simulation.measurements().last().unwrap().beliefs().unwrap();
                assert_eq!(row.injected, injected, "{timing}, {faults}, tick {tick}");
            }
        }
    }
}

/// consensus.json, "dimension_exchange": after L ticks a point load is spread to within 1. Random loads: to within L, because a
/// level adds at most 1; how far exactly from these starts was worked out in Python. (From the reference's start, which is not
/// known, it is 1, 2, 2, 3, 4, 4; from others at 4096 nodes, 4 or 5.)
#[test]
fn exchange_ends_after_as_many_ticks_as_there_are_digits() {
    let random = [(1, 1, 1), (2, 1, 1), (3, 2, 3), (4, 2, 3), (5, 4, 4), (6, 5, 4)];
    for (digits, narrow, wide) in random {
        let spread = |start: &str| {
            let rule = format!("rule = \"exchange\"\nstart = {start}");
            let scenario = scenario(1 << (2 * digits), digits, "kind = \"hamming\"", &rule, "");
            let rows = rows(&scenario, Path::new(""), &cpu());
            assert_eq!(
                rows[0].beliefs().unwrap().sum,
                rows.last().unwrap().beliefs().unwrap().sum
            );
            rows.last().unwrap().spread.unwrap()
        };
        for value in [64_000, 1, 777, -5, 268_435_455] {
            let node = (1 << (2 * digits)) / 3;
            assert!(
                spread(&format!("{{ kind = \"point\", node = {node}, value = {value} }}")) <= 1,
                "{digits}, {value}"
            );
        }
        assert_eq!(
            spread("{ kind = \"uniform\", low = 0, high = 1000 }"),
            narrow,
            "{digits} digits"
        );
        assert_eq!(
            spread("{ kind = \"uniform\", low = -268435456, high = 268435456 }"),
            wide,
            "{digits} digits"
        );
    }
}

/// Worked by hand: four nodes hold 5, 0, 0, 0 in round 0 of one digit; then one in a later round of two digits.
#[test]
fn the_rest_of_a_group_goes_to_the_digits_in_turn() {
    let run = |agents: u32, node: u32, ticks: u32| {
        let rule = format!("rule = \"exchange\"\nstart = {{ kind = \"point\", node = {node}, value = 6 }}");
        let mut simulation = simulation(&scenario(agents, ticks, "kind = \"hamming\"", &rule, ""), Path::new(""));
        advance(&mut simulation, ticks);
        simulation.beliefs().unwrap()
    };
    assert_eq!(run(4, 3, 1), [2, 2, 1, 1]);
    // In round 1 the digit 1 comes first: node 0 and its column hold 2, 2, 1, 1, of which digit 1 of the second place takes one
    // of each, and digit 2 the other.
    assert_eq!(run(16, 0, 2), [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0]);
}

#[test]
fn parameters_that_do_not_fit_are_refused() {
    let start = "start = { kind = \"point\", value = 1 }";
    let error = |topology: &str, rule: &str| {
        let scenario = scenario(64, 5, topology, &format!("{rule}\n{start}"), "");
        match Swarm::build(&scenario, Path::new("")) {
            Err(error @ Error::Invalid { .. }) => error.to_string(),
            other => panic!("{rule}: {:?}", other.map(|_| ())),
        }
    };
    let message = error("kind = \"ring\"", "rule = \"exchange\"");
    assert!(
        message.contains("topology.kind") && message.contains("consensus.rule") && message.contains("hamming"),
        "{message}"
    );
    error("kind = \"hypercube\"", "rule = \"exchange\"");
    let message = error("kind = \"ring\"", "rule = \"average\"\norder = 2");
    assert!(
        message.contains("consensus.beta") && message.contains("tetraswarm topology"),
        "{message}"
    );
    for beta in ["0", "2", "0.000001", "1.9999999"] {
        let message = error(
            "kind = \"ring\"",
            &format!("rule = \"average\"\norder = 2\nbeta = {beta}"),
        );
        assert!(message.contains("consensus.beta"), "{message}");
    }
    let message = error("kind = \"ring\"", "rule = \"average\"\nbeta = 1.5");
    assert!(message.contains("order = 2"), "{message}");
    let text = format!("agents = 8\nticks = 1\ntopology.kind = \"ring\"\n[consensus]\nrule = \"average\"\n{start}\n");
    for wrong in [
        "order = 0",
        "order = 3",
        "order = 2\nbeta = -0.1",
        "order = 2\nbeta = 2.1",
        "order = 2\nbeta = nan",
    ] {
        assert!(
            Scenario::from_toml("test", &format!("{text}{wrong}\n")).is_err(),
            "{wrong}"
        );
    }
}

/// The pairwise rule as its definition says: everybody's draw, then everybody's choice, then pair by pair.
fn paired(beliefs: &[i64], plan: &Plan, traffic: &Traffic<'_>, seed: u32) -> (Vec<i64>, usize) {
    let (topology, tick) = (&*plan.topology, traffic.tick());
    let target = |i: u32| {
        let [at, coin] = threefry2x32([stream_key(seed, Stream::Partner), 0], [i, tick]);
        let links = topology.slots_of(i);
        if coin >> 31 == 0 || links == 0 || !traffic.takes_part(i) || !traffic.acts(i) {
            return None;
        }
        let place = multiply_high(at, links);
        let slot = if place < topology.slots() { place } else { NO_SLOT };
        let j = topology.neighbour(i, place);
        Some((j != i && traffic.link_carries(i, j, slot)).then_some(j))
    };
    let targets: Vec<Option<Option<u32>>> = (0..plan.nodes()).map(target).collect();
    let [turn, halves] = threefry2x32([stream_key(seed, Stream::Choice), 0], [tick, 0]);
    let mut partners: Vec<Option<u32>> = targets.iter().map(|target| target.flatten()).collect();
    for j in (0..plan.nodes()).filter(|&j| targets[j as usize].is_none() && traffic.takes_part(j)) {
        let proposing = (0..plan.nodes()).filter(|&i| targets[i as usize] == Some(Some(j)));
        partners[j as usize] = proposing.min_by_key(|&i| scramble(i, turn));
    }
    let (mut next, mut pairs) = (beliefs.to_vec(), 0);
    for i in (0..plan.nodes()).filter(|&i| traffic.takes_part(i)) {
        let Some(j) = partners[i as usize] else { continue };
        if !traffic.is_liar(j) && partners[j as usize] != Some(i) {
            continue;
        }
        pairs += usize::from(i < j);
        let told = traffic.told(j, i, beliefs[j as usize] as u32, beliefs[i as usize] as u32) as i32;
        let sum = beliefs[i as usize] + i64::from(told);
        let more_above = scramble(i.min(j) ^ i.max(j).rotate_left(16), halves) >> 31 == 1;
        next[i as usize] = sum.div_euclid(2) + if more_above == (i > j) { sum.rem_euclid(2) } else { 0 };
    }
    (next, pairs)
}

#[test]
fn pairwise_equals_the_plain_account() {
    let folder = files();
    let mut turn = 0;
    for (agents, network) in NETWORKS {
        for faults in FAULTS {
            turn += 1;
            let timing = TIMINGS[turn % 4];
            let rule = "rule = \"pairwise\"\nstart = { kind = \"uniform\", low = -268435456, high = 268435456 }";
            // Cut links are told apart by who proposes over which.
            let cut = "[faults]\nevents = [{ kind = \"partition\", tick = 2, along = { kind = \"dimension\", dimension = 0 } }]";
            let is_cut = faults.is_empty() && !network.contains("graph") && !network.contains("path");
            let faults = if is_cut { cut } else { faults };
            let scenario = scenario(agents, 10, network, rule, &format!("{timing}\n{faults}"));
            let mut simulation = simulation(&scenario, folder.path());
            let mut beliefs: Vec<i64> = simulation.beliefs().unwrap().into_iter().map(i64::from).collect();
            let mut met = 0;
            for tick in 0..10 {
                advance(&mut simulation, tick + 1);
                let (next, pairs) = with_traffic(&mut simulation, tick, |plan, traffic, status| {
                    forget(plan, status, &mut beliefs);
                    paired(&beliefs, plan, traffic, scenario.seed)
                });
                (beliefs, met) = (next, met + pairs);
                let found: Vec<i64> = simulation.beliefs().unwrap().into_iter().map(i64::from).collect();
                assert!(found == beliefs, "{network}, {timing}, {faults}, tick {tick}");
            }
            assert!(met > 0, "{network}, {timing}, {faults}");
        }
    }
}

/// A pair of independent beliefs loses half of its variance, so that p pairs of n nodes leave 1 − p/n of the swarm's. Of d
/// neighbours that each propose to a node with probability 1/(2d), at least one does with 1 − (1 − 1/(2d))^d; two that propose
/// to each other are a pair as well. The relative deviation of a tick's factor over n nodes is below 3/√n.
#[test]
fn pairs_are_as_many_and_take_as_much_variance_as_theory_says() {
    let (n, degree) = (1u32 << 17, 20.0f64);
    let rule = "rule = \"pairwise\"\nstart = { kind = \"uniform\", low = 0, high = 268435456 }";
    let scenario = scenario(n, 3, "kind = \"random-regular\", degree = 20", rule, "");
    let mut simulation = simulation(&scenario, Path::new(""));
    let accepted = 0.5 * (1.0 - (1.0 - 0.5 / degree).powf(degree));
    let mutual = 0.5 * 0.25 / degree;
    let expected = (accepted + mutual) * f64::from(n);
    for tick in 0..3 {
        advance(&mut simulation, tick + 1);
        let partners = simulation.column("consensus.partner").unwrap();
        let is_paired = |i: usize| partners[i] != 0 && partners[partners[i] as usize - 1] as usize == i + 1;
        let pairs = (0..n as usize).filter(|&i| is_paired(i)).count() as f64 / 2.0;
        assert!(
            (pairs - expected).abs() < 4.0 * f64::from(n).sqrt() * 0.5,
            "{pairs} pairs for {expected}"
        );
        let disagreement = |row: usize| simulation.measurements()[row].beliefs().unwrap().disagreement.unwrap();
        let of = |row: usize| disagreement(row).powi(2);
        let factor = of(tick as usize + 1) / of(tick as usize);
        // Neighbours have something in common from the second tick on, and a little less to lose.
        let slack = 4.0 * 3.0 / f64::from(n).sqrt() + 0.01 * f64::from(tick);
        println!("tick {tick}: {pairs} pairs, {expected:.0} expected; {factor:.4} of the variance");
        assert!(
            (factor - (1.0 - pairs / f64::from(n))).abs() < slack,
            "{factor} with {pairs} pairs"
        );
    }
}

/// An odd sum's last unit goes up or down as often: over many pairs the mean of the upper ends does not drift. 2^16 nodes with 0
/// or 1 make at least 2^12 pairs of an odd sum; four standard deviations of the difference.
#[test]
fn the_odd_unit_favours_nobody() {
    let rule = "rule = \"pairwise\"\nstart = { kind = \"uniform\", low = 0, high = 1 }";
    let scenario = scenario(1 << 16, 40, "kind = \"random-regular\", degree = 6", rule, "");
    let mut simulation = simulation(&scenario, Path::new(""));
    let (mut upper, mut odd) = (0i64, 0i64);
    for tick in 0..40 {
        let before = simulation.beliefs().unwrap();
        advance(&mut simulation, tick + 1);
        let (after, partners) = (
            simulation.beliefs().unwrap(),
            simulation.column("consensus.partner").unwrap(),
        );
        for i in 0..before.len() {
            let Some(j) = (partners[i] as usize).checked_sub(1) else {
                continue;
            };
            if i < j && partners[j] as usize == i + 1 && before[i] != before[j] {
                odd += 1;
                upper += i64::from(after[j]);
            }
        }
    }
    let deviation = (odd as f64 / 4.0).sqrt();
    assert!(
        odd > 100_000 && (upper as f64 - odd as f64 / 2.0).abs() < 4.0 * deviation,
        "{upper} of {odd}"
    );
}
