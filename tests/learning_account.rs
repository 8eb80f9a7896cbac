//! The account of strategies of cells that work: what each has brought, and when nine tenths held it.

use crate::support;
use std::ops::ControlFlow;
use std::path::Path;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::device::{Device, Event, Execution};
use tetraswarm::gauge::Measurement;
use tetraswarm::part::learning::{Fared, Learnt};
use tetraswarm::part::work::Work;
use tetraswarm::plan::Plan;
use tetraswarm::scenario::Scenario;
use tetraswarm::swarm::Swarm;

const FAULTS: &str = "[faults]\nloss = 0.05\ncrash = 0.01\nrecovery = 0.3\nstate = \"reset\"\nliars = { tell = { kind = \"against\" } }\n\
    events = [{ kind = \"lie\", tick = 20, who = { kind = \"share\", share = 0.3 } }, { kind = \"kill\", tick = 30, who = { kind = \"share\", share = 0.2 } }, \
    { kind = \"revive\", tick = 45 }]\n";

const GROWTH: &str = "[growth]\nmax_agents = 2048\nspawn = { load = 4, for = 2 }\nretire = { load = 1, idle = 5 }\ndelegate = { need = 4 }\n";

/// A swarm whose cells have so many strategies and decide every ten ticks.
fn scenario(strategies: u32, account: bool, switch: u32, more: &str) -> Scenario {
    let list: String = (0..strategies)
        .map(|s| {
            let verify = f64::from(s) / f64::from(strategies);
            format!("[[learning.strategy]]\nname = \"s{s}\"\nverify = {verify}\n")
        })
        .collect();
    let text = format!(
        "agents = 1024\nticks = 250\nseed = 3\ntopology = [{{ kind = \"tetrahedral\" }}, {{ kind = \"ring\" }}]\nmeasure.every = 10\n\
         [learning]\nrule = {{ kind = \"social\", explore = 0.02, adopt = 0.95, from = \"swarm\" }}\ndecide_every = 10\n\
         mean = {{ every = 4 }}\nswitch = {switch}\naccount = {account}\n\
         reward = {{ kind = \"work\", reject = 10, message = 40, wait = 1, wrong = 300, audit = 0.4 }}\n{list}\
         [work]\nqueue = 8\nerror = 0.02\nneed = {{ kind = \"geometric\", mean = 2 }}\n[work.arrivals]\nload = 0.9\n{more}"
    );
    Scenario::from_toml("account", &text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

/// Plans whose shaders are looked at: of strategies that are noted one, two, three and four at a time.
pub fn plans() -> Vec<Plan> {
    [3, 5, 6]
        .map(|strategies| Swarm::plan(&scenario(strategies, true, 0, ""), Path::new("")).unwrap())
        .into()
}

/// A swarm that is looked at after each epoch.
struct Watched(Box<dyn Execution>);

impl Watched {
    fn new(scenario: &Scenario) -> Self {
        let swarm = Swarm::build(scenario, Path::new("")).unwrap();
        Self(CpuDevice::new(2).unwrap().load(swarm).unwrap())
    }

    /// The row at a tick, up to which it is run.
    fn until(&mut self, tick: u32) -> Measurement {
        let mut last = None;
        let mut note = |event: Event<'_>| {
            if let Event::Measured(row) = event {
                last = Some(row.clone());
            }
            ControlFlow::Continue(())
        };
        self.0.advance(tick, &mut note).unwrap();
        last.unwrap()
    }

    fn column(&mut self, name: &str) -> Vec<u32> {
        let column = self.0.plan().column(name).unwrap();
        self.0.read(column).unwrap()
    }
}

/// Many strategies take several steps to look at; places come and go; a cell that changes remembers what it held.
#[test]
fn it_is_the_same_on_every_device() {
    for (strategies, switch, more) in [
        (3, 2, format!("{FAULTS}{GROWTH}")),
        (5, 0, GROWTH.to_owned()),
        (6, 3, FAULTS.to_owned()),
    ] {
        let about = format!("{strategies} strategies");
        support::same_on_every_device(&scenario(strategies, true, switch, &more), 60, &about);
    }
}

/// What is counted changes nothing of what happens.
#[test]
fn it_changes_nothing_else() {
    let prints = |account: bool| {
        let mut run = Watched::new(&scenario(16, account, 2, &format!("{FAULTS}{GROWTH}")));
        run.until(100);
        let prints = run.0.fingerprints().unwrap();
        let columns = run.0.plan().columns.iter().map(|column| column.name);
        let mine = ["learning.earned", "learning.tally", "learning.found"];
        let others = columns
            .zip(prints)
            .filter(|(name, _)| !mine.contains(name) && !name.starts_with("learning.seen_"));
        others
            .map(|(name, print)| format!("{name} {print:?}"))
            .collect::<Vec<_>>()
    };
    assert_eq!(prints(true), prints(false));
}

/// The account against a plain one: who held what before each decision, and what it scored; all that was committed is somebody's.
#[test]
fn it_is_what_a_plain_account_says() {
    // Who forgets within an epoch is seen by nobody from outside.
    let remembered = FAULTS.replace("state = \"reset\"\n", "");
    for (strategies, more) in [(2, ""), (6, &*remembered)] {
        let mut run = Watched::new(&scenario(strategies, true, 0, more));
        let all = strategies as usize;
        let (mut epochs, mut scores, mut first) = (vec![0u64; all], vec![0i64; all], vec![None; all]);
        for epoch in 1..=25u32 {
            let held = run.column("learning.strategy");
            let row = run.until(10 * epoch);
            let scored = run.column("learning.score");
            let mut cells = vec![0u64; all];
            for (&held, &score) in held.iter().zip(&scored).filter(|(held, _)| **held != 0) {
                cells[held as usize - 1] += 1;
                scores[held as usize - 1] += i64::from(score as i32);
            }
            let holders: u64 = cells.iter().sum();
            for k in 0..all {
                epochs[k] += cells[k];
                if holders > 0 && 10 * cells[k] >= 9 * holders && first[k].is_none() {
                    first[k] = Some(epoch);
                }
            }
            let learnt = row.get::<Learnt>().unwrap();
            assert_eq!(learnt.fared.len(), all);
            for (k, fared) in learnt.fared.iter().enumerate() {
                assert_eq!(fared.epochs, epochs[k], "strategy {k}, epoch {epoch}");
                assert_eq!(fared.first_epoch, first[k], "strategy {k}, epoch {epoch}");
                let mean = (epochs[k] > 0).then(|| scores[k] as f64 / epochs[k] as f64);
                assert_eq!(fared.score, mean, "strategy {k}, epoch {epoch}");
            }
            let sum = |of: fn(&Fared) -> u64| learnt.fared.iter().map(of).sum::<u64>();
            let work = row.get::<Work>().unwrap();
            assert_eq!(sum(|fared| fared.committed), work.committed, "epoch {epoch}");
            assert_eq!(sum(|fared| fared.wrong), work.committed_wrong, "epoch {epoch}");
            assert_eq!(sum(|fared| fared.rejected), work.rejected, "epoch {epoch}");
        }
        if strategies == 2 {
            // So that it is seen that somebody comes to be held by nine tenths.
            assert!(
                first.iter().any(|first| first.is_some_and(|epoch| epoch > 1)),
                "{first:?}"
            );
        }
    }
}

#[test]
fn without_work_there_is_none() {
    let text = "agents = 64\nticks = 5\ntopology = { kind = \"ring\" }\n[learning]\naccount = true\nrule = { kind = \"social\" }\n\
                reward = { kind = \"bandit\", rates = [0.5, 0.6] }\n";
    let scenario = Scenario::from_toml("bandit", text).unwrap();
    let error = Swarm::build(&scenario, Path::new(""))
        .map(drop)
        .unwrap_err()
        .to_string();
    assert!(error.contains("learning.account") && error.contains("work"), "{error}");
}
