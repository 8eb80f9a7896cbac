//! Cells that learn from their work: the same on every device, the believed mean is conserved to the unit, the better strategy is found,
//! and what cannot be is refused.

use crate::support::devices;
use std::ops::ControlFlow;
use std::path::Path;
use tetraswarm::Simulation;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::device::{Device, Event};
use tetraswarm::part::learning::Believed;
use tetraswarm::scenario::Scenario;
use tetraswarm::swarm::Swarm;

const STRATEGIES: &str = "[[learning.strategy]]\nname = \"lax\"\nverify = 0.0\nretry = \"binary\"\n[[learning.strategy]]\nname = \"half\"\nverify = 0.5\n\
    [[learning.strategy]]\nname = \"strict\"\nverify = 1.0\nretry = \"none\"\n";

const FAULTS: &str = "[faults]\nloss = 0.05\ncrash = 0.01\nrecovery = 0.3\nstate = \"reset\"\nliars = { tell = { kind = \"against\" } }\n\
    events = [{ kind = \"lie\", tick = 40, who = { kind = \"share\", share = 0.3 } }, { kind = \"kill\", tick = 60, who = { kind = \"share\", share = 0.3 } }, \
    { kind = \"partition\", tick = 70, along = { kind = \"ranges\", starts = [20] } }, { kind = \"revive\", tick = 90 }]\n";

fn text(seed: u32, ticks: u32, more: &str, faults: &str) -> String {
    format!(
        "agents = 1024\nticks = {ticks}\nseed = {seed}\ntopology = {{ kind = \"tetrahedral\" }}\nmeasure.every = 10\n\
         [learning]\nrule = {{ kind = \"social\", explore = 0.02 }}\ndecide_every = 20\nmean = {{ every = 4 }}\n\
         reward = {{ kind = \"work\", commit = 100, reject = 10, message = 10, wait = 1, wrong = 300, audit = 0.4 }}\n{STRATEGIES}{more}\n\
         [work]\nqueue = 4\nerror = 0.01\n[work.arrivals]\nload = 0.8\nevents = [{{ tick = 30, until = 100, times = 1.5 }}]\n{faults}"
    )
}

