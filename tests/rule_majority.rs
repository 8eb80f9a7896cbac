//! The rule `majority`: published times and chances, laws of one tick, cases worked by hand, and a plain account of it.

use crate::support;

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
#[cfg(feature = "gpu")]
use tetraswarm::device::Device;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::fault::bits;
use tetraswarm::gauge::Measurement;
use tetraswarm::number::{Stream, stream_key, threefry2x32};
use tetraswarm::part::majority::{Majority, Vote};
use tetraswarm::plan::Plan;
use tetraswarm::scenario::Scenario;
use tetraswarm::swarm::Swarm;
use tetraswarm::{Simulation, Words};

/// A scenario that measures every tick, but of the slow voter model every 16, and stops at consensus. `rest`: further tables.
fn scenario(nodes: u32, topology: &str, rule: &str, ticks: u32, rest: &str) -> Scenario {
    let every = if rule.contains("voter") { 16 } else { 1 };
    let text = format!(
        "agents = {nodes}\nticks = {ticks}\n[topology]\n{topology}\n[consensus]\nrule = \"majority\"\n{rule}\n\
         [measure]\nevery = {every}\n[stop]\nspread = 0\n{rest}"
    );
    Scenario::from_toml("test", &text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

fn rule(kind: &str, opinions: u32, from: &str, start: &str) -> String {
    format!("kind = \"{kind}\"\nopinions = {opinions}\nfrom = \"{from}\"\nstart = {{ {start} }}")
}

/// The last rows of runs with the seeds 1..=runs, on two threads.
fn last_rows(scenario: &Scenario, runs: u32) -> Vec<Measurement> {
    let next = AtomicU32::new(1);
    let work = || {
        let device = CpuDevice::new(1).unwrap();
        let mut rows = Vec::new();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed > runs {
                return rows;
            }
            let mut scenario = scenario.clone();
            scenario.seed = seed;
            let row = Simulation::new(&scenario, &device).unwrap().run().unwrap().measurement;
            assert_eq!(row.spread, Some(0), "no consensus with seed {seed}");
            rows.push(row);
        }
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(work);
        let mut rows = work();
        rows.extend(other.join().unwrap());
        rows
    })
}

/// Mean and standard error of the rounds to consensus over the whole swarm.
fn rounds(kind: &str, nodes: u32, opinions: u32, runs: u32) -> (f64, f64) {
    let rule = rule(kind, opinions, "swarm", "kind = \"balanced\"");
    let rows = last_rows(&scenario(nodes, "kind = \"ring\"", &rule, 1_000_000, ""), runs);
    // Whoever looks every 16 ticks sees it 7.5 ticks late on average.
    let late = if kind == "voter" { 7.5 } else { 0.0 };
    let count = f64::from(runs);
    let mean = rows.iter().map(|row| f64::from(row.tick)).sum::<f64>() / count;
    let squares: f64 = rows.iter().map(|row| (f64::from(row.tick) - mean).powi(2)).sum();
    (mean - late, (squares / (count - 1.0) / count).sqrt())
}

fn reference() -> serde_json::Value {
    serde_json::from_str(include_str!("reference/opinions.json")).unwrap()
}

/// Compares the rounds of the published entries that are wanted, by nodes, opinions and kind, in so many runs.
fn compare_rounds(runs: u32, is_wanted: impl Fn(u32, u32, &str) -> bool) {
    let mut compared = 0;
    for entry in reference()["rounds"].as_array().unwrap() {
        let number = |key: &str| entry[key].as_f64().unwrap();
        let (nodes, opinions, kind) = (number("n") as u32, number("k") as u32, entry["kind"].as_str().unwrap());
        if !is_wanted(nodes, opinions, kind) {
            continue;
        }
        let (mean, error) = rounds(kind, nodes, opinions, runs);
        let together = error.hypot(number("sem"));
        let apart = (mean - number("mean")) / together;
        let label = format!("{kind}, {opinions} opinions, {nodes} nodes");
        println!(
            "{label}: {mean:.3} ± {error:.3}, published {:.3} ± {:.3}: {apart:+.2}",
            number("mean"),
            number("sem")
        );
        assert!(
            apart.abs() < 4.0,
            "{label}: {mean} ± {error}, published {}",
            number("mean")
        );
        compared += 1;
    }
    assert!(compared > 0);
}

