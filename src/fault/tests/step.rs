//! What the step makes of events and draws.

use super::{MEMBERS, TICKS, scenario, swarm};
use crate::device::cpu::CpuDevice;
use crate::device::{Device, Execution};
use crate::fault::{Effect, Faults, bits};
use crate::number::happens;
use crate::scenario::Scenario;
use std::ops::ControlFlow;

/// Agent by agent, from the descriptions.
struct Account {
    cells: usize,
    /// In the order of agents.
    words: Vec<u32>,
    status: Vec<u32>,
    faults: Faults,
    /// How many each strike has changed.
    changed: Vec<u32>,
}

impl Account {
    fn new(scenario: &Scenario) -> Self {
        let swarm = swarm(scenario);
        let faults = swarm.plan.faults.clone().unwrap();
        let lanes = &swarm.initial[faults.members.unwrap().0];
        let cells = swarm.plan.nodes() as usize;
        assert_eq!(lanes.len(), 4 * cells);
        Self {
            cells,
            words: (0..4 * cells).map(|a| lanes[a % 4 * cells + a / 4]).collect(),
            status: swarm.initial[faults.status.0].to_vec(),
            changed: vec![0; faults.strikes.len()],
            faults,
        }
    }

    fn step(&mut self, tick: u32) {
        let is_down = |word: u32| word & (1 | 2) != 0;
        for (agent, word) in (0..).zip(&mut self.words) {
            let was_down = is_down(*word);
            *word &= !8;
            let mut restarted = false;
            for (k, strike) in self.faults.strikes.iter().enumerate() {
                if strike.tick != tick || !strike.whom.contains(agent) {
                    continue;
                }
                let before = is_down(*word);
                let lied = *word & bits::LIAR;
                match strike.effect {
                    Effect::Kill => {
                        *word |= 2;
                        restarted = false;
                    }
                    Effect::Revive if before => {
                        *word &= !3;
                        restarted = true;
                    }
                    Effect::Revive => {}
                    Effect::Lie => *word |= bits::LIAR,
                    Effect::Honest => *word &= !bits::LIAR,
                }
                self.changed[k] += u32::from(before != is_down(*word) || lied != *word & bits::LIAR);
            }
            let chance = if *word & 1 != 0 {
                self.faults.recovery
            } else {
                self.faults.crash
            };
            if chance > 0 && happens([self.faults.crash_key, 0], agent, tick, chance) {
                *word ^= 1;
            }
            // Whoever was killed and revived in one tick has begun anew too.
            if (was_down || restarted) && !is_down(*word) {
                *word |= 8;
            }
        }
        for (c, status) in self.status.iter_mut().enumerate() {
            let up = self.words[4 * c..4 * c + 4].iter().filter(|w| !is_down(**w)).count();
            *status = *status & !1 | u32::from(up < 2);
        }
    }

    /// As the column has them.
    fn lanes(&self) -> Vec<u32> {
        let agents = 0..4 * self.cells;
        agents
            .map(|at| self.words[at % self.cells * 4 + at / self.cells])
            .collect()
    }
}

fn go(run: &mut dyn Execution, tick: u32) {
    run.advance(tick, &mut |_| ControlFlow::Continue(())).unwrap();
}