fn scenario(text: &str) -> Scenario {
    Scenario::from_toml("learning", text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

#[test]
fn state_and_rows_are_the_same_on_every_device() {
    let trimmed = ("mean = { every = 4 }", "mean = { rule = \"trimmed\", every = 4 }");
    let soon = ("audit = 0.4", "audit = 0.4, audit_delay = 7");
    for (faults, change) in [
        ("", None),
        (FAULTS, None),
        (FAULTS, Some(trimmed)),
        (FAULTS, Some(soon)),
    ] {
        let mut text = text(3, 150, "", faults);
        if let Some((from, to)) = change {
            assert!(text.contains(from));
            text = text.replace(from, to);
        }
        let scenario = scenario(&text);
        let mut expected = None;
        for device in &devices() {
            let label = format!("{} ({})", device.info().name, device.info().backend);
            let swarm = Swarm::build(&scenario, Path::new("")).unwrap_or_else(|e| panic!("{label}: {e}"));
            let names: Vec<&str> = swarm.plan.columns.iter().map(|column| column.name).collect();
            let mut run = device.load(swarm).unwrap();
            let mut rows = vec![run.measure().unwrap()];
            let mut note = |event: Event<'_>| {
                if let Event::Measured(row) = event {
                    rows.push(row.clone());
                }
                ControlFlow::Continue(())
            };
            run.advance(150, &mut note).unwrap_or_else(|e| panic!("{label}: {e}"));
            let found = (rows, run.fingerprints().unwrap());
            match &expected {
                None => expected = Some(found),
                Some(first) => {
                    let (_, states): &(Vec<_>, Vec<_>) = first;
                    let parted = names.iter().zip(states.iter().zip(&found.1)).find(|(_, (a, b))| a != b);
                    assert!(parted.is_none(), "{label}: {parted:?}");
                    assert_eq!(&found.0, &first.0, "{label}");
                }
            }
        }
    }
}

/// Σ belief is Σ score as cells have taken it in, whatever goes wrong; a broken account ends a run with an error.
#[test]
fn the_believed_mean_is_conserved_to_the_unit() {
    for (faults, forgets) in [("", false), (FAULTS, true)] {
        let mut simulation =
            Simulation::new(&scenario(&text(5, 200, "", faults)), &CpuDevice::new(2).unwrap()).unwrap();
        simulation.run().unwrap();
        let last = simulation
            .measurements()
            .last()
            .unwrap()
            .get::<Believed>()
            .unwrap()
            .0
            .clone();
        assert_eq!(last.sum, last.inputs - last.forgotten);
        assert_eq!(last.forgotten != 0, forgets);
        assert_ne!(last.sum, 0);
        let seen = simulation.column("learning.mean.seen").unwrap();
        assert_eq!(
            seen.into_iter().map(|word| i64::from(word as i32)).sum::<i64>(),
            last.inputs
        );
    }
}

/// Trimmed means never leave the range of the scores from which they begin anew, whatever goes wrong; and they are no mean: by how much
/// they miss it, and how many cells so take their score for the other side of it, is printed.
#[test]
fn trimmed_beliefs_stay_within_the_scores() {
    let text = text(4, 400, "", "").replace("every = 4 }", "rule = \"trimmed\", every = 4 }");
    let mut run = CpuDevice::new(1)
        .unwrap()
        .load(Swarm::build(&scenario(&text), Path::new("")).unwrap())
        .unwrap();
    let (mut missed, mut wrong, mut epochs) = (0.0, 0.0, 0);
    for epoch in 1..=20 {
        let read = |run: &mut dyn tetraswarm::device::Execution, name: &str| -> Vec<i64> {
            let column = run.plan().column(name).unwrap();
            run.read(column)
                .unwrap()
                .into_iter()
                .map(|word| i64::from(word as i32))
                .collect()
        };
        run.advance(20 * epoch, &mut |_| ControlFlow::Continue(())).unwrap();
        let scores = read(&mut *run, "learning.score");
        let (least, most) = (*scores.iter().min().unwrap(), *scores.iter().max().unwrap());
        let mean = scores.iter().sum::<i64>() as f64 / scores.len() as f64;
        for tick in 1..20 {
            run.advance(20 * epoch + tick, &mut |_| ControlFlow::Continue(()))
                .unwrap();
            let beliefs = read(&mut *run, "learning.mean.belief");
            assert!(
                beliefs.iter().all(|belief| (least..=most).contains(belief)),
                "epoch {epoch}, tick {tick}"
            );
            if tick == 19 {
                missed += beliefs.iter().map(|&belief| belief as f64 - mean).sum::<f64>() / beliefs.len() as f64;
                let other = |(score, belief): (&i64, &i64)| (score >= belief) != (*score as f64 >= mean);
                wrong += scores.iter().zip(&beliefs).filter(|&pair| other(pair)).count() as f64 / scores.len() as f64;
                epochs += 1;
            }
        }
    }
    println!(
        "trimmed: {} off the mean on average, {} of the bits are others",
        missed / f64::from(epochs),
        wrong / f64::from(epochs)
    );
}

/// Where nobody lies or errs, whoever verifies less sends less, and is found within 60 epochs by nine in ten.
#[test]
fn the_better_strategy_is_found() {
    for seed in 0..5 {
        let text = text(seed, 60 * 20, "", "")
            .replace("error = 0.01", "error = 0")
            .replace("explore = 0.02", "explore = 0.01, adopt = 0.9");
        let mut simulation = Simulation::new(&scenario(&text), &CpuDevice::new(2).unwrap()).unwrap();
        simulation.run().unwrap();
        let held = simulation.column("learning.strategy").unwrap();
        let lax = held.iter().filter(|&&strategy| strategy == 1).count();
        assert!(10 * lax >= 9 * held.len(), "seed {seed}: {lax} of {}", held.len());
    }
}

#[test]
fn what_cannot_be_is_refused_by_key() {
    let refused = |text: &str, says: &[&str]| {
        let error = match Scenario::from_toml("bad", text) {
            Err(error) => error,
            Ok(scenario) => Swarm::build(&scenario, Path::new("")).map(drop).unwrap_err(),
        };
        let error = error.to_string();
        assert!(
            says.iter().all(|word| error.contains(word)),
            "{error}\nlacks one of {says:?}"
        );
    };
    let good = text(1, 100, "", "");
    refused(
        &good
            .replace("commit = 100", "commit = 1000000")
            .replace("decide_every = 20", "decide_every = 300"),
        &["learning.decide_every is 300", "every 268 ticks or less"],
    );
    refused(
        &good[..good.find("[work]").unwrap()],
        &["learning.reward.kind is work", "add [work]"],
    );
    refused(
        &good.replace("audit = 0.4", "audit = 0.4, audit_delay = 21"),
        &["learning.reward.audit_delay is 21", "every 20"],
    );
    refused(
        &good.replace("mean = { every = 4 }", "mean = { faults = 1 }"),
        &["learning.mean.faults", "trimmed"],
    );
    refused(
        &good.replace("mean = { every = 4 }", "mean = { rule = \"trimmed\", faults = 9 }"),
        &["learning.mean.faults is 9", "more links"],
    );
    refused(
        &good.replace("name = \"half\"", "name = \"lax\""),
        &["learning.strategy[1].name is lax", "a name of its own"],
    );
    refused(
        &good.replace("verify = 0.5", "lease = 5"),
        &["learning.strategy[1].lease", "verify"],
    );
    let bandit = "kind = \"bandit\", rates = [0.5, 0.6, 0.7] }";
    let start = good.find("kind = \"work\"").unwrap();
    let end = start + good[start..].find('}').unwrap() + 1;
    refused(
        &good.replace(&good[start..end], bandit),
        &["learning.strategy[0] is of work", "learning.reward.kind"],
    );
}