#[test]
fn rounds_to_consensus_are_the_published_ones() {
    compare_rounds(200, |nodes, opinions, kind| {
        nodes <= 4096 && opinions <= 16 && kind != "voter"
    });
}

#[test]
fn the_voter_model_takes_its_time() {
    compare_rounds(80, |_, _, kind| kind == "voter");
    // The diffusion limit is 2n·ln 2.
    let (mean, error) = rounds("voter", 128, 2, 400);
    assert!((mean - 256.0 * 2f64.ln()).abs() < 4.0 * error, "{mean} ± {error}");
}

/// Takes a minute or two.
#[test]
#[ignore = "long; the sizes of the other test show the same"]
fn rounds_of_large_swarms_are_the_published_ones() {
    compare_rounds(400, |nodes, opinions, _| nodes > 4096 || opinions > 16);
}

/// The share of runs that opinion 1 wins.
fn won(kind: &str, nodes: u32, opinions: u32, lead: u32, runs: u32) -> f64 {
    let rule = rule(kind, opinions, "swarm", &format!("kind = \"lead\", lead = {lead}"));
    let rows = last_rows(&scenario(nodes, "kind = \"ring\"", &rule, 1_000_000, ""), runs);
    let wins = rows
        .iter()
        .filter(|row| row.opinions().unwrap().leader == Some(1))
        .count();
    wins as f64 / f64::from(runs)
}

#[test]
fn a_lead_wins_as_often_as_published() {
    // Of so many runs the published shares are.
    let (published_runs, runs) = (400.0, 250);
    for entry in reference()["won"].as_array().unwrap() {
        let number = |key: &str| entry[key].as_f64().unwrap();
        let kind = entry["kind"].as_str().unwrap();
        let [nodes, opinions, lead] = ["n", "k", "lead"].map(|key| number(key) as u32);
        let (found, published) = (won(kind, nodes, opinions, lead, runs), number("won"));
        let pooled = (found * f64::from(runs) + published * published_runs) / (f64::from(runs) + published_runs);
        // Where nobody ever lost, one loss in so many runs is no contradiction.
        let variance = (pooled * (1.0 - pooled)).max(1.0 / published_runs / 4.0);
        let error = (variance * (1.0 / f64::from(runs) + 1.0 / published_runs)).sqrt();
        println!("{kind}, {opinions} opinions, lead {lead}: {found}, published {published}, error {error:.4}");
        assert!(
            (found - published).abs() < 4.0 * error,
            "{kind}, lead {lead}: {found}, published {published}"
        );
    }
}

/// A martingale: exactly in proportion to the nodes that hold it, for any number of them.
#[test]
fn the_voter_model_lets_opinions_win_by_their_shares() {
    for (opinions, lead, share) in [(2, 16, 40.0 / 64.0), (4, 32, 40.0 / 64.0), (2, 64, 1.0)] {
        let (found, runs) = (won("voter", 64, opinions, lead, 2000), 2000f64);
        let error = (share * (1.0 - share) / runs).sqrt();
        assert!(
            (found - share).abs() <= 4.0 * error,
            "{opinions} opinions: {found} for {share}"
        );
    }
}

/// The shares of the opinions 0..=k after one tick over the whole swarm.
fn after_one_tick(kind: &str, shares: &[f64]) -> Vec<f64> {
    let list = shares.iter().map(f64::to_string).collect::<Vec<_>>().join(", ");
    let rule = rule(
        kind,
        shares.len() as u32,
        "swarm",
        &format!("kind = \"shares\", shares = [{list}]"),
    );
    let scenario = scenario(1_000_000, "kind = \"ring\"", &rule, 1, "");
    let row = Simulation::new(&scenario, &CpuDevice::new(2).unwrap())
        .unwrap()
        .run()
        .unwrap()
        .measurement;
    let opinions = row.opinions().unwrap();
    let counts = std::iter::once(opinions.undecided).chain(opinions.opinions.iter().copied());
    counts.map(|nodes| nodes as f64 / 1e6).collect()
}