/// Every fault, alone and together, on cells of which agents 4c to 4c + 3 are.
const FAULTS: &[&str] = &[
    "loss = 0.2",
    "crash = 0.05\nrecovery = 0.2",
    "crash = 0.4",
    "crash = 0.1\nrecovery = 0.3\nliars = { tell = { kind = \"against\" } }\n\
     events = [{ kind = \"lie\", tick = 3, name = \"a\", who = { kind = \"share\", share = 0.5 } }, { kind = \"kill\", tick = 3, who = { kind = \"range\", first = 9, last = 70 } }, \
     { kind = \"honest\", tick = 8, who = { kind = \"role\", role = \"executor\" } }, { kind = \"honest\", tick = 11, who = { event = \"a\" } }]",
    // Bytes on their thresholds are common.
    "crash = 0.0005\nrecovery = 0.001\nstate = \"reset\"",
    "events = [{ kind = \"kill\", tick = 3, who = { kind = \"share\", share = 0.6 } }, { kind = \"revive\", tick = 20, who = { kind = \"share\", share = 0.2 } }]",
    "events = [{ kind = \"kill\", tick = 0, who = { kind = \"role\", role = \"referee\" } }, { kind = \"kill\", tick = 1, who = { kind = \"range\", first = 9, last = 70 } }, \
     { kind = \"revive\", tick = 1, who = { kind = \"range\", first = 60, last = 77 } }, { kind = \"revive\", tick = 2, who = { kind = \"all\" } }]",
    "crash = 0.1\nrecovery = 0.1\nstate = \"reset\"\n\
     liars = { who = { kind = \"share\", share = 0.3 }, tell = { kind = \"against\" } }\n\
     events = [{ kind = \"kill\", tick = 9, who = { kind = \"subtree\", node = 3 } }, { kind = \"revive\", tick = 30, who = { kind = \"all\" } }, \
     { kind = \"partition\", tick = 5, along = { kind = \"ranges\", starts = [20] } }, { kind = \"heal\", tick = 40 }]",
    // Several in one tick, in the order in which they are written; named, tied, and all that are down.
    "crash = 0.02\nrecovery = 0.1\nstate = \"reset\"\nevents = [\
     { kind = \"kill\", tick = 2, name = \"a\", who = { kind = \"share\", share = 0.3 } }, \
     { kind = \"kill\", tick = 2, who = { kind = \"share\", share = 0.5, draw = \"x\" } }, \
     { kind = \"revive\", tick = 2, who = { kind = \"share\", share = 0.2, draw = \"x\" } }, \
     { kind = \"kill\", tick = 3, who = { kind = \"one-per-neighbourhood\" } }, \
     { kind = \"revive\", tick = 4, who = { event = \"a\" } }, { kind = \"kill\", tick = 5, who = { kind = \"all\" } }, \
     { kind = \"revive\", tick = 21 }]",
];

/// More than a block, no multiple of a chunk, less than a chunk.
const NETWORKS: &[(u32, &str)] = &[
    (17_001, "{ kind = \"ring\" }"),
    (333, "{ kind = \"tree\" }"),
    (64, "{ kind = \"tetrahedral\" }"),
];

#[test]
fn every_agent_fares_as_the_plain_account_says() {
    let device = CpuDevice::new(2).unwrap();
    for &(cells, topology) in NETWORKS {
        for faults in FAULTS {
            let scenario = scenario(cells, topology, faults);
            let mut account = Account::new(&scenario);
            let mut run = device.load(swarm(&scenario)).unwrap();
            for tick in 0..TICKS {
                account.step(tick);
                go(&mut *run, tick + 1);
                let label = format!("{topology}, {faults}, tick {tick}");
                assert_eq!(run.read(account.faults.status).unwrap(), account.status, "{label}");
                assert!(
                    run.read(account.faults.members.unwrap()).unwrap() == account.lanes(),
                    "{label}"
                );
                if let Some(struck) = account.faults.struck {
                    assert_eq!(run.read(struck.changed).unwrap(), account.changed, "{label}");
                }
            }
        }
    }
}

