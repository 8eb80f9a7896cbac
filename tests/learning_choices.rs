//! What cells that learn choose for themselves: who is served first, what is offered to neighbours, when a task is dispatched. Every pair of
//! policies comes to the same on every device; the better by construction is found; and what cannot be is refused by key.

#[cfg(feature = "gpu")]
use crate::support;
use std::ops::ControlFlow;
use std::path::Path;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::device::{Device, Event, Execution};
use tetraswarm::gauge::Measurement;
use tetraswarm::part::work::state;
use tetraswarm::plan::Plan;
use tetraswarm::scenario::Scenario;
use tetraswarm::swarm::Swarm;

const ORDERS: [&str; 9] = [
    "{ kind = \"fifo\" }",
    "{ kind = \"strict\" }",
    "{ kind = \"fibonacci\" }",
    "{ kind = \"binary\" }",
    "{ kind = \"linear\", step = 3 }",
    "{ kind = \"golden\" }",
    "{ kind = \"equal\" }",
    "{ kind = \"weighted\", weights = [0.2, 0.7, 0.1] }",
    "{ kind = \"square-root\" }",
];

const BALANCES: [&str; 6] = [
    "{ kind = \"none\" }",
    "{ kind = \"flow\" }",
    "{ kind = \"flow\", rounding = \"golden\" }",
    "{ kind = \"flow\", rounding = \"trunc\" }",
    "{ kind = \"threshold\", bound = 2 }",
    "{ kind = \"two-choices\" }",
];

const DISPATCHES: [&str; 7] = [
    "{ kind = \"synchronous\" }",
    "{ kind = \"golden\", rate = 0.6 }",
    "{ kind = \"rotation\", rate = 0.7 }",
    "{ kind = \"bernoulli\", rate = 0.5 }",
    "{ kind = \"random-phase\", rate = 0.8 }",
    "{ kind = \"equispaced\", rate = 0.4 }",
    "{ kind = \"bit-reversal\", rate = 0.9 }",
];

const FAULTS: &str = "[faults]\nloss = 0.05\ncrash = 0.01\nrecovery = 0.3\nstate = \"reset\"\nliars = { tell = { kind = \"against\" } }\n\
    events = [{ kind = \"lie\", tick = 20, who = { kind = \"share\", share = 0.3 } }, { kind = \"kill\", tick = 30, who = { kind = \"share\", share = 0.2 } }, \
    { kind = \"partition\", tick = 35, along = { kind = \"ranges\", starts = [20] } }, { kind = \"revive\", tick = 45 }]\n";

const GROWTH: &str = "[growth]\nmax_agents = 2048\nspawn = { load = 4, for = 2 }\nretire = { load = 1, idle = 5 }\n";

/// All pairs of different places of a list.
fn pairs(count: usize) -> Vec<[usize; 2]> {
    (0..count).flat_map(|a| (a + 1..count).map(move |b| [a, b])).collect()
}