#[test]
fn one_tick_changes_the_shares_by_the_mean_field_law() {
    let check = |kind: &str, shares: &[f64], expected: &[f64]| {
        let found = after_one_tick(kind, shares);
        for (opinion, (found, expected)) in found.iter().zip(expected).enumerate() {
            // Nodes draw independently of each other, so this is the most that the variance can be.
            let error = (expected * (1.0 - expected) / 1e6).sqrt();
            assert!(
                (found - expected).abs() <= 4.0 * error,
                "{kind}, opinion {opinion}: {found} for {expected}"
            );
        }
    };
    let shares = [0.5, 0.3, 0.2];
    let squares: f64 = shares.iter().map(|c| c * c).sum();
    let law: Vec<f64> = std::iter::once(0.0)
        .chain(shares.map(|c| c * (1.0 + c - squares)))
        .collect();
    for (found, published) in law[1..].iter().zip([0.56, 0.276, 0.164]) {
        assert!((found - published).abs() < 1e-12);
    }
    for kind in ["three-majority", "two-choices"] {
        check(kind, &shares, &law);
        let p: f64 = 0.6;
        let next = 3.0 * p.powi(2) - 2.0 * p.powi(3);
        assert!((next - 0.648).abs() < 1e-12);
        check(kind, &[p, 1.0 - p], &[0.0, next, 1.0 - next]);
    }
    check("voter", &shares, &[0.0, 0.5, 0.3, 0.2]);
    // Who meets its like stays; all others are undecided.
    check("undecided-state", &shares, &[1.0 - squares, 0.25, 0.09, 0.04]);
}

/// Two linked nodes always hear each other, whatever the draws; the middle of a path of three hears an end, whichever it asks.
#[test]
fn small_cases_worked_by_hand() {
    let device = CpuDevice::new(1).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("2.txt"), "0 1\n").unwrap();
    std::fs::write(folder.path().join("3.txt"), "0 1\n1 2\n").unwrap();
    let run = |kind: &str, opinions: &[u32], ticks: u32| {
        let network = format!("kind = \"graph\"\nfile = \"{}.txt\"", opinions.len());
        let rule = rule(kind, 3, "neighbours", "kind = \"balanced\"");
        let mut scenario = scenario(opinions.len() as u32, &network, &rule, 10, "");
        scenario.stop.spread = None;
        scenario.agents = None;
        let mut swarm = Swarm::build(&scenario, folder.path()).unwrap();
        swarm.initial[0] = Words::from(opinions);
        let mut simulation = Simulation::load(swarm, &device).unwrap();
        let tick = |tick| {
            simulation.run_until(tick, |_| ControlFlow::Continue(())).unwrap();
            simulation.column("consensus.opinion").unwrap()
        };
        (1..=ticks).map(tick).collect::<Vec<_>>()
    };
    for kind in ["voter", "two-choices", "three-majority"] {
        assert_eq!(run(kind, &[1, 2], 2), [[2, 1], [1, 2]], "{kind}");
        assert_eq!(run(kind, &[0, 2], 2), [[2, 2], [2, 2]], "{kind}");
        assert_eq!(run(kind, &[0, 0], 1), [[0, 0]], "{kind}");
        // Both ends hear the middle, and it one of two that agree.
        assert_eq!(run(kind, &[3, 1, 3], 2), [[1, 3, 1], [3, 1, 3]], "{kind}");
        // Who has no opinion is as if not asked.
        assert_eq!(run(kind, &[2, 0, 2], 2), [[2, 2, 2], [2, 2, 2]], "{kind}");
    }
    assert_eq!(run("undecided-state", &[1, 2], 2), [[0, 0], [0, 0]]);
    assert_eq!(run("undecided-state", &[1, 0], 1), [[1, 1]]);
    assert_eq!(run("undecided-state", &[1, 1], 1), [[1, 1]]);
    assert_eq!(run("undecided-state", &[3, 1, 3], 2), [[0, 0, 0], [0, 0, 0]]);
    assert_eq!(run("undecided-state", &[3, 0, 3], 2), [[3, 3, 3], [3, 3, 3]]);
}

