//! What goes wrong goes wrong as described: against a plain, slow, independent account of the average rule under every fault,
//! and as the laws say that must hold whatever happens.

use crate::support::links;
use std::collections::HashMap;
use std::path::Path;
use tetraswarm::column::ColumnId;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::fault::{Change, Effect, Faults, Lie, bits};
use tetraswarm::number::{happens, link_phase, multiply_high, threefry2x32};
use tetraswarm::part::average::Average;
use tetraswarm::part::consensus::{Interval, Start};
use tetraswarm::scenario::Scenario;
use tetraswarm::swarm::Swarm;
use tetraswarm::topology::Topology;
use tetraswarm::{Error, Simulation};

fn scenario(nodes: u32, topology: &str, rest: &str, faults: &str) -> Scenario {
    let text = format!(
        "name = \"faults\"\nagents = {nodes}\nticks = 60\nseed = 5\n{rest}\ntopology = {topology}\n[consensus]\nrule = \"average\"\n\
         rounding = \"trunc\"\nstart = {{ kind = \"uniform\", low = -1000, high = 3000 }}\n[measure]\nevery = 1\n[faults]\n{faults}\n"
    );
    Scenario::from_toml("faults", &text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

/// Node by node and link by link, from the descriptions.
struct Account {
    beliefs: Vec<i64>,
    status: Vec<u32>,
    injected: i64,
    destroyed: i64,
    links: Vec<(u32, u32)>,
    /// The slots over which a link can be met from its lower end.
    slots: HashMap<(u32, u32), Vec<u32>>,
    degrees: Vec<i64>,
    faults: Faults,
    tick: u32,
}

impl Account {
    fn new(swarm: &Swarm) -> Self {
        let topology = &*swarm.plan.topology;
        let faults = swarm.plan.faults.clone().unwrap();
        let links = links(topology);
        let mut degrees = vec![0; topology.nodes() as usize];
        for &(i, j) in &links {
            degrees[i as usize] += 1;
            degrees[j as usize] += 1;
        }
        let mut slots: HashMap<(u32, u32), Vec<u32>> = HashMap::new();
        for i in 0..topology.nodes() {
            for slot in 0..topology.slots() {
                let j = topology.neighbour(i, slot);
                if i < j {
                    slots.entry((i, j)).or_default().push(slot);
                }
            }
        }
        Self {
            beliefs: swarm.initial[0].iter().map(|&w| i64::from(w as i32)).collect(),
            status: swarm.initial[faults.status.0].to_vec(),
            injected: 0,
            destroyed: 0,
            links,
            slots,
            degrees,
            faults,
            tick: 0,
        }
    }

    fn is_down(&self, i: u32) -> bool {
        self.status[i as usize] & (bits::CRASHED | bits::KILLED) != 0
    }

    fn is_liar(&self, i: u32) -> bool {
        self.status[i as usize] & bits::LIAR != 0
    }

    fn who_is_up(&mut self) {
        let faults = self.faults.clone();
        for i in 0..self.status.len() {
            let was_down = self.is_down(i as u32);
            self.status[i] &= !bits::FRESH;
            let mut restarted = false;
            for strike in faults.strikes.iter().filter(|strike| strike.tick == self.tick) {
                if !strike.whom.contains(i as u32) {
                    continue;
                }
                match strike.effect {
                    Effect::Kill => {
                        self.status[i] |= bits::KILLED;
                        restarted = false;
                    }
                    Effect::Revive if self.is_down(i as u32) => {
                        self.status[i] &= !(bits::CRASHED | bits::KILLED);
                        restarted = true;
                    }
                    Effect::Revive => {}
                    Effect::Lie => self.status[i] |= bits::LIAR,
                    Effect::Honest => self.status[i] &= !bits::LIAR,
                }
            }
            let crashed = self.status[i] & bits::CRASHED != 0;
            let chance = if crashed { faults.recovery } else { faults.crash };
            if chance > 0 && happens([faults.crash_key, 0], i as u32, self.tick, chance) {
                self.status[i] ^= bits::CRASHED;
            }
            // Whoever was down and is up, or was killed and revived at once, but not whoever was revived only to crash.
            if (was_down || restarted) && !self.is_down(i as u32) {
                self.status[i] |= bits::FRESH;
                if faults.forgets {
                    // Where liars may be honest again, what they forget counts too.
                    if faults.lies_change || !self.is_liar(i as u32) {
                        self.destroyed += self.beliefs[i];
                    }
                    self.beliefs[i] = 0;
                }
            }
        }
    }

    /// What `from` tells `to`.
    fn told(&self, from: u32, old: &[i64], to: u32) -> i64 {
        if !self.is_liar(from) {
            return old[from as usize];
        }
        let word = match self.faults.lie.unwrap() {
            Lie::Constant { value } => value,
            Lie::Ramp {
                value,
                slope,
                last,
                mask,
            } => value.wrapping_add(slope.wrapping_mul(self.tick.min(last)) & mask),
            Lie::Random { low, width, seed } => {
                low.wrapping_add(multiply_high(threefry2x32([seed, 10], [from, self.tick])[0], width))
            }
            Lie::TwoFaced { low, high, key } if link_phase(from ^ key, to) < 1 << 31 => {
                let _ = high;
                low
            }
            Lie::TwoFaced { high, .. } => high,
            other => panic!("{other:?}"),
        };
        i64::from(word as i32)
    }

    fn step(&mut self, swarm: &Swarm) {
        self.who_is_up();
        let old = self.beliefs.clone();
        let (mut walls, mut cuts) = (0, 0);
        for event in &self.faults.events {
            match event.change {
                Change::Wall { mask, until } if (event.tick..until).contains(&self.tick) => walls |= mask,
                Change::Cut { slots, until } if (event.tick..until).contains(&self.tick) => cuts |= slots,
                _ => {}
            }
        }
        for &(i, j) in &self.links.clone() {
            let acts = |i| swarm.plan.schedule.is_active(i, self.tick);
            let differ = (self.status[i as usize] ^ self.status[j as usize]) & walls != 0;
            let is_cut = self
                .slots
                .get(&(i, j))
                .is_some_and(|slots| slots.iter().any(|&s| cuts >> s & 1 != 0));
            let lost = self.faults.loss > 0 && happens([self.faults.loss_key, j - i], i, self.tick, self.faults.loss);
            if !(acts(i) || acts(j)) || self.is_down(i) || self.is_down(j) || differ || is_cut || lost {
                continue;
            }
            let q = 1 + self.degrees[i as usize].max(self.degrees[j as usize]);
            for (own, other) in [(i, j), (j, i)] {
                if !self.is_liar(own) {
                    let gain = (self.told(other, &old, own) - old[own as usize]) / q;
                    self.beliefs[own as usize] += gain;
                    self.injected += if self.is_liar(other) { gain } else { 0 };
                }
            }
        }
        self.tick += 1;
    }

    /// Sum, injected, destroyed, nodes up.
    fn ledger(&self) -> (i64, i64, i64, u64) {
        let honest = (0..self.status.len() as u32).filter(|&i| !self.is_liar(i));
        let sum = honest.map(|i| self.beliefs[i as usize]).sum();
        let up = (0..self.status.len() as u32).filter(|&i| !self.is_down(i)).count() as u64;
        (sum, self.injected, self.destroyed, up)
    }
}

/// Every fault, alone and together.
const FAULTS: &[&str] = &[
    "loss = 0.2",
    "loss = 0.0005",
    "crash = 0.05\nrecovery = 0.2",
    "crash = 0.003\nrecovery = 0.2\nstate = \"reset\"",
    "events = [{ kind = \"kill\", tick = 3, who = { kind = \"share\", share = 0.4 } }, { kind = \"revive\", tick = 20, who = { kind = \"share\", share = 0.2 } }]",
    "events = [{ kind = \"partition\", tick = 2, along = { kind = \"ranges\", starts = [10, 30, 31] } }, { kind = \"heal\", tick = 25 }]",
    "events = [{ kind = \"partition\", tick = 0, along = { kind = \"plane\", normal = [1, 0.3, 0.1], at = 0.4 } }]",
    "liars = { who = { kind = \"share\", share = 0.1 }, tell = { kind = \"constant\", value = -70000 } }",
    "liars = { who = { kind = \"nodes\", nodes = [0, 7] }, tell = { kind = \"ramp\", value = 5, slope = -900 } }",
    "liars = { who = { kind = \"one-per-neighbourhood\" }, tell = { kind = \"random\", low = -500, high = 2000 } }",
    "liars = { who = { kind = \"role\", role = \"referee\" }, tell = { kind = \"two-faced\", low = -500, high = 2000 } }",
    "loss = 0.1\ncrash = 0.03\nrecovery = 0.1\nstate = \"reset\"\n\
     liars = { who = { kind = \"best-connected\", share = 0.05 }, tell = { kind = \"ramp\", value = 5, slope = 100, period = 4096 } }\n\
     events = [{ kind = \"kill\", tick = 9, who = { kind = \"subtree\", node = 3 } }, { kind = \"revive\", tick = 30, who = { kind = \"all\" } }, \
     { kind = \"partition\", tick = 5, name = \"a\", along = { kind = \"ranges\", starts = [20] } }, { kind = \"heal\", tick = 40, name = \"a\" }]",
    "liars = { who = { kind = \"share\", share = 0.1 }, tell = { kind = \"constant\", value = -70000 } }\n\
     events = [{ kind = \"lie\", tick = 7, who = { kind = \"share\", share = 0.3 } }, { kind = \"honest\", tick = 20, who = { kind = \"share\", share = 0.5 } }, \
     { kind = \"honest\", tick = 40 }]",
    "crash = 0.03\nrecovery = 0.1\nstate = \"reset\"\nliars = { tell = { kind = \"random\", low = -500, high = 2000 } }\n\
     events = [{ kind = \"lie\", tick = 0, name = \"first\", who = { kind = \"range\", first = 3, last = 17 } }, { kind = \"kill\", tick = 9, who = { kind = \"share\", share = 0.3 } }, \
     { kind = \"lie\", tick = 9, who = { kind = \"nodes\", nodes = [1, 30] } }, { kind = \"honest\", tick = 25, who = { event = \"first\" } }, { kind = \"revive\", tick = 30 }]",
];

const NETWORKS: &[(u32, &str)] = &[
    (64, "{ kind = \"torus2d\" }"),
    (5000, "{ kind = \"ring\" }"),
    (400, "{ kind = \"chord\" }"),
    (64, "{ kind = \"tetrahedral\" }"),
    (256, "{ kind = \"hypercube\" }"),
    (200, "{ kind = \"random-regular\" }"),
    (333, "{ kind = \"tree\" }"),
    (60, "{ kind = \"star\" }"),
    (50, "{ kind = \"path\" }"),
    (40, "{ kind = \"complete\" }"),
    (256, "[{ kind = \"tetrahedral\" }, { kind = \"fibonacci-chords\" }]"),
];

#[test]
fn the_average_rule_under_every_fault_equals_the_plain_account() {
    let device = CpuDevice::new(2).unwrap();
    for (turn, &(nodes, topology)) in NETWORKS.iter().enumerate() {
        for (k, faults) in FAULTS.iter().enumerate() {
            let timing = match (turn + k) % 3 {
                0 => "timing = { kind = \"bernoulli\", rate = 0.4 }",
                1 => "timing = { kind = \"golden\", rate = 0.7 }",
                _ => "",
            };
            let label = format!("{topology}, {timing}, {faults}");
            let scenario = scenario(nodes, topology, timing, faults);
            let build = || Swarm::build(&scenario, Path::new("")).unwrap_or_else(|e| panic!("{label}: {e}"));
            let swarm = build();
            let mut account = Account::new(&swarm);
            let mut simulation = Simulation::load(build(), &device).unwrap();
            for tick in 1..=60 {
                account.step(&swarm);
                simulation
                    .run_until(tick, |_| std::ops::ControlFlow::Continue(()))
                    .unwrap();
                let row = simulation.measurements().last().unwrap();
                let beliefs = row.beliefs().unwrap();
                let found = (beliefs.sum, beliefs.injected, beliefs.forgotten, row.up);
                assert_eq!(found, account.ledger(), "{label}, tick {tick}");
            }
            let status = simulation.column("faults.status").unwrap();
            assert_eq!(status, account.status, "{label}");
            let beliefs: Vec<i64> = simulation.beliefs().unwrap().into_iter().map(i64::from).collect();
            let honest = |i: &usize| status[*i] & bits::LIAR == 0;
            for i in (0..beliefs.len()).filter(honest) {
                assert_eq!(beliefs[i], account.beliefs[i], "{label}, node {i}");
            }
        }
    }
}

#[test]
fn a_cut_dimension_carries_nothing() {
    for (nodes, topology, dimension) in [
        (64, "{ kind = \"torus2d\" }", 1),
        (64, "{ kind = \"hypercube\" }", 4),
        (64, "{ kind = \"hamming\" }", 2),
        (64, "{ kind = \"tetrahedral\" }", 1),
        (400, "{ kind = \"chord\" }", 3),
        (64, "{ kind = \"cubic\" }", 2),
        (256, "[{ kind = \"tetrahedral\" }, { kind = \"fibonacci-chords\" }]", 2),
    ] {
        let faults = format!(
            "events = [{{ kind = \"partition\", tick = 5, along = {{ kind = \"dimension\", dimension = {dimension} }} }}, {{ kind = \"heal\", tick = 40 }}]"
        );
        let scenario = scenario(nodes, topology, "", &faults);
        let swarm = Swarm::build(&scenario, Path::new("")).unwrap();
        let mut account = Account::new(&swarm);
        // The same links from both ends: a link's slot has the dimension that its slot from the other end has.
        let network = &*swarm.plan.topology;
        for i in 0..nodes {
            for slot in 0..network.slots() {
                let j = network.neighbour(i, slot);
                let back = (0..network.slots()).filter(|&k| network.neighbour(j, k) == i);
                assert!(
                    i == j || back.map(|k| network.dimension(k)).any(|d| d == network.dimension(slot)),
                    "{topology}, {i}, {slot}"
                );
            }
        }
        let mut simulation = Simulation::new(&scenario, &CpuDevice::new(1).unwrap()).unwrap();
        simulation.run().unwrap();
        (0..60).for_each(|_| account.step(&swarm));
        let beliefs: Vec<i64> = simulation.beliefs().unwrap().into_iter().map(i64::from).collect();
        // An overlay's parts may link the same two nodes, one over a slot that is cut and one over another.
        assert!(topology.starts_with('[') || beliefs == account.beliefs, "{topology}");
        let links = |tick: usize| simulation.measurements()[tick].exchanges;
        assert!(
            links(6) < links(5) && links(41) == links(5),
            "{topology}: {} {} {}",
            links(5),
            links(6),
            links(41)
        );
    }
}

#[test]
fn the_halves_of_a_partition_keep_their_sums_and_meet_after_it() {
    let faults = "events = [{ kind = \"partition\", tick = 1, along = { kind = \"ranges\", starts = [512] } }, { kind = \"heal\", tick = 400 }]";
    let mut scenario = scenario(1024, "{ kind = \"chord\" }", "", faults);
    scenario.ticks = 900;
    scenario.measure.every = 50;
    let Some(average) = scenario.part_mut::<Average>() else {
        panic!()
    };
    average.start = Start::TwoBlocks(Interval { low: -1000, high: 3000 });
    let mut simulation = Simulation::new(&scenario, &CpuDevice::new(2).unwrap()).unwrap();
    let sums = |beliefs: &[i32]| -> [i64; 2] {
        let sum = |half: &[i32]| half.iter().map(|&x| i64::from(x)).sum();
        [sum(&beliefs[..512]), sum(&beliefs[512..])]
    };
    let go_on = |_: tetraswarm::device::Event<'_>| std::ops::ControlFlow::Continue(());
    simulation.run_until(1, go_on).unwrap();
    let before = sums(&simulation.beliefs().unwrap());
    simulation.run_until(400, go_on).unwrap();
    let apart = simulation.beliefs().unwrap();
    assert_eq!(sums(&apart), before);
    let spread = |part: &[i32]| part.iter().max().unwrap() - part.iter().min().unwrap();
    // Each agrees with itself, but not with the other.
    let within = spread(&apart[..512]).max(spread(&apart[512..]));
    let means = before.map(|sum| sum / 512);
    assert!(
        (means[0] - means[1]).abs() > 3 * i64::from(within),
        "{means:?}, {within}"
    );
    simulation.run().unwrap();
    let after = simulation.beliefs().unwrap();
    assert_ne!(sums(&after), before);
    assert!(spread(&after) <= within.max(100), "{} after {within}", spread(&after));
    assert_eq!(sums(&after).iter().sum::<i64>(), before.iter().sum::<i64>());
}

#[test]
fn no_faults_cost_nothing_and_change_nothing() {
    let with = scenario(400, "{ kind = \"chord\" }", "", "");
    let mut without = with.clone();
    without.faults = None;
    let plan = |scenario: &Scenario| Swarm::plan(scenario, Path::new("")).unwrap();
    assert_eq!(plan(&with).bytes(), plan(&without).bytes());
    assert_eq!((plan(&with).steps.len(), plan(&with).columns.len()), (1, 1));
    assert!(plan(&with).faults.is_none());
}

/// The nodes with a bit.
fn marked(scenario: &Scenario, bit: u32) -> Vec<u32> {
    let swarm = Swarm::build(scenario, Path::new("")).unwrap();
    let status = &swarm.initial[swarm.plan.faults.as_ref().unwrap().status.0];
    (0..)
        .zip(status.iter())
        .filter(|(_, s)| **s & bit != 0)
        .map(|(i, _)| i)
        .collect()
}

#[test]
fn a_selection_means_the_nodes_that_it_says() {
    let select = |nodes: u32, topology: &str, who: &str| {
        let faults = format!("liars = {{ who = {who}, tell = {{ kind = \"constant\", value = 1 }} }}");
        marked(&scenario(nodes, topology, "", &faults), bits::LIAR)
    };
    let torus = "{ kind = \"torus2d\" }";
    for (share, count) in [(0.0, 0), (0.25, 25), (0.333, 33), (0.99, 99)] {
        let some = select(100, torus, &format!("{{ kind = \"share\", share = {share} }}"));
        assert_eq!(some.len(), count);
        let more = select(
            100,
            torus,
            &format!("{{ kind = \"share\", share = {} }}", f64::min(share + 0.1, 0.99)),
        );
        assert!(
            some.iter().all(|i| more.contains(i)),
            "a larger share begins with the same"
        );
    }
    let [a, b] = [0, 1].map(|draw| {
        select(
            100,
            torus,
            &format!("{{ kind = \"share\", share = 0.3, draw = {draw} }}"),
        )
    });
    assert_ne!(a, b);
    assert_eq!(
        select(100, torus, "{ kind = \"range\", first = 7, last = 9 }"),
        [7, 8, 9]
    );
    assert_eq!(select(100, torus, "{ kind = \"nodes\", nodes = [9, 3, 9] }"), [3, 9]);
    assert_eq!(
        select(16, torus, "{ kind = \"role\", role = \"development\" }"),
        [3, 7, 11, 15]
    );
    // The hub of a star, and then the first leaves.
    assert_eq!(
        select(20, "{ kind = \"star\" }", "{ kind = \"best-connected\", share = 0.15 }"),
        [0, 1, 2]
    );
    // Of a binary heap: node 2, its children, theirs.
    let tree = select(
        15,
        "{ kind = \"tree\", branching = 2 }",
        "{ kind = \"subtree\", node = 2 }",
    );
    assert_eq!(tree, [2, 5, 6, 11, 12, 13, 14]);
    assert_eq!(
        select(9, "{ kind = \"path\" }", "{ kind = \"subtree\", node = 4 }"),
        [4, 5, 6, 7, 8]
    );
    for topology in [torus, "{ kind = \"chord\" }", "{ kind = \"tetrahedral\" }"] {
        let liars = select(256, topology, "{ kind = \"one-per-neighbourhood\" }");
        let plan = Swarm::plan(&scenario(256, topology, "", "loss = 0.1"), Path::new("")).unwrap();
        let around = |i: u32| -> Vec<u32> {
            let neighbours = plan.topology.neighbours_of(i);
            neighbours
                .into_iter()
                .chain([i])
                .filter(|j| liars.contains(j))
                .collect()
        };
        assert!((0..256).all(|i| around(i).len() <= 1), "{topology}");
        // And no other node could lie as well.
        for i in (0..256).filter(|i| !liars.contains(i)) {
            let neighbours = plan.topology.neighbours_of(i);
            assert!(
                neighbours.iter().chain([&i]).any(|&j| !around(j).is_empty()),
                "{topology}, {i}"
            );
        }
    }
}

#[test]
fn the_aftermath_tells_what_happened_and_how_fast_the_swarm_recovered() {
    let faults = "recovered = 100\nevents = [{ kind = \"kill\", tick = 200, name = \"a\", who = { kind = \"share\", share = 0.3 } }, \
                  { kind = \"partition\", tick = 210, along = { kind = \"ranges\", starts = [128] } }, \
                  { kind = \"revive\", tick = 300, who = { event = \"a\" } }, { kind = \"heal\", tick = 300 }]\nstate = \"reset\"";
    let mut scenario = scenario(256, "{ kind = \"chord\" }", "", faults);
    scenario.ticks = 500;
    scenario.stop.spread = Some(110);
    let mut simulation = Simulation::new(&scenario, &CpuDevice::new(1).unwrap()).unwrap();
    let report = simulation.run().unwrap();
    // The stop condition waits for the last event.
    assert!(
        report.measurement.tick > 300 && report.measurement.tick < 500,
        "{}",
        report.measurement.tick
    );
    let aftermath = simulation.aftermath().unwrap();
    let seen: Vec<(u32, u32, &str)> = aftermath.iter().map(|a| (a.tick, a.watched, &*a.event)).collect();
    assert_eq!(
        seen,
        [
            (200, 10, "77 of 256 nodes killed"),
            (210, 90, "partition into 2 ranges"),
            (300, 0, "77 of 256 nodes revived (77 were named by a kill before)"),
            (300, report.measurement.tick - 300, "healed"),
        ]
    );
    assert_eq!(aftermath[0].recovery, Some(0));
    assert!(
        aftermath[3].peak.unwrap() > 500 && aftermath[3].before.unwrap() < 100,
        "{:?}",
        aftermath[3]
    );
    // Of what happened before something else in the same tick, nothing is said.
    assert_eq!(
        (aftermath[2].measurements, aftermath[2].peak, aftermath[2].recovery),
        (0, None, None)
    );
    // Recovered at the first row that is back at 100, not at the run's own bound.
    let rows = simulation.measurements();
    let back = rows
        .iter()
        .filter(|row| row.tick > 300)
        .skip_while(|row| row.spread.unwrap() <= 100)
        .find(|row| row.spread.unwrap() <= 100);
    assert_eq!(aftermath[3].recovery, back.map(|row| row.tick - 300));
    assert_eq!(rows.iter().map(|row| row.up).min(), Some(256 - 77));
}

#[test]
fn the_largest_component_is_counted() {
    // A ring of 100 without two nodes, and then cut in two besides.
    let faults = "events = [{ kind = \"kill\", tick = 1, who = { kind = \"nodes\", nodes = [10, 40] } }, \
                  { kind = \"partition\", tick = 3, along = { kind = \"ranges\", starts = [60] } }, { kind = \"heal\", tick = 5 }]";
    let mut scenario = scenario(
        100,
        "{ kind = \"ring\" }",
        "timing = { kind = \"golden\", rate = 0.1 }",
        faults,
    );
    scenario.measure.component = true;
    scenario.ticks = 7;
    let mut simulation = Simulation::new(&scenario, &CpuDevice::new(1).unwrap()).unwrap();
    simulation.run().unwrap();
    let sizes: Vec<u64> = simulation
        .measurements()
        .iter()
        .map(|row| row.component.unwrap())
        .collect();
    // 41 to 99 and 0 to 9; then 60 to 99 at most.
    assert_eq!(sizes, [100, 100, 69, 69, 40, 40, 69, 69]);
}

#[test]
fn what_cannot_be_is_refused_with_the_key_and_the_remedy() {
    let refused = |faults: &str, parts: &[&str]| {
        let text = format!(
            "agents = 100\nticks = 60\ntopology.kind = \"torus2d\"\n[consensus]\nrule = \"average\"\nstart = {{ kind = \"point\", value = 1 }}\n[faults]\n{faults}\n"
        );
        let error = match Scenario::from_toml("bad", &text) {
            Err(error) => error,
            Ok(scenario) => Swarm::build(&scenario, Path::new("")).map(drop).unwrap_err(),
        };
        assert!(matches!(error, Error::Invalid { .. }), "{error}");
        for part in parts {
            assert!(error.to_string().contains(part), "{error} does not say {part}");
        }
    };
    refused("loss = 1.5", &["faults.loss", "1.5"]);
    refused("lost = 0.5", &["faults.lost", "loss"]);
    refused("recovery = 0.5", &["faults.recovery", "faults.crash"]);
    let event = |event: &str| format!("events = [{event}]");
    refused(
        &event("{ kind = \"kill\", tick = 6, who = { kind = \"nodes\", nodes = [5, 100] } }"),
        &["faults.events[0].who.nodes[1]", "is 100", "100 nodes, numbered from 0"],
    );
    refused(
        &event("{ kind = \"kill\", tick = 6, who = { kind = \"range\", first = 9, last = 8 } }"),
        &["faults.events[0].who.first", "exchange"],
    );
    refused(
        &event("{ kind = \"heal\", tick = 6 }"),
        &["faults.events[0]", "none stands at tick 6"],
    );
    refused(
        &event("{ kind = \"partition\", tick = 6, along = { kind = \"ranges\", starts = [4, 4] } }"),
        &["faults.events[0].along.starts", "ascending"],
    );
    refused(
        &event("{ kind = \"partition\", tick = 6, along = { kind = \"plane\", normal = [0, 0, 0] } }"),
        &["faults.events[0].along.normal", "no direction"],
    );
    refused(
        &event("{ kind = \"partition\", tick = 6, along = { kind = \"dimension\", dimension = 2 } }"),
        &["faults.events[0].along.dimension", "is 2", "0 to 1"],
    );
    refused(
        "liars = { who = { kind = \"all\" }, tell = { kind = \"constant\", value = 1 } }",
        &["faults.liars.who", "somebody must be honest"],
    );
    refused(
        "liars = { who = { kind = \"share\", share = 0.1 }, tell = { kind = \"constant\", value = 268435457 } }",
        &["faults.liars.tell.value", "268435457", "-268435456 to 268435456"],
    );
    refused(
        "liars = { who = { kind = \"share\", share = 0.1 }, tell = { kind = \"against\" } }",
        &["faults.liars.tell.kind", "votes"],
    );
    refused(
        "liars = { who = { kind = \"share\", share = 0.1 }, tell = { kind = \"ramp\", value = 1, slope = 2, period = 100 } }",
        &["faults.liars.tell.period", "power of two"],
    );
    let many: Vec<String> = (1..41)
        .map(|k| format!("{{ kind = \"partition\", tick = {k}, along = {{ kind = \"ranges\", starts = [{k}] }} }}"))
        .collect();
    refused(&event(&many.join(", ")), &["faults.events[28]", "nodes' status", "28"]);
}

#[test]
fn a_run_that_loses_a_unit_under_faults_is_stopped() {
    let scenario = scenario(64, "{ kind = \"torus2d\" }", "", FAULTS[11]);
    let device = CpuDevice::new(1).unwrap();
    let mut run = tetraswarm::device::Device::load(&device, Swarm::build(&scenario, Path::new("")).unwrap()).unwrap();
    let first = run.measure().unwrap();
    run.advance(30, &mut |_| std::ops::ControlFlow::Continue(())).unwrap();
    let row = run.measure().unwrap();
    let gauge = std::sync::Arc::clone(&run.plan().gauges[0]);
    gauge.audit(&first, &row).unwrap();
    let status = run.read(run.plan().faults.as_ref().unwrap().status).unwrap();
    // One unit of an honest node's belief, or of the ledger, is noticed.
    for column in ["consensus.belief", "consensus.injected", "consensus.destroyed"] {
        let at = run.plan().column(column).unwrap().0;
        let honest = (0..64).find(|&i| status[i] & bits::LIAR == 0).unwrap();
        let word = run.read(ColumnId(at)).unwrap()[honest];
        run.write(ColumnId(at), honest as u64, word.wrapping_add(1)).unwrap();
        let broken = run.measure().unwrap();
        assert!(
            matches!(gauge.audit(&first, &broken), Err(Error::Audit { .. })),
            "{column}"
        );
        run.write(ColumnId(at), honest as u64, word).unwrap();
    }
    let _: &dyn Topology = &*run.plan().topology;
}
