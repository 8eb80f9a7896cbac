//! No bit of the state depends on how long the run will be, or on how often it is measured.

use crate::works;

use std::ops::ControlFlow;
use std::path::Path;
use tetraswarm::Simulation;
use tetraswarm::device::Outcome;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::scenario::{Document, EMBEDDED, Scenario};
use tetraswarm::swarm::Swarm;

/// The state after so many ticks, or when the stop condition held before.
fn state(scenario: &Scenario, folder: &Path, tick: u32) -> Result<(u32, u64), String> {
    let swarm = Swarm::build(scenario, folder).map_err(|error| error.to_string())?;
    let mut simulation = Simulation::load(swarm, &CpuDevice::new(1).unwrap()).unwrap();
    let report = simulation.run_until(tick, |_| ControlFlow::Continue(())).unwrap();
    assert!(report.outcome != Outcome::Interrupt);
    Ok((simulation.tick(), report.measurement.fingerprint))
}

/// A small embedded scenario, with the file that it asks for.
fn small(name: &str, text: &str, folder: &Path) -> Scenario {
    let mut document = Document::parse(name, text).unwrap();
    match name {
        "gnutella" => {
            let links: String = (0..90)
                .map(|i| format!("{i} {}\n{i} {}\n", (i + 1) % 90, (i * 7 + 3) % 90))
                .collect();
            std::fs::write(folder.join("net.txt"), links).unwrap();
            document.set_argument("topology.file=net.txt").unwrap();
        }
        "hpc2n" => {
            let line = |k: u32| {
                format!(
                    "{k} {} 1 {} {} -1 -1 -1 -1 -1 1 {} 1 1 1 -1 -1 -1\n",
                    k * 40,
                    90 + k * 61 % 3000,
                    1 + k % 20,
                    k % 9
                )
            };
            std::fs::write(folder.join("log.swf"), (1..150).map(line).collect::<String>()).unwrap();
            document.set_argument("work.trace=log.swf").unwrap();
        }
        "surge" => {
            document.set("agents", "agents", "1024").unwrap();
            document.set_argument("work.arrivals.events[0].who.last=63").unwrap();
        }
        _ => document.set("agents", "agents", "1024").unwrap(),
    }
    document.scenario().unwrap()
}

#[test]
fn the_state_at_tick_100_is_one_however_long_the_run_will_be() {
    let folder = tempfile::tempdir().unwrap();
    for embedded in EMBEDDED {
        let mut scenario = small(embedded.name, embedded.text, folder.path());
        let mut first = None;
        for (ticks, every) in [(100, 10), (120, 10), (1000, 10), (1_000_000, 10), (100, 1000), (100, 7)] {
            // Where a stop condition is looked at decides when the run ends, not what a tick does.
            (scenario.ticks, scenario.measure.every, scenario.stop.spread) = (ticks, every, None);
            let found =
                state(&scenario, folder.path(), 100).unwrap_or_else(|error| panic!("{}: {error}", embedded.name));
            assert_eq!(found.0, 100);
            assert_eq!(
                *first.get_or_insert(found),
                found,
                "{} of {ticks} ticks, every {every}",
                embedded.name
            );
        }
    }
}

/// The memory that a run takes does not either.
#[test]
fn a_plan_has_the_same_columns_however_long_the_run_will_be() {
    let folder = tempfile::tempdir().unwrap();
    for embedded in EMBEDDED {
        let mut scenario = small(embedded.name, embedded.text, folder.path());
        let mut columns = |ticks: u32| {
            scenario.ticks = ticks;
            let plan = Swarm::plan(&scenario, folder.path()).unwrap();
            let columns = plan.columns.iter().map(|column| (column.name, column.extent));
            (columns.collect::<Vec<_>>(), plan.bytes())
        };
        assert_eq!(columns(0), columns(10_000_000), "{}", embedded.name);
    }
}

/// A cell passes on what is more than it can do along a ring, for tasks that are many ticks old: the moves of each count, however
/// long the run may be. 19.4268 was counted task by task.
#[test]
fn hops_are_exact_in_runs_of_any_length() {
    let text = "seed = 1\ntopology = { kind = \"ring\" }\n[work]\nqueue = 256\nmax_tries = 15\n\
                tiers = [0.125, 0.125, 0.125, 0.125, 0.125, 0.125, 0.125, 0.125]\nneed = { kind = \"constant\", ticks = 50 }\n\
                [work.arrivals]\nrate = 0.02\nuntil = 600\nplace = { kind = \"one\" }\n[work.balance]\npolicy = { kind = \"flow\" }\n\
                [measure]\nevery = 100\n[stop]\nspread = 0\n";
    let mut first = None;
    for ticks in [5_000, 100_000, 1_000_000] {
        let simulation = works::run(&works::scenario(256, ticks, text));
        let row = simulation.measurements().last().unwrap();
        assert!(row.tick < 5_000 && row.spread == Some(0));
        let work = row.work().unwrap();
        assert_eq!(work.hops, Some(work.transfers as f64 / work.committed as f64));
        assert_eq!(format!("{:.4}", work.hops.unwrap()), "19.4268", "{ticks}");
        let found = (row.tick, row.fingerprint);
        assert_eq!(*first.get_or_insert(found), found, "{ticks}");
    }
}