/// What a node makes of its answers, in the words of the papers.
fn vote(kind: Vote, own: u32, answers: &[Option<u32>]) -> u32 {
    let heard: Vec<u32> = answers
        .iter()
        .copied()
        .flatten()
        .filter(|&opinion| opinion != 0)
        .collect();
    let Some(&first) = heard.first() else { return own };
    match kind {
        Vote::Voter => first,
        Vote::TwoChoices if own == 0 => first,
        Vote::TwoChoices => match heard[..] {
            [a, b] if a == b => a,
            _ => own,
        },
        Vote::ThreeMajority => {
            let most = heard
                .iter()
                .max_by_key(|a| heard.iter().filter(|b| b == a).count())
                .unwrap();
            if heard.iter().filter(|a| *a == most).count() >= 2 {
                *most
            } else {
                first
            }
        }
        Vote::UndecidedState if own == 0 => first,
        Vote::UndecidedState if own == first => own,
        Vote::UndecidedState => 0,
    }
}

/// The opinions after a tick by a plain account, node by node, and the number of nodes asked. Of the engine it takes the
/// network, who is down or lies, and which numbers are drawn.
fn plainly(plan: &Plan, majority: &Majority, seed: u32, tick: u32, old: &[u32], status: &[u32]) -> (Vec<u32>, u64) {
    let (topology, faults, now) = (&*plan.topology, plan.faults.as_ref(), plan.now(tick));
    let nodes = plan.nodes();
    let status = |i: u32| status.get(i as usize).copied().unwrap_or(0);
    let old: Vec<u32> = (0..nodes)
        .map(|i| {
            let forgot = faults.is_some_and(|faults| faults.forgets) && status(i) & bits::FRESH != 0;
            if forgot { 0 } else { old[i as usize] }
        })
        .collect();
    let mut all = old.clone();
    let mut asked = 0;
    for i in 0..nodes {
        let own = old[i as usize];
        if status(i) & (bits::DOWN | bits::LIAR) != 0 || !plan.schedule.is_active(i, tick) {
            continue;
        }
        let answers: Vec<Option<u32>> = (0..majority.kind.samples())
            .map(|draw| {
                asked += 1;
                let pair = threefry2x32([stream_key(seed, Stream::Partner), draw / 2], [i, tick]);
                let word = u64::from(pair[draw as usize % 2]);
                let scaled = |width: u32| ((word * u64::from(width)) >> 32) as u32;
                let (j, place) = match majority.from {
                    tetraswarm::hear::ask::From::Swarm => (scaled(nodes), u32::MAX),
                    tetraswarm::hear::ask::From::Neighbours => {
                        let place = scaled(topology.slots_of(i));
                        if topology.slots_of(i) == 0 || topology.neighbour(i, place) == i {
                            return None;
                        }
                        (topology.neighbour(i, place), place)
                    }
                };
                if i == j {
                    return Some(own);
                }
                let walled = (status(i) ^ status(j)) & now.walls != 0 || place < 32 && now.cuts >> place & 1 != 0;
                let lost = faults.is_some_and(|faults| faults.is_lost(i.min(j), i.max(j), tick));
                if status(j) & bits::DOWN != 0 || walled || lost {
                    return None;
                }
                match faults.and_then(|faults| faults.lie) {
                    Some(lie) if status(j) & bits::LIAR != 0 => Some(lie.told(j, i, own, tick)),
                    _ => Some(old[j as usize]),
                }
            })
            .collect();
        all[i as usize] = vote(majority.kind, own, &answers);
    }
    (all, asked)
}

