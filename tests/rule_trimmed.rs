//! The rules `trimmed`, `maximum` and `minimum`: against a plain account of them, against trajectories computed independently,
//! and what their papers promise.

#[cfg(feature = "gpu")]
use crate::kernel;
use crate::support;

use crate::support::{files, samples, timing_text};
use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::path::Path;
use tetraswarm::device::Device;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::fault::{Recovery, bits};
use tetraswarm::gauge::Measurement;
use tetraswarm::hear::{NO_SLOT, Traffic};
use tetraswarm::part::Part;
use tetraswarm::part::average::{Average, Rounding};
use tetraswarm::part::trimmed::Trimmed;
use tetraswarm::plan::Plan;
use tetraswarm::scenario::{Embedded, Scenario};
use tetraswarm::swarm::Swarm;
use tetraswarm::timing::Timing;
use tetraswarm::topology::Topology;
use tetraswarm::{Error, Simulation};

/// A scenario; `nodes` is 0 where a file brings the network.
fn scenario(nodes: u32, topology: &str, rule: &str, more: &str, ticks: u32) -> Scenario {
    let agents = match nodes {
        0 => String::new(),
        _ => format!("agents = {nodes}\n"),
    };
    let topology = match topology.starts_with('[') {
        true => format!("topology = {topology}"),
        false => format!("[topology]\n{topology}"),
    };
    let text = format!("{agents}ticks = {ticks}\nseed = 11\n{topology}\n[consensus]\n{rule}\n{more}\n");
    Scenario::from_toml("test", &text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

fn trimmed(faults: u32, low: i32, high: i32) -> String {
    format!("rule = \"trimmed\"\nfaults = {faults}\nstart = {{ kind = \"uniform\", low = {low}, high = {high} }}")
}

fn load(scenario: &Scenario, folder: &Path, device: &dyn Device) -> Simulation {
    Simulation::load(Swarm::build(scenario, folder).unwrap(), device).unwrap()
}

fn rows(scenario: &Scenario, folder: &Path, device: &dyn Device) -> Vec<Measurement> {
    let mut simulation = load(scenario, folder, device);
    simulation.run().unwrap();
    simulation.measurements().to_vec()
}

/// Whether the scenario's network has enough links for its rule.
fn fits(scenario: &Scenario, folder: &Path) -> bool {
    match Swarm::plan(scenario, folder) {
        Ok(_) => true,
        Err(Error::Invalid { key, .. }) => {
            assert_eq!(key, "consensus.faults");
            false
        }
        Err(error) => panic!("{error}"),
    }
}

/// What a node becomes that holds `own` and hears `heard`, as the papers state it: with sorted lists, in 64-bit integers.
fn next(rule: &dyn Part, own: i64, heard: &[i64]) -> i64 {
    match rule.name() {
        "maximum" => heard.iter().fold(own, |most, &x| most.max(x)),
        "minimum" => heard.iter().fold(own, |least, &x| least.min(x)),
        "trimmed" => {
            let faults = rule.any().downcast_ref::<Trimmed>().unwrap().faults as usize;
            let mut above: Vec<i64> = heard.iter().copied().filter(|&x| x > own).collect();
            let mut below: Vec<i64> = heard.iter().copied().filter(|&x| x < own).collect();
            above.sort_unstable_by(|a, b| b.cmp(a));
            below.sort_unstable();
            let equal = heard.iter().copied().filter(|&x| x == own);
            let kept = above
                .iter()
                .skip(faults)
                .chain(below.iter().skip(faults))
                .copied()
                .chain(equal);
            let (sum, count) = kept.fold((own, 1), |(sum, count), x| (sum + x, count + 1));
            sum.div_euclid(count)
        }
        other => panic!("{other} is tested elsewhere"),
    }
}

/// One tick of a plain account: node by node, link by link. `status` is that of the tick.
fn plain_tick(rule: &dyn Part, plan: &Plan, status: &[u32], tick: u32, beliefs: &[i64]) -> Vec<i64> {
    let topology = &*plan.topology;
    let traffic = Traffic::new(plan.schedule, tick, plan.faults.as_ref().map(|faults| (faults, status)));
    let of_node = |i: u32| {
        let own = beliefs[i as usize];
        if !traffic.takes_part(i) {
            return own;
        }
        let heard = (0..topology.slots_of(i)).filter_map(|place| {
            let j = topology.neighbour(i, place);
            let slot = if place < topology.slots() { place } else { NO_SLOT };
            let word = || traffic.told(j, i, beliefs[j as usize] as u32, own as u32);
            (j != i && traffic.hears(i, j, slot)).then(|| i64::from(word() as i32))
        });
        next(rule, own, &heard.collect::<Vec<i64>>())
    };
    (0..topology.nodes()).map(of_node).collect()
}

/// Runs tick by tick on the CPU, and compares every belief with the plain account.
fn compare(label: &str, scenario: &Scenario, folder: &Path, device: &CpuDevice) {
    let mut simulation = load(scenario, folder, device);
    let wide = |beliefs: Vec<i32>| beliefs.into_iter().map(i64::from).collect::<Vec<i64>>();
    let mut beliefs = wide(simulation.beliefs().unwrap());
    for tick in 0..scenario.ticks {
        simulation.run_until(tick + 1, |_| ControlFlow::Continue(())).unwrap();
        let status = match scenario.faults {
            Some(_) => simulation.column("faults.status").unwrap(),
            None => Vec::new(),
        };
        if scenario
            .faults
            .as_ref()
            .is_some_and(|faults| faults.state == Recovery::Reset)
        {
            // Whoever has just come back knows nothing.
            let fresh = beliefs
                .iter_mut()
                .zip(&status)
                .filter(|(_, status)| **status & bits::FRESH != 0);
            fresh.for_each(|(belief, _)| *belief = 0);
        }
        beliefs = plain_tick(
            scenario.parts.section("consensus").unwrap(),
            simulation.plan(),
            &status,
            tick,
            &beliefs,
        );
        let found = wide(simulation.beliefs().unwrap());
        if let Some(node) = (0..found.len()).find(|&i| found[i] != beliefs[i]) {
            panic!(
                "{label}: after {} ticks node {node} has {}, not {}",
                tick + 1,
                found[node],
                beliefs[node]
            );
        }
    }
}

const LOW: i32 = -1000;
const HIGH: i32 = 3000;

/// Parameters of rules, of every number of dropped beliefs that is a case of its own.
fn rules() -> Vec<String> {
    let start = "start = { kind = \"uniform\", low = -1000, high = 3000 }";
    let extremes = ["maximum", "minimum"].map(|rule| format!("rule = \"{rule}\"\n{start}"));
    let few = "start = { kind = \"uniform\", low = 0, high = 3 }";
    let ties = [1, 2].map(|faults| format!("rule = \"trimmed\"\nfaults = {faults}\n{few}"));
    let trims = [0, 1, 2, 3, 5, 13].map(|faults| trimmed(faults, LOW, HIGH));
    trims.into_iter().chain(extremes).chain(ties).collect()
}

/// What goes wrong: nothing, every kind of liar, and everything at once.
const FAULTS: [&str; 5] = [
    "",
    "[faults]\nliars = { who = { kind = \"share\", share = 0.2 }, tell = { kind = \"two-faced\", low = -5000, high = 5000 } }",
    "[faults]\nloss = 0.2\ncrash = 0.1\nrecovery = 0.3\nstate = \"reset\"",
    "[faults]\nloss = 0.1\nliars = { who = { kind = \"share\", share = 0.1 }, tell = { kind = \"random\", low = -9000, high = 9000 } }\n\
     events = [{ kind = \"partition\", tick = 1, along = { kind = \"plane\", normal = [1.0, 0.0, 0.0] } }, { kind = \"heal\", tick = 3 }]",
    "[faults]\nliars = { who = { kind = \"one-per-neighbourhood\" }, tell = { kind = \"ramp\", value = 0, slope = -777 } }",
];

#[test]
fn every_topology_equals_the_plain_account() {
    let folder = files();
    let devices = [CpuDevice::new(1).unwrap(), CpuDevice::new(2).unwrap()];
    let (mut turn, mut ran) = (0, 0);
    for (nodes, topology) in samples() {
        for rule in rules() {
            let timing = timing_text(Timing::KINDS[turn % Timing::KINDS.len()]);
            let more = format!("[timing]\n{timing}\n{}", FAULTS[turn % FAULTS.len()]);
            turn += 1;
            let scenario = scenario(nodes, &topology, &rule, &more, 4);
            if fits(&scenario, folder.path()) {
                let label = format!("{topology} of {nodes}\n{rule}\n{more}");
                compare(&label, &scenario, folder.path(), &devices[turn % 2]);
                ran += 1;
            }
        }
    }
    assert!(ran > 400, "{ran} of {turn}");
}

/// Differences whose sums need more than 32 bits: many neighbours, all as far away as can be.
#[test]
fn sums_of_the_largest_differences_are_exact() {
    let device = CpuDevice::new(2).unwrap();
    let blocks = "start = { kind = \"two-blocks\", low = -268435456, high = 268435456 }";
    let point = "start = { kind = \"point\", value = -268435456 }";
    let folder = Path::new("");
    for (nodes, topology) in [
        (300, "kind = \"complete\""),
        (3000, "kind = \"star\""),
        (1000, "kind = \"circulant\"\noffsets = [1, 2, 3]"),
    ] {
        for start in [blocks, point] {
            for faults in [0, 1, 2] {
                let rule = format!("rule = \"trimmed\"\nfaults = {faults}\n{start}");
                let scenario = scenario(nodes, topology, &rule, "[measure]\nevery = 1", 4);
                compare(&format!("{topology}, {rule}"), &scenario, folder, &device);
                #[cfg(feature = "gpu")]
                for gpu in support::gpus() {
                    let expected = rows(&scenario, folder, &device);
                    assert_eq!(rows(&scenario, folder, &gpu), expected, "{topology}, {rule}");
                }
            }
        }
    }
}

/// The initial values of the published runs: numpy.random.default_rng(0).integers(0, 2^20, 64).
const INITIAL: [i32; 64] = [
    891944, 667902, 535965, 282891, 322782, 42963, 78895, 17330, 183781, 852775, 680961, 957093, 528091, 636103,
    1017897, 764932, 662983, 570032, 587115, 980494, 290819, 855484, 703465, 2871, 413295, 899053, 581241, 35217,
    802045, 765099, 887698, 184188, 93623, 905108, 23175, 567763, 84305, 314270, 504429, 443219, 422826, 29695, 5612,
    130320, 8686, 703200, 551150, 678627, 269798, 645278, 801169, 402315, 483311, 1045650, 844092, 1028480, 397959,
    718842, 996252, 682055, 881130, 721888, 738198, 407813,
];

/// The networks of the published runs: name there, nodes, topology, the liar.
const PUBLISHED: [(&str, u32, &str, u32); 8] = [
    ("K4", 4, "kind = \"complete\"", 3),
    ("C16(1,2,3)", 16, "kind = \"circulant\"\noffsets = [1, 2, 3]", 3),
    ("S(4,2)", 16, "kind = \"tetrahedral\"", 5),
    ("S(4,3)", 64, "kind = \"tetrahedral\"", 21),
    ("mobius16", 16, "kind = \"mobius-ladder\"", 3),
    (
        "C55_fib(1,2,3,5,8)",
        55,
        "kind = \"circulant\"\noffsets = [1, 2, 3, 5, 8]",
        3,
    ),
    (
        "C34_fibchord",
        34,
        "kind = \"circulant\"\noffsets = [1, 2, 3, 5, 8, 13]",
        3,
    ),
    ("hypercube6", 64, "kind = \"hypercube\"", 3),
];

/// Calls `f` with the name of the network, that of the run, and its scenario, for each published run.
fn published(folder: &Path, ticks: u32, mut f: impl FnMut(&str, &str, &Scenario)) {
    for (name, nodes, topology, liar) in PUBLISHED {
        let numbers: String = INITIAL[..nodes as usize].iter().map(|x| format!("{x}\n")).collect();
        std::fs::write(folder.join(format!("{nodes}.txt")), numbers).unwrap();
        let lies = [
            ("ramp", "{ kind = \"ramp\", value = 0, slope = 7919, period = 2097152 }"),
            ("const", "{ kind = \"constant\", value = 4194304 }"),
        ];
        for (lie, tell) in lies {
            for faults in [0, 1] {
                let rule = format!(
                    "rule = \"trimmed\"\nfaults = {faults}\nstart = {{ kind = \"file\", file = \"{nodes}.txt\" }}"
                );
                let more = format!(
                    "[faults.liars]\nwho = {{ kind = \"nodes\", nodes = [{liar}] }}\ntell = {tell}\n[measure]\nevery = 3000"
                );
                f(
                    name,
                    &format!("{lie}_F{faults}"),
                    &scenario(nodes, topology, &rule, &more, ticks),
                );
            }
        }
    }
}

/// Final spreads of W-MSR with one liar, and whether all honest beliefs ended within the range in which they began, computed
/// independently with sorted lists in Python.
#[test]
fn published_runs_with_one_liar() {
    let reference: serde_json::Value = serde_json::from_str(include_str!("reference/wmsr.json")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let device = CpuDevice::new(1).unwrap();
    let mut entries = 0;
    published(folder.path(), 3000, |network, run, scenario| {
        let rows = rows(scenario, folder.path(), &device);
        let [first, last] = [&rows[0], &rows[rows.len() - 1]];
        let ranges = [first, last].map(|row| row.beliefs().map(|b| (b.minimum.unwrap(), b.maximum.unwrap())).unwrap());
        let safe = ranges[0].0 <= ranges[1].0 && ranges[1].1 <= ranges[0].1;
        let found = serde_json::json!({ "spread": last.spread, "safe": safe, "initial_spread": first.spread });
        assert_eq!(last.tick, 3000);
        assert_eq!(found, reference[network][run], "{network}, {run}");
        entries += 1;
    });
    assert_eq!(entries, 32);
}

/// Every 3-robust network of the published ones agrees exactly in spite of a liar; these two, which are not, never do.
#[test]
fn agreement_needs_a_robust_network() {
    let folder = tempfile::tempdir().unwrap();
    let device = CpuDevice::new(1).unwrap();
    published(folder.path(), 3000, |network, run, scenario| {
        let is_robust = match network {
            "C16(1,2,3)" | "C34_fibchord" | "C55_fib(1,2,3,5,8)" => true,
            "S(4,3)" | "mobius16" => false,
            _ => return,
        };
        if run.ends_with("F1") {
            let spread = rows(scenario, folder.path(), &device).last().unwrap().spread.unwrap();
            assert_eq!(spread == 0, is_robust, "{network}, {run}: {spread}");
            assert!(is_robust || spread > 100_000, "{network}, {run}: {spread}");
        }
    });
}

/// With at most F liars among any node's neighbours, honest beliefs stay in the range in which they began, whatever is told, on
/// any network and with any timing: in every tick.
#[test]
fn honest_beliefs_never_leave_their_range() {
    let lies = [
        "{ kind = \"constant\", value = 268435456 }",
        "{ kind = \"constant\", value = 1500 }",
        "{ kind = \"ramp\", value = 4000, slope = -1111 }",
        "{ kind = \"random\", low = -268435456, high = 268435456 }",
        "{ kind = \"two-faced\", low = -5000, high = 5000 }",
    ];
    let topologies = [
        (997, "kind = \"circulant\"\noffsets = [1, 2, 3]"),
        (1000, "kind = \"fibonacci-chords\""),
        (1024, "kind = \"tetrahedral\""),
        (1024, "kind = \"hypercube\""),
        (900, "kind = \"torus2d\""),
        (1026, "kind = \"prism\""),
        (
            1000,
            "[{ kind = \"circulant\", offsets = [1, 2] }, { kind = \"circulant\", offsets = [9, 20] }]",
        ),
        (0, "kind = \"graph\"\nfile = \"star.txt\""),
    ];
    let folder = files();
    let device = CpuDevice::new(2).unwrap();
    for (nodes, topology) in topologies {
        for (k, tell) in lies.iter().enumerate() {
            let timing = timing_text(Timing::KINDS[k % Timing::KINDS.len()]);
            let more = format!(
                "[timing]\n{timing}\n[measure]\nevery = 1\n[faults]\nloss = 0.05\ncrash = 0.02\nrecovery = 0.1\n\
                 liars = {{ who = {{ kind = \"one-per-neighbourhood\", draw = {k} }}, tell = {tell} }}"
            );
            let ranges = |faults: u32| {
                let scenario = scenario(nodes, topology, &trimmed(faults, 0, 1000), &more, 60);
                let rows = rows(&scenario, folder.path(), &device);
                assert_eq!(rows.len(), 61);
                rows.into_iter()
                    .map(|row| row.beliefs().map(|b| (b.minimum.unwrap(), b.maximum.unwrap())).unwrap())
                    .collect::<Vec<_>>()
            };
            // The range of those that are up may be wider later: others come back.
            let strays = |ranges: Vec<(i32, i32)>| ranges.into_iter().find(|&(low, high)| low < 0 || high > 1000);
            assert_eq!(strays(ranges(1)), None, "{topology}, {tell}");
            assert_ne!(strays(ranges(0)), None, "{topology}, {tell}");
        }
    }
}

/// How many links the farthest node is away.
fn eccentricity(topology: &dyn Topology, from: u32) -> u32 {
    let mut distances = vec![u32::MAX; topology.nodes() as usize];
    distances[from as usize] = 0;
    let mut queue = VecDeque::from([from]);
    while let Some(i) = queue.pop_front() {
        for j in topology.neighbours_of(i) {
            if distances[j as usize] == u32::MAX {
                distances[j as usize] = distances[i as usize] + 1;
                queue.push_back(j);
            }
        }
    }
    distances.into_iter().max().unwrap()
}

/// All have the extreme belief of a node after exactly as many ticks as the farthest node is links away from it.
#[test]
fn an_extreme_takes_an_eccentricity_to_reach_everybody() {
    let folder = files();
    let device = CpuDevice::new(1).unwrap();
    let topologies = [
        (997, "kind = \"ring\""),
        (1000, "kind = \"path\""),
        (900, "kind = \"torus2d\""),
        (1024, "kind = \"hypercube\""),
        (1024, "kind = \"tetrahedral\""),
        (5000, "kind = \"fibonacci-chords\""),
        (1000, "kind = \"tree\"\nbranching = 3"),
        (4099, "kind = \"random-regular\""),
        (0, "kind = \"graph\"\nfile = \"star.txt\""),
    ];
    for (nodes, topology) in topologies {
        for node in [0, 1, 499] {
            for (rule, value) in [("maximum", 77), ("minimum", -77)] {
                let rule = format!("rule = \"{rule}\"\nstart = {{ kind = \"point\", node = {node}, value = {value} }}");
                let scenario = scenario(nodes, topology, &rule, "[measure]\nevery = 1\n[stop]\nspread = 0", 5000);
                let plan = Swarm::plan(&scenario, folder.path()).unwrap();
                let rows = rows(&scenario, folder.path(), &device);
                let last = rows.last().unwrap();
                assert_eq!(last.tick, eccentricity(&*plan.topology, node), "{topology}, {rule}");
                let beliefs = last.beliefs().unwrap();
                assert_eq!(
                    (beliefs.minimum, beliefs.maximum),
                    (Some(value), Some(value)),
                    "{topology}, {rule}"
                );
            }
        }
    }
}

fn refusal(nodes: u32, topology: &str, faults: u32) -> String {
    let text = format!(
        "agents = {nodes}\nticks = 5\n[topology]\n{topology}\n[consensus]\n{}\n",
        trimmed(faults, 0, 9)
    );
    let refused = Scenario::from_toml("test", &text).and_then(|scenario| Swarm::plan(&scenario, Path::new("")));
    refused.err().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn faults_that_leave_nobody_are_refused() {
    let circulant = "kind = \"circulant\"\noffsets = [1, 2, 3]";
    assert_eq!(refusal(16, circulant, 2), "");
    let message = refusal(16, circulant, 3);
    assert!(message.contains("consensus.faults is 3"), "{message}");
    assert!(
        message.contains("has more than 6") && message.contains("use at most 2"),
        "{message}"
    );
    let message = refusal(16, "kind = \"ring\"", 1);
    assert!(
        message.contains("no node of ring has more than 2") && message.contains("use 0"),
        "{message}"
    );
    assert_eq!(refusal(16, "kind = \"ring\"", 0), "");
    assert_eq!(refusal(100, "kind = \"complete\"", 32), "");
    let message = refusal(100, "kind = \"complete\"", 33);
    assert!(
        message.contains("test:7:10") && message.contains("33") && message.contains("32"),
        "{message}"
    );
}

#[cfg(feature = "gpu")]
#[test]
fn published_runs_have_the_same_rows_on_every_gpu() {
    let folder = tempfile::tempdir().unwrap();
    let cpu = CpuDevice::new(2).unwrap();
    let gpus = support::gpus();
    published(folder.path(), 200, |network, run, scenario| {
        if run != "const_F1" && network != "S(4,2)" {
            return;
        }
        let mut scenario = scenario.clone();
        scenario.measure.every = 20;
        let expected = rows(&scenario, folder.path(), &cpu);
        for gpu in &gpus {
            let found = rows(&scenario, folder.path(), gpu);
            assert_eq!(found, expected, "{network}, {run} on {}", gpu.info().backend);
        }
    });
}

#[cfg(feature = "gpu")]
#[test]
fn every_rule_has_the_same_rows_on_every_gpu() {
    let folder = files();
    let cpu = CpuDevice::new(2).unwrap();
    let gpus = support::gpus();
    let topologies = [
        (1000, "kind = \"fibonacci-chords\"\nstride = 1"),
        (1024, "[{ kind = \"tetrahedral\" }, { kind = \"fibonacci-chords\" }]"),
        (0, "kind = \"graph\"\nfile = \"star.txt\""),
        (
            0,
            "[{ kind = \"ring\" }, { kind = \"graph\", file = \"star.txt\" }, { kind = \"path\" }]",
        ),
    ];
    let mut turn = 0;
    for (nodes, topology) in topologies {
        for rule in rules() {
            let timing = timing_text(Timing::KINDS[turn % Timing::KINDS.len()]);
            let more = format!(
                "[timing]\n{timing}\n[measure]\nevery = 3\n{}",
                FAULTS[turn % FAULTS.len()]
            );
            turn += 1;
            let scenario = scenario(nodes, topology, &rule, &more, 9);
            if !fits(&scenario, folder.path()) {
                continue;
            }
            let expected = rows(&scenario, folder.path(), &cpu);
            // In turn: each rule is on every GPU on some network.
            if let Some(gpu) = gpus.get((turn + turn / rules().len()) % gpus.len().max(1)) {
                let found = rows(&scenario, folder.path(), gpu);
                assert_eq!(found, expected, "{topology}, {rule}, {more} on {}", gpu.info().backend);
            }
        }
    }
}

/// The functions of `shaders/lib/mean.wgsl` mean what 64-bit integers do.
#[cfg(feature = "gpu")]
#[test]
fn wide_sums_and_their_means_are_exact_on_every_gpu() {
    use kernel::{Domain, Function, gpus, inputs, library, signatures};
    let wide = |x: &[u32]| (u64::from(x[1]) << 32 | u64::from(x[0])) as i64;
    let any: Domain = |_| {};
    // The quotient is a word and the divisor below 2^30: the upper word is reduced until it is.
    let divisible: Domain = |x| {
        x[2] = (x[2] & 0x3FFF_FFFF).max(1);
        let most = x[2] as i32 / 4;
        x[1] = (x[1] as i32 % (most + 1)) as u32;
        if most == 0 {
            x[1] = ((x[0] as i32) >> 31) as u32;
        }
    };
    // The divisor's highest bit is set, and the digit is one.
    let digits: Domain = |x| {
        x[2] |= 1 << 31;
        x[0] %= x[2];
        x[1] &= 0xFFFF;
    };
    let digit: Box<Function> = Box::new(move |x| {
        let whole = u64::from(x[0]) << 16 | u64::from(x[1]);
        vec![(whole / u64::from(x[2])) as u32]
    });
    let add: Box<Function> = Box::new(move |x| {
        let sum = wide(x).wrapping_add(i64::from(x[2] as i32)) as u64;
        vec![sum as u32, (sum >> 32) as u32]
    });
    let mean: Box<Function> = Box::new(move |x| vec![wide(x).div_euclid(i64::from(x[2])) as u32]);
    let library = library("mean");
    let all = signatures(&library);
    assert_eq!(all.len(), 3);
    for gpu in gpus() {
        for signature in &all {
            let (domain, function) = match &*signature.name {
                "add_signed" => (any, &add),
                "digit_of" => (digits, &digit),
                "floor_mean" => (divisible, &mean),
                other => panic!("{other} has no twin"),
            };
            let inputs = inputs(signature.inputs(), domain);
            assert_eq!(gpu.difference(signature, &library, &[], &inputs, function), None);
        }
    }
}

/// What the embedded scenario says of itself, with fewer agents.
#[test]
fn liars_drag_averages_away_but_not_the_resilient() {
    let text = Embedded::named("resilient").unwrap().text;
    let mut scenario = Scenario::from_toml("resilient", text).unwrap();
    scenario.agents = Some(30_000);
    let swarm = Swarm::build(&scenario, Path::new("")).unwrap();
    let status = &swarm.initial[swarm.plan.faults.as_ref().unwrap().status.0];
    let is_liar = |&i: &u32| status[i as usize] & bits::LIAR != 0;
    let among = |i: u32| {
        swarm
            .plan
            .topology
            .neighbours_of(i)
            .iter()
            .filter(|j| is_liar(j))
            .count()
    };
    let counts: Vec<usize> = (0..30_000).filter(|i| !is_liar(i)).map(among).collect();
    assert!(counts.iter().all(|&count| count <= 1));
    let deceived = counts.iter().filter(|&&count| count == 1).count();
    assert!(4 * deceived > counts.len(), "{deceived} of {}", counts.len());
    let last = |scenario: &Scenario| {
        rows(scenario, Path::new(""), &CpuDevice::new(2).unwrap())
            .pop()
            .unwrap()
    };
    let row = last(&scenario);
    let beliefs = row.beliefs().unwrap();
    assert!(row.spread.unwrap() <= 16 && row.tick < 300, "{row:?}");
    assert!(
        beliefs.minimum.unwrap() >= 0 && beliefs.maximum.unwrap() <= 1 << 24,
        "{row:?}"
    );
    let start = scenario.part::<Trimmed>().expect("another rule").start.clone();
    scenario.parts.put(Box::new(Average {
        order: 1,
        beta: None,
        rounding: Rounding::default(),
        liars: None,
        start,
    }));
    let row = last(&scenario);
    assert!(row.beliefs().unwrap().minimum.unwrap() > 1 << 24, "{row:?}");
}
