//! What the tests share: every sample of every topology, and a plain, slow, independent account of the rules.

pub mod counting;
pub mod end;
pub mod learning;
pub mod npy;
pub mod work;

use std::ops::ControlFlow;
use std::path::Path;
use tempfile::TempDir;
use tetraswarm::Error;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::device::{Device, Event};
use tetraswarm::part::average::Rounding;
use tetraswarm::part::consensus::RULES;
use tetraswarm::scenario::Scenario;
use tetraswarm::swarm::Swarm;
use tetraswarm::timing::Timing;
use tetraswarm::topology::{KINDS, Topology};

/// The files that samples of the catalogue name.
pub fn files() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    // A star with a tail: degrees from 1 to 40, so that divisors differ from link to link.
    let star: String = (1..=40)
        .map(|k| format!("0 {k}\n"))
        .chain((40..3000).map(|k| format!("{k}\t{}\n", k + 1)))
        .chain((0..500).map(|k| format!("{} {}\n", 7 * k % 2999, (13 * k + 5) % 2999)))
        .collect();
    std::fs::write(folder.path().join("star.txt"), star).unwrap();
    // METIS: a path of 5 and an isolated node.
    std::fs::write(folder.path().join("path.graph"), "6 4\n2\n1 3\n2 4\n3 5\n4\n\n").unwrap();
    folder
}

/// Networks laid over each other: implicit ones, regular and not, one or two stored ones, each first and last.
pub const OVERLAYS: &[(u32, &str)] = &[
    (
        64,
        "[{ kind = \"ring\" }, { kind = \"hypercube\" }, { kind = \"torus2d\" }, { kind = \"chord\" }, { kind = \"cubic\" }, \
         { kind = \"random-regular\" }, { kind = \"random-regular\" }, { kind = \"small-world\" }]",
    ),
    (1024, "[{ kind = \"tetrahedral\" }, { kind = \"fibonacci-chords\" }]"),
    (
        64,
        "[{ kind = \"ring\" }, { kind = \"ring\" }, { kind = \"circulant\", offsets = [2, 9] }]",
    ),
    (5000, "[{ kind = \"path\" }, { kind = \"chord\" }]"),
    (
        0,
        "[{ kind = \"graph\", file = \"star.txt\" }, { kind = \"fibonacci-chords\" }]",
    ),
    (
        0,
        "[{ kind = \"ring\" }, { kind = \"graph\", file = \"star.txt\" }, { kind = \"path\" }, { kind = \"graph\", file = \"star.txt\" }]",
    ),
];

/// Every sample: a number of nodes, 0 where a file brings it, and the text of `topology`.
pub fn samples() -> Vec<(u32, String)> {
    let kinds = KINDS.iter().flat_map(|kind| {
        let sample =
            move |(nodes, parameters): &(u32, &str)| (*nodes, format!("kind = \"{}\"\n{parameters}", kind.name));
        kind.samples.iter().map(sample)
    });
    let overlays = OVERLAYS.iter().map(|(nodes, list)| (*nodes, (*list).to_owned()));
    kinds.chain(overlays).collect()
}