const FAULTS: [&str; 4] = [
    "",
    "[faults]\nloss = 0.3\n[faults.liars]\nwho = { kind = \"share\", share = 0.1 }\ntell = { kind = \"against\" }\n",
    "[faults]\nloss = 0.05\ncrash = 0.1\nrecovery = 0.3\nstate = \"reset\"\n\
     [faults.liars]\nwho = { kind = \"share\", share = 0.2 }\ntell = { kind = \"two-faced\", low = 1, high = 3 }\n",
    "[faults]\ncrash = 0.2\nrecovery = 0.2\nstate = \"reset\"\n\
     events = [{ kind = \"partition\", tick = 1, along = { kind = \"ranges\", starts = [100] } }, \
     { kind = \"kill\", tick = 2, who = { kind = \"share\", share = 0.3 } }, \
     { kind = \"revive\", tick = 4, who = { kind = \"all\" } }]\n",
];

const TIMINGS: [&str; 3] = [
    "",
    "[timing]\nkind = \"golden\"\nrate = 0.6\n",
    "[timing]\nkind = \"bernoulli\"\nrate = 0.3\n",
];

/// Every kind, from both, on networks of several shapes, with faults and timings.
fn variety(mut each: impl FnMut(&str, Scenario)) {
    let networks = [
        (5000, "kind = \"chord\""),
        (3000, "kind = \"path\""),
        (256, "kind = \"complete\""),
        (4096, "kind = \"small-world\""),
    ];
    let mut turn = 0;
    for kind in Vote::ALL {
        for from in ["neighbours", "swarm"] {
            for (network, faults) in networks.iter().flat_map(|n| FAULTS.iter().map(move |f| (n, f))) {
                turn += 1;
                let rule = rule(kind.name(), 3 + turn % 3, from, "kind = \"balanced\"");
                let rest = format!("{}{faults}", TIMINGS[turn as usize % 3]);
                let mut scenario = scenario(network.0, network.1, &rule, 6, &rest);
                scenario.seed = turn;
                each(&format!("{} of {}\n{rule}\n{rest}", network.1, network.0), scenario);
            }
        }
    }
}

#[test]
fn the_step_does_what_a_plain_account_of_it_says() {
    let device = CpuDevice::new(2).unwrap();
    variety(|label, mut scenario| {
        scenario.stop.spread = None;
        let Some(majority) = scenario.part::<Majority>().cloned() else {
            panic!("another rule")
        };
        let mut simulation = Simulation::new(&scenario, &device).unwrap();
        let mut opinions = simulation.column("consensus.opinion").unwrap();
        for tick in 0..scenario.ticks {
            let row = simulation
                .run_until(tick + 1, |_| ControlFlow::Continue(()))
                .unwrap()
                .measurement;
            let status = match &scenario.faults {
                Some(_) => simulation.column("faults.status").unwrap(),
                None => Vec::new(),
            };
            let (expected, asked) = plainly(simulation.plan(), &majority, scenario.seed, tick, &opinions, &status);
            opinions = simulation.column("consensus.opinion").unwrap();
            assert!(opinions == expected, "{label}: tick {tick}");
            assert_eq!(
                (row.messages, row.exchanges),
                (2 * asked, asked),
                "{label}: tick {tick}"
            );
            let counted: Vec<u32> = (0..)
                .zip(&expected)
                .filter(|(i, _)| counts(&status, *i))
                .map(|(_, &o)| o)
                .collect();
            let held = |opinion: u32| counted.iter().filter(|&&o| o == opinion).count() as u64;
            let read = row.opinions().unwrap();
            assert_eq!(read.undecided, held(0), "{label}");
            assert_eq!(
                read.opinions,
                (1..=majority.opinions).map(held).collect::<Vec<_>>(),
                "{label}"
            );
            assert_eq!(
                u64::from(row.spread.unwrap()),
                counted.len() as u64 - held(read.leader.unwrap()),
                "{label}"
            );
        }
    });
}

fn counts(status: &[u32], node: usize) -> bool {
    status
        .get(node)
        .is_none_or(|status| status & (bits::DOWN | bits::LIAR) == 0)
}