/// The k-th pair of orders, balances and dispatches: each pair of each at least once in 36.
fn pair(k: usize) -> Scenario {
    let pick = |list: &[&'static str]| {
        let all = pairs(list.len());
        all[k % all.len()].map(|at| list[at])
    };
    let (orders, balances, dispatches) = (pick(&ORDERS), pick(&BALANCES), pick(&DISPATCHES));
    let strategy = |s: usize| {
        format!(
            "[[learning.strategy]]\nname = \"s{s}\"\norder = {}\nbalance = {}\ndispatch = {}\n",
            orders[s], balances[s], dispatches[s]
        )
    };
    let more = match k % 3 {
        0 => String::new(),
        1 => FAULTS.to_owned(),
        _ => format!("{FAULTS}{GROWTH}"),
    };
    let timing = DISPATCHES[(k / 2) % DISPATCHES.len()];
    let text = format!(
        "agents = 1024\nticks = 60\nseed = {k}\ntopology = [{{ kind = \"tetrahedral\" }}, {{ kind = \"ring\" }}]\nmeasure.every = 20\ntiming = {timing}\n\
         [learning]\nrule = {{ kind = \"social\", explore = 0.1 }}\ndecide_every = 10\nmean = {{ rule = \"{}\", every = 4 }}\nswitch = {}\n\
         reward = {{ kind = \"work\", tiers = [90, 50, 10], reject = 10, message = 10, wait = 1, wrong = 300, audit = 0.4 }}\n{}{}\
         [[learning.strategy]]\nname = \"as-ever\"\n\
         [work]\nqueue = 8\nerror = 0.01\ntiers = [0.2, 0.3, 0.5]\nneed = {{ kind = \"geometric\", mean = 2 }}\n[work.arrivals]\nload = 0.9\n\
         place = {{ kind = \"hot-spots\", share = 0.2, multiple = 3 }}\n{more}",
        if k.is_multiple_of(5) { "trimmed" } else { "tracking" },
        k % 4,
        strategy(0),
        strategy(1)
    );
    Scenario::from_toml("pair", &text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

/// Plans whose shaders are looked at: each with policies of its own put together.
pub fn plans() -> Vec<Plan> {
    (0..36).map(|k| Swarm::plan(&pair(k), Path::new("")).unwrap()).collect()
}

/// A swarm on a device, watched from one tick to the next.
struct Watched(Box<dyn Execution>);

impl Watched {
    fn new(label: &str, scenario: &Scenario, device: &dyn Device) -> Self {
        let swarm = Swarm::build(scenario, Path::new("")).unwrap_or_else(|e| panic!("{label}: {e}"));
        Self(device.load(swarm).unwrap())
    }

    /// Runs it up to a tick; the answer is what was measured.
    fn until(&mut self, label: &str, tick: u32) -> Vec<Measurement> {
        let mut rows = Vec::new();
        let mut note = |event: Event<'_>| {
            if let Event::Measured(row) = event {
                rows.push(row.clone());
            }
            ControlFlow::Continue(())
        };
        self.0
            .advance(tick, &mut note)
            .unwrap_or_else(|e| panic!("{label}: {e}"));
        rows
    }

    fn column(&mut self, name: &str) -> Vec<u32> {
        let column = self.0.plan().column(name).unwrap();
        self.0.read(column).unwrap()
    }
}

fn end(label: &str, scenario: &Scenario, device: &dyn Device) -> (Vec<Measurement>, Vec<String>) {
    let mut run = Watched::new(label, scenario, device);
    let rows = run.until(label, 60);
    let prints = run.0.fingerprints().unwrap();
    let columns = run.0.plan().columns.iter().zip(prints);
    (
        rows,
        columns
            .map(|(column, print)| format!("{} {print:?}", column.name))
            .collect(),
    )
}

#[test]
fn every_pair_of_policies_is_the_same_on_every_device() {
    let cpus = [CpuDevice::new(1).unwrap(), CpuDevice::new(3).unwrap()];
    #[cfg(feature = "gpu")]
    let gpus = support::gpus();
    for k in 0..36 {
        let scenario = pair(k);
        let expected = end(&format!("pair {k}"), &scenario, &cpus[0]);
        assert_eq!(end("", &scenario, &cpus[1]), expected, "pair {k}, three threads");
        // Every shader is compiled anew for each, so that the GPUs take turns.
        #[cfg(feature = "gpu")]
        if let Some(gpu) = gpus.get((k + k / 6) % gpus.len().max(1)) {
            let label = format!("pair {k} on {}", gpu.info().backend);
            assert_eq!(end(&label, &scenario, gpu), expected, "{label}");
        }
    }
}

/// Two strategies, of which the second is better by construction, each with its scores in the last epochs, and the share that holds it.
struct Better {
    about: &'static str,
    strategies: [&'static str; 2],
    reward: &'static str,
    work: &'static str,
}

const BETTER: [Better; 3] = [
    Better {
        about: "asking costs, and nobody errs",
        strategies: ["verify = 1.0", "verify = 0.0"],
        reward: "commit = 100, message = 10",
        work: "queue = 8\nerror = 0\n[work.arrivals]\nload = 0.7\n",
    },
    Better {
        // Until the queues are full: from then on what leaves has to be what is let in.
        about: "more comes than can be done, and tier 0 alone counts",
        strategies: ["order = { kind = \"fifo\" }", "order = { kind = \"strict\" }"],
        reward: "tiers = [100, 0]",
        work: "queue = 256\ntiers = [0.4, 0.6]\nbalance = { policy = { kind = \"none\" } }\n[work.arrivals]\nload = 1.4\n",
    },
    Better {
        about: "who dispatches in every other tick does half",
        strategies: [
            "dispatch = { kind = \"golden\", rate = 0.5 }",
            "dispatch = { kind = \"synchronous\" }",
        ],
        reward: "commit = 100",
        work: "queue = 8\nbalance = { policy = { kind = \"none\" } }\n[work.arrivals]\nload = 0.95\n",
    },
];

/// In how many epochs nine in ten have to hold the better one, and for how many the scores are then looked at.
const EPOCHS: u32 = 25;
const SEEN: u32 = 6;

impl Better {
    fn scenario(&self, seed: u32, learning: &str) -> Scenario {
        let [worse, better] = self.strategies;
        let text = format!(
            "agents = 256\nticks = {}\nseed = {seed}\ntopology = {{ kind = \"tetrahedral\" }}\nmeasure.every = 1000\n\
             [learning]\n{learning}\ndecide_every = 20\nmean = {{ every = 2 }}\nreward = {{ kind = \"work\", {} }}\n\
             [[learning.strategy]]\nname = \"worse\"\n{worse}\n[[learning.strategy]]\nname = \"better\"\n{better}\n[work]\n{}",
            20 * (EPOCHS + SEEN),
            self.reward,
            self.work
        );
        Scenario::from_toml("better", &text).unwrap_or_else(|e| panic!("{e}\n{text}"))
    }

    /// The share that holds the better one after so many epochs, and the mean score of an epoch and cell afterwards.
    fn outcome(&self, seed: u32, learning: &str) -> (f64, f64) {
        let mut run = Watched::new(self.about, &self.scenario(seed, learning), &CpuDevice::new(1).unwrap());
        run.until(self.about, 20 * EPOCHS);
        let held = run.column("learning.strategy");
        let share = held.iter().filter(|&&strategy| strategy == 2).count() as f64 / held.len() as f64;
        let mut sum = 0.0;
        for epoch in 1..=SEEN {
            run.until(self.about, 20 * (EPOCHS + epoch));
            let scores = run.column("learning.score");
            sum += scores.iter().map(|&word| f64::from(word as i32)).sum::<f64>() / scores.len() as f64;
        }
        (share, sum / f64::from(SEEN))
    }
}

/// Nine in ten hold the better one after 25 epochs, whatever the seed; and whoever knows it from the start gains no more than what
/// exploring costs and the noise of 20 seeds.
#[test]
fn the_better_by_construction_is_found() {
    for better in &BETTER {
        let mut gaps = Vec::new();
        let mut scores = [0.0; 2];
        for seed in 0..20 {
            let (share, learnt) = better.outcome(seed, "rule = { kind = \"social\", explore = 0.005, adopt = 0.95 }");
            assert!(share >= 0.9, "{}, seed {seed}: {share}", better.about);
            let (_, known) = better.outcome(
                seed,
                "rule = { kind = \"fixed\" }\nstart = { kind = \"shares\", shares = [0, 1] }",
            );
            let (_, never) = better.outcome(
                seed,
                "rule = { kind = \"fixed\" }\nstart = { kind = \"shares\", shares = [1, 0] }",
            );
            gaps.push(known - learnt);
            scores[0] += known / 20.0;
            scores[1] += never / 20.0;
        }
        let mean = gaps.iter().sum::<f64>() / 20.0;
        let spread = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / 19.0;
        let error = (spread / 20.0).sqrt();
        println!(
            "{}: known {}, never {}, missed {mean} ± {error}",
            better.about, scores[0], scores[1]
        );
        // A twentieth of what there is to gain pays for those who try the other.
        let gain = scores[0] - scores[1];
        assert!(gain > 8.0 * error, "{}: {gain} ± {error}", better.about);
        assert!(
            mean <= 0.05 * gain + 4.0 * error,
            "{}: {mean} of {gain} ± {error}",
            better.about
        );
    }
}

/// A cell that has changed its strategy begins nothing for `switch` ticks, and others do.
#[test]
fn changing_takes_time() {
    let text = "agents = 1024\nticks = 400\nseed = 2\ntopology = { kind = \"tetrahedral\" }\nmeasure.every = 100\n\
                [learning]\nrule = { kind = \"random\" }\ndecide_every = 10\nswitch = 4\nreward = { kind = \"work\" }\n\
                [[learning.strategy]]\nname = \"a\"\n[[learning.strategy]]\nname = \"b\"\n[work]\nqueue = 8\n\
                need = { kind = \"constant\", ticks = 3 }\n[work.arrivals]\nload = 0.9\n";
    let scenario = Scenario::from_toml("changing", text).unwrap();
    let mut run = Watched::new("changing", &scenario, &CpuDevice::new(1).unwrap());
    let (mut held, mut begun) = (Vec::new(), [0u32; 2]);
    let mut changed = Vec::new();
    let mut before = run.column("work.state");
    for tick in 0..400 {
        if tick % 10 == 0 {
            let now = run.column("learning.strategy");
            changed = now.iter().zip(&held).map(|(a, b)| a != b).collect();
            held = now;
        }
        run.until("changing", tick + 1);
        let after = run.column("work.state");
        if tick % 10 < 4 && tick >= 10 {
            for (cell, &is_new) in changed.iter().enumerate() {
                let began = before[cell] & state::BUSY == 0 && after[cell] & state::BUSY != 0;
                begun[usize::from(is_new)] += u32::from(began);
            }
        }
        before = after;
    }
    assert_eq!(begun[1], 0);
    assert!(begun[0] > 500, "{begun:?}");
}

#[test]
fn what_cannot_be_is_refused_by_key() {
    let refused = |strategy: &str, more: &str, says: &[&str]| {
        let text = format!(
            "agents = 512\nticks = 20\ntopology = {{ kind = \"ring\" }}\n[learning]\nrule = {{ kind = \"social\" }}\ndecide_every = 10\n\
             reward = {{ kind = \"work\" }}\n{more}\n[[learning.strategy]]\nname = \"a\"\n[[learning.strategy]]\nname = \"b\"\n{strategy}\n\
             [work]\n[work.arrivals]\nload = 1.0\n"
        );
        let error = match Scenario::from_toml("bad", &text) {
            Err(error) => error,
            Ok(scenario) => Swarm::build(&scenario, Path::new("")).map(drop).unwrap_err(),
        };
        let error = error.to_string();
        assert!(
            says.iter().all(|word| error.contains(word)),
            "{error}\nlacks one of {says:?}"
        );
    };
    let order = "learning.strategy[1].order";
    refused("order = { kind = \"strict\" }", "", &[order, "work.tiers", "fifo"]);
    let tiers = |order: &str| format!("order = {order}\n[work]\ntiers = [0.5, 0.5]\n");
    let with_tiers = |strategy: &str, says: &[&str]| {
        let text = format!(
            "agents = 512\nticks = 20\ntopology = {{ kind = \"ring\" }}\n[learning]\nrule = {{ kind = \"social\" }}\ndecide_every = 10\n\
             reward = {{ kind = \"work\" }}\n[[learning.strategy]]\nname = \"a\"\n[[learning.strategy]]\nname = \"b\"\n{}[work.arrivals]\nload = 1.0\n",
            tiers(strategy)
        );
        let scenario = Scenario::from_toml("bad", &text).unwrap_or_else(|e| panic!("{e}\n{text}"));
        let error = Swarm::build(&scenario, Path::new(""))
            .map(drop)
            .unwrap_err()
            .to_string();
        assert!(
            says.iter().all(|word| error.contains(word)),
            "{error}\nlacks one of {says:?}"
        );
    };
    with_tiers(
        "{ kind = \"weighted\", weights = [1.0] }",
        &["learning.strategy[1].order.weights", "2 tiers"],
    );
    with_tiers(
        "{ kind = \"square-root\" }",
        &["learning.strategy[1].order.kind", "load is 1"],
    );
    refused("", "switch = 11", &["learning.switch is 11", "every 10"]);
    refused(
        "balance = { kind = \"threshold\", bound = 256 }",
        "",
        &["learning.strategy[1].balance.bound", "255"],
    );
    refused(
        "dispatch = { kind = \"golden\", rate = 0 }",
        "",
        &["learning.strategy[1].dispatch.rate"],
    );
    refused(
        "order = { kind = \"sooner\" }",
        "",
        &["learning.strategy[1].order.kind", "strict"],
    );
}