/// A scenario of the average rule.
pub fn scenario(nodes: u32, topology: &str, timing: &str, rounding: &str, ticks: u32) -> Scenario {
    let agents = if nodes == 0 {
        String::new()
    } else {
        format!("agents = {nodes}\n")
    };
    let topology = match topology.starts_with('[') {
        true => format!("topology = {topology}"),
        false => format!("[topology]\n{topology}"),
    };
    let text = format!(
        "name = \"test\"\n{agents}ticks = {ticks}\nseed = 7\n{topology}\n[timing]\n{timing}\n\
         [consensus]\nrule = \"average\"\nrounding = \"{rounding}\"\nstart = {{ kind = \"uniform\", low = -1000, high = 3000 }}\n\
         [measure]\nevery = 5\n"
    );
    Scenario::from_toml("test", &text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

/// Calls `f` with a label and a scenario for every sample of every topology, with every timing and every rounding in turn.
pub fn every_sample(ticks: u32, mut f: impl FnMut(&str, &Scenario)) {
    let mut turn = 0;
    for (nodes, topology) in samples() {
        for rounding in Rounding::ALL {
            let timing = Timing::KINDS[turn % Timing::KINDS.len()];
            turn += 1;
            let label = format!("{topology} of {nodes}, {timing}, {}", rounding.name());
            let scenario = scenario(nodes, &topology, &timing_text(timing), rounding.name(), ticks);
            f(&label, &scenario);
        }
    }
}

/// The TOML of a timing of this kind, acting at the rate 0.3.
pub fn timing_text(kind: &str) -> String {
    if kind == "synchronous" {
        format!("kind = \"{kind}\"")
    } else {
        format!("kind = \"{kind}\"\nrate = 0.3")
    }
}

/// Calls `f` with a label and a scenario for every sample of every topology with every timing and every rounding.
pub fn combinations(ticks: u32, mut f: impl FnMut(&str, &Scenario)) {
    for (nodes, topology) in samples() {
        for timing in Timing::KINDS {
            for rounding in Rounding::ALL {
                let label = format!("{topology} of {nodes}, {timing}, {}", rounding.name());
                let scenario = scenario(nodes, &topology, &timing_text(timing), rounding.name(), ticks);
                f(&label, &scenario);
            }
        }
    }
}

/// Every fault, alone and together; of liars those that any rule's nodes can hear. Run for at least 9 ticks.
pub const FAULTS: &[&str] = &[
    "loss = 0.2",
    "crash = 0.05\nrecovery = 0.2",
    "crash = 0.1\nrecovery = 0.4\nstate = \"reset\"",
    "events = [{ kind = \"kill\", tick = 2, who = { kind = \"share\", share = 0.4 } }, \
     { kind = \"revive\", tick = 5, who = { kind = \"share\", share = 0.2 } }]",
    "events = [{ kind = \"partition\", tick = 1, along = { kind = \"ranges\", starts = [2, 3] } }, { kind = \"heal\", tick = 6 }]",
    "events = [{ kind = \"partition\", tick = 0, along = { kind = \"plane\", normal = [1, 0.3, 0.1], at = 0.4 } }]",
    "liars = { who = { kind = \"share\", share = 0.2 }, tell = { kind = \"constant\", value = 1 } }",
    "liars = { who = { kind = \"nodes\", nodes = [0, 1] }, tell = { kind = \"ramp\", value = 1, slope = 1, period = 2 } }",
    "liars = { who = { kind = \"role\", role = \"referee\" }, tell = { kind = \"random\", low = 1, high = 2 } }",
    "liars = { who = { kind = \"one-per-neighbourhood\" }, tell = { kind = \"two-faced\", low = 1, high = 2 } }",
    "liars = { who = { kind = \"share\", share = 0.2 }, tell = { kind = \"against\" } }",
    "loss = 0.1\ncrash = 0.03\nrecovery = 0.1\nstate = \"reset\"\n\
     liars = { who = { kind = \"best-connected\", share = 0.05 }, tell = { kind = \"random\", low = 1, high = 2 } }\n\
     events = [{ kind = \"kill\", tick = 1, who = { kind = \"range\", first = 1, last = 1 } }, \
     { kind = \"revive\", tick = 7, who = { kind = \"all\" } }, \
     { kind = \"partition\", tick = 3, name = \"a\", along = { kind = \"ranges\", starts = [2] } }, { kind = \"heal\", tick = 6, name = \"a\" }]",
];

/// Calls `f` with a label and a scenario for every rule on one sample of every topology and every overlay that it can work on, with
/// its samples, the faults and the timings in turn, so that each rule meets each of them. A rule may refuse what does not fit it,
/// saying which of its own keys, or the liars', is the reason.
pub fn every_rule(folder: &Path, mut f: impl FnMut(&str, &Scenario)) {
    let mut kinds: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
    kinds.dedup();
    let mut networks: Vec<(u32, String)> = Vec::new();
    for kind in KINDS {
        let (nodes, parameters) = kind
            .samples
            .iter()
            .find(|(nodes, _)| *nodes < 6000)
            .unwrap_or(&kind.samples[0]);
        networks.push((*nodes, format!("kind = \"{}\"\n{parameters}", kind.name)));
    }
    networks.extend(OVERLAYS.iter().map(|(nodes, list)| (*nodes, (*list).to_owned())));
    for rule in RULES {
        let own: Vec<(u32, String)> = match rule.needs {
            None => networks.clone(),
            Some(kind) => {
                let of = KINDS.iter().find(|k| k.name == kind).unwrap();
                let sample = |(n, p): &(u32, &str)| (*n, format!("kind = \"{kind}\"\n{p}"));
                of.samples.iter().map(sample).cycle().take(40).collect()
            }
        };
        let (mut tried, mut ran) = (0, 0);
        for (turn, (nodes, topology)) in own.iter().enumerate() {
            let parameters = rule.samples[turn % rule.samples.len()];
            let faults = match turn % (FAULTS.len() + 1) {
                0 => String::new(),
                k => format!("[faults]\n{}\n", FAULTS[k - 1]),
            };
            let timing = timing_text(Timing::KINDS[turn % Timing::KINDS.len()]);
            let agents = if *nodes == 0 {
                String::new()
            } else {
                format!("agents = {nodes}\n")
            };
            let topology = match topology.starts_with('[') {
                true => format!("topology = {topology}"),
                false => format!("[topology]\n{topology}"),
            };
            let text = format!(
                "name = \"test\"\n{agents}ticks = 9\nseed = {}\n{topology}\n[timing]\n{timing}\n\
                 [consensus]\nrule = \"{}\"\n{parameters}\n[measure]\nevery = 4\n{faults}",
                turn + 3,
                rule.name,
            );
            let scenario = Scenario::from_toml("test", &text).unwrap_or_else(|e| panic!("{e}\n{text}"));
            tried += 1;
            match Swarm::plan(&scenario, folder) {
                Ok(_) => {
                    ran += 1;
                    f(&text.replace('\n', "; "), &scenario);
                }
                Err(Error::Invalid { key, .. }) if key.starts_with("consensus") || key.starts_with("faults.liars") => {}
                Err(error) => panic!("{error}\n{text}"),
            }
        }
        assert!(2 * ran > tried, "{}: {ran} of {tried}", rule.name);
    }
}

/// Every link once, lower end first.
pub fn links(topology: &dyn Topology) -> Vec<(u32, u32)> {
    let mut all = Vec::new();
    for i in 0..topology.nodes() {
        all.extend(topology.neighbours_of(i).into_iter().filter(|&j| j > i).map(|j| (i, j)));
    }
    all
}

/// The average rule as the literature states it: link by link, the lower end first, in 64-bit integers. Shares no code with
/// the engine but the random numbers.
pub struct Plain {
    pub beliefs: Vec<i64>,
    carry: Vec<i64>,
    links: Vec<(u32, u32)>,
    degrees: Vec<i64>,
    scenario: Scenario,
    tick: u32,
}

impl Plain {
    pub fn new(scenario: &Scenario, folder: &Path) -> Self {
        Self::of(scenario, &Swarm::build(scenario, folder).unwrap())
    }

    /// The account of a swarm on a network of one's own.
    pub fn of(scenario: &Scenario, swarm: &Swarm) -> Self {
        let topology = &*swarm.plan.topology;
        let links = links(topology);
        let mut degrees = vec![0; topology.nodes() as usize];
        for &(i, j) in &links {
            degrees[i as usize] += 1;
            degrees[j as usize] += 1;
        }
        Self {
            beliefs: swarm.initial[0].iter().map(|&w| i64::from(w as i32)).collect(),
            carry: vec![0; links.len()],
            links,
            degrees,
            scenario: scenario.clone(),
            tick: 0,
        }
    }

    pub fn step(&mut self) {
        use tetraswarm::number::{Stream, bounded, link_phase, stream_key, threefry2x32};
        let Some(average) = self.scenario.part::<tetraswarm::part::average::Average>() else {
            panic!("another rule")
        };
        let nodes = self.beliefs.len() as u32;
        let schedule = self.scenario.timing.schedule(nodes, self.scenario.seed);
        let old = self.beliefs.clone();
        for (k, &(i, j)) in self.links.iter().enumerate() {
            if !schedule.is_active(i, self.tick) && !schedule.is_active(j, self.tick) {
                continue;
            }
            let q = 1 + self.degrees[i as usize].max(self.degrees[j as usize]);
            let d = old[i as usize] - old[j as usize];
            let f = match average.rounding {
                Rounding::Trunc => d / q,
                Rounding::Random => {
                    let key = stream_key(self.scenario.seed, Stream::Rounding);
                    let words = threefry2x32([key, j - i], [i >> 2, self.tick]);
                    let word = words[(i >> 1 & 1) as usize].rotate_left(16 * (i & 1));
                    (d + i64::from(bounded(word, q as u32))).div_euclid(q)
                }
                Rounding::Golden => {
                    let word = link_phase(i, j - i).wrapping_add(self.tick.wrapping_mul(0x9E37_78C1));
                    (d + i64::from(bounded(word, q as u32))).div_euclid(q)
                }
                Rounding::Quasi => {
                    self.carry[k] += d;
                    let f = self.carry[k].div_euclid(q);
                    self.carry[k] -= f * q;
                    f
                }
            };
            self.beliefs[i as usize] -= f;
            self.beliefs[j as usize] += f;
        }
        self.tick += 1;
    }
}

/// The CPU with one thread and with two, and each GPU.
pub fn devices() -> Vec<Box<dyn Device>> {
    let mut all: Vec<Box<dyn Device>> = vec![
        Box::new(CpuDevice::new(1).unwrap()),
        Box::new(CpuDevice::new(2).unwrap()),
    ];
    #[cfg(feature = "gpu")]
    all.extend(gpus().into_iter().map(|gpu| Box::new(gpu) as Box<dyn Device>));
    all
}

/// Runs a scenario on every device, measured as it says, and holds the rows and the state after so many ticks to be the same.
pub fn same_on_every_device(scenario: &Scenario, ticks: u32, about: &str) {
    let mut expected = None;
    for device in &devices() {
        let label = format!("{about} on {} ({})", device.info().name, device.info().backend);
        let swarm = Swarm::build(scenario, Path::new("")).unwrap_or_else(|e| panic!("{label}: {e}"));
        let mut run = device.load(swarm).unwrap();
        let mut rows = vec![run.measure().unwrap()];
        let mut note = |event: Event<'_>| {
            if let Event::Measured(row) = event {
                rows.push(row.clone());
            }
            ControlFlow::Continue(())
        };
        run.advance(ticks, &mut note).unwrap_or_else(|e| panic!("{label}: {e}"));
        let found = (rows, run.fingerprints().unwrap());
        match &expected {
            None => expected = Some(found),
            Some(first) => assert_eq!(&found, first, "{label}"),
        }
    }
}

/// The GPU devices at hand, one for each backend. With `TETRASWARM_REQUIRE=vulkan,gl` a missing one is a failure; without
/// it the test that asks is skipped, and says so.
#[cfg(feature = "gpu")]
pub fn gpus() -> Vec<tetraswarm::device::gpu::GpuDevice> {
    use tetraswarm::device::gpu;
    let required = std::env::var("TETRASWARM_REQUIRE").unwrap_or_default();
    let mut devices = Vec::new();
    for (backend, _) in gpu::BACKENDS {
        let adapters = gpu::adapters(Some(backend)).unwrap();
        match adapters.first() {
            Some(adapter) => devices.push(gpu::GpuDevice::open(adapter).unwrap()),
            None => assert!(
                !required.split(',').any(|r| r == backend),
                "no {backend} adapter, but TETRASWARM_REQUIRE={required}"
            ),
        }
    }
    if devices.is_empty() {
        println!("skipped: there is no GPU adapter");
    }
    devices
}