#[test]
#[cfg(feature = "gpu")]
fn gpus_have_the_same_rows() {
    let rows = |scenario: &Scenario, device: &dyn Device| {
        let mut simulation = Simulation::new(scenario, device).unwrap();
        simulation.run().unwrap();
        // The rows are cut off where the condition holds; that the device itself stopped there, only its state shows.
        let opinions = simulation.column("consensus.opinion").unwrap();
        (simulation.measurements().to_vec(), opinions)
    };
    let cpu = CpuDevice::new(2).unwrap();
    let gpus = support::gpus();
    let mut turn = 0;
    variety(|label, scenario| {
        turn += 1;
        if turn % 5 != 0 {
            return;
        }
        let expected = rows(&scenario, &cpu);
        for gpu in &gpus {
            assert!(rows(&scenario, gpu) == expected, "{label} on {}", gpu.info().backend);
        }
    });
    // A stop condition, with the last opinion ahead; and more opinions than there are figures.
    let many = rule("three-majority", 200, "swarm", "kind = \"lead\", lead = 700");
    let last = rule("two-choices", 3, "swarm", "kind = \"shares\", shares = [0.1, 0.1, 0.8]");
    for (rule, leader) in [(many, 1), (last, 3)] {
        let mut scenario = scenario(4096, "kind = \"ring\"", &rule, 100, "");
        scenario.stop.spread = Some(40);
        let expected = rows(&scenario, &cpu);
        let end = &expected.0[expected.0.len() - 1];
        assert!(
            end.tick < 100 && (1..=40).contains(&end.spread.unwrap()) && end.opinions().unwrap().leader == Some(leader)
        );
        for gpu in &gpus {
            assert!(rows(&scenario, gpu) == expected, "{rule} on {}", gpu.info().backend);
        }
    }
}

#[test]
fn figures_are_the_same_in_every_row() {
    for (opinions, last) in [(3, "opinion_3"), (16, "opinion_16"), (17, "leading")] {
        let rule = rule("undecided-state", opinions, "swarm", "kind = \"balanced\"");
        let scenario = scenario(500, "kind = \"ring\"", &rule, 20, "");
        let mut simulation = Simulation::new(&scenario, &CpuDevice::new(1).unwrap()).unwrap();
        simulation.run().unwrap();
        for row in simulation.measurements() {
            let names: Vec<String> = row.figures().iter().map(|figure| figure.name.to_string()).collect();
            assert_eq!(
                names[2..8],
                ["spread", "leader", "agreement", "undecided", "decided", "decided_wrong"]
            );
            let at = names.iter().position(|name| name == "up").unwrap();
            assert_eq!(names[at - 1], last);
        }
        let first = serde_json::to_value(&simulation.measurements()[0]).unwrap();
        assert_eq!(first["leader"], 1);
        assert_eq!(first["opinions"].as_array().unwrap().len(), opinions as usize);
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let refusal = |rule: &str| {
        let text =
            format!("agents = 100\nticks = 5\n[topology]\nkind = \"ring\"\n[consensus]\nrule = \"majority\"\n{rule}\n");
        let built = Scenario::from_toml("test.toml", &text).and_then(|s| Swarm::build(&s, Path::new("")).map(|_| ()));
        built.unwrap_err().to_string()
    };
    for (rule, says) in [
        ("opinions = 1", "opinions"),
        ("opinions = 257", "256"),
        ("kind = \"median\"", "three-majority"),
        ("from = \"afar\"", "neighbours"),
        ("opinion = 3", "opinion"),
        ("start = { kind = \"shares\", shares = [0.5, 0.4] }", "add up to 0.9"),
        (
            "start = { kind = \"shares\", shares = [0.5, 0.3, 0.2] }",
            "3 shares for 2 opinions",
        ),
        ("start = { kind = \"shares\", shares = [1.5, -0.5] }", "shares[0]"),
        ("start = { kind = \"lead\", lead = 101 }", "100 nodes"),
        ("start = { kind = \"lead\" }", "lead"),
        (
            "[faults.liars]\nwho = { kind = \"share\", share = 0.1 }\ntell = { kind = \"constant\", value = 3 }",
            "from 1 to 2",
        ),
    ] {
        let refusal = refusal(rule);
        assert!(refusal.contains(says), "{rule}: {refusal}");
        assert!(
            refusal.contains("consensus") || rule.contains("faults"),
            "{rule}: {refusal}"
        );
    }
}