#[cfg(feature = "gpu")]
#[test]
fn every_device_has_the_same_columns() {
    use crate::column::ColumnId;
    let gpus = gpus();
    let cpu = CpuDevice::new(1).unwrap();
    for (k, &(cells, topology)) in NETWORKS.iter().enumerate() {
        for (turn, faults) in FAULTS.iter().enumerate() {
            let scenario = scenario(cells, topology, faults);
            // In turn: every shader is compiled anew for each, and each fault is on every GPU on some network.
            if let Some(gpu) = gpus.get((k + turn) % gpus.len().max(1)) {
                let mut runs = [&cpu as &dyn Device, gpu].map(|device| device.load(swarm(&scenario)).unwrap());
                for tick in [1, 2, 3, 4, 21, 22, TICKS] {
                    let [a, b] = runs.each_mut().map(|run| {
                        go(&mut **run, tick);
                        let columns = run.plan().columns.len();
                        (0..columns).map(|c| run.read(ColumnId(c)).unwrap()).collect::<Vec<_>>()
                    });
                    assert!(a == b, "{topology}, {faults}, tick {tick} on {}", gpu.info().backend);
                    let [a, b] = runs.each_mut().map(|run| run.measure().unwrap());
                    assert_eq!(a, b, "{topology}, {faults}");
                }
            }
        }
    }
}

/// As in the integration tests: a missing adapter of a backend in `TETRASWARM_REQUIRE` is a failure.
#[cfg(feature = "gpu")]
fn gpus() -> Vec<crate::device::gpu::GpuDevice> {
    use crate::device::gpu;
    let required = std::env::var("TETRASWARM_REQUIRE").unwrap_or_default();
    let mut devices = Vec::new();
    for (backend, _) in gpu::BACKENDS {
        match gpu::adapters(Some(backend)).unwrap().first() {
            Some(adapter) => devices.push(gpu::GpuDevice::open(adapter).unwrap()),
            None => assert!(!required.split(',').any(|r| r == backend), "no {backend} adapter"),
        }
    }
    if devices.is_empty() {
        println!("skipped: there is no GPU adapter");
    }
    devices
}

#[test]
fn a_cell_is_down_while_fewer_than_two_of_its_agents_are_up() {
    // Of cell c those are killed whose bits c has; all of them lie but one, and the walls stand.
    let killed: Vec<String> = (0..64)
        .filter(|a| (a / 4) >> (a % 4) & 1 != 0)
        .map(|a| a.to_string())
        .collect();
    let faults = format!(
        "liars = {{ who = {{ kind = \"range\", first = 1, last = 63 }}, tell = {{ kind = \"against\" }} }}\n\
         events = [{{ kind = \"kill\", tick = 2, who = {{ kind = \"nodes\", nodes = [{}] }} }}, \
         {{ kind = \"partition\", tick = 0, along = {{ kind = \"ranges\", starts = [5, 9] }} }}, \
         {{ kind = \"revive\", tick = 4, who = {{ kind = \"all\" }} }}]",
        killed.join(", ")
    );
    let scenario = scenario(16, "{ kind = \"torus2d\" }", &faults);
    let mut run = CpuDevice::new(1).unwrap().load(swarm(&scenario)).unwrap();
    let faults = run.plan().faults.clone().unwrap();
    let members = faults.members.unwrap();
    let sides: Vec<u32> = (0..16).map(|c| u32::from(c >= 5) + u32::from(c >= 9)).collect();
    for tick in 1..=6 {
        go(&mut *run, tick);
        let (status, words) = (run.read(faults.status).unwrap(), run.read(members).unwrap());
        for c in 0..16u32 {
            let crashed = (3..=4).contains(&tick) && c.count_ones() > 2;
            let expected = sides[c as usize] << bits::FIRST_SIDE | u32::from(crashed);
            assert_eq!(status[c as usize], expected, "cell {c}, tick {tick}");
            for m in 0..MEMBERS {
                let word = words[(m * 16 + c) as usize];
                let was_killed = c >> m & 1 != 0;
                // Killed in the third tick, back in the fifth, fresh in that one alone.
                assert_eq!(word & bits::KILLED != 0, was_killed && (3..=4).contains(&tick));
                assert_eq!(word & bits::FRESH != 0, was_killed && tick == 5, "agent {m} of {c}");
                assert_eq!(word & bits::LIAR != 0, c + m > 0);
            }
        }
        let up = (0..16u32)
            .filter(|c| !(3..=4).contains(&tick) || c.count_ones() <= 2)
            .count();
        assert_eq!(run.measure().unwrap().up, up as u64);
    }
}
