//! Cells that work and agree, whose members lie about what their cells tell others: a cell lies while two of them are up, work knows
//! nothing of it, and what honest cells took is accounted for to the unit.

use crate::support::same_on_every_device;
use std::ops::ControlFlow;
use std::path::Path;
use tetraswarm::Simulation;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::fault::bits;
use tetraswarm::scenario::Scenario;
use tetraswarm::swarm::Swarm;

const TICKS: u32 = 50;
const CELLS: usize = 64;

fn text(rule: &str, liars: &str, faults: &str) -> String {
    format!(
        "agents = {}\nticks = {TICKS}\nseed = 3\ntopology = {{ kind = \"tetrahedral\" }}\nmeasure.every = 1\n\
         [consensus]\n{rule}\n{liars}\n[work]\nqueue = 8\nneed = {{ kind = \"geometric\", mean = 4 }}\nerror = 0.05\n\
         [work.arrivals]\nload = 0.9\n{faults}",
        4 * CELLS
    )
}

const TRACKING: &str = "rule = \"tracking\"\nsignal = { kind = \"load\", scale = 100 }\nstart = { kind = \"uniform\", low = -5, high = 20 }";

const RULES: [&str; 3] = [
    TRACKING,
    "rule = \"trimmed\"\nfaults = 1\nstart = { kind = \"uniform\", low = 0, high = 1000 }",
    "rule = \"average\"\nrounding = \"random\"\nstart = { kind = \"uniform\", low = 0, high = 1000 }",
];

const LIARS: &str =
    "liars = { who = { kind = \"share\", share = 0.3 }, tell = { kind = \"two-faced\", low = -9000, high = 5000 } }";

const FAULTS: &str = "[faults]\nloss = 0.05\ncrash = 0.05\nrecovery = 0.3\nstate = \"reset\"\n\
    liars = { who = { kind = \"share\", share = 0.1 }, tell = { kind = \"against\" } }\n\
    events = [{ kind = \"lie\", tick = 9, about = \"beliefs\", who = { kind = \"share\", share = 0.5 } }, \
    { kind = \"lie\", tick = 12, about = \"work\", who = { kind = \"share\", share = 0.5 } }, \
    { kind = \"kill\", tick = 15, who = { kind = \"share\", share = 0.3 } }, { kind = \"honest\", tick = 35 }]\n";

fn scenario(text: &str) -> Scenario {
    Scenario::from_toml("concert", text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

#[test]
fn a_cell_lies_while_two_members_that_are_up_do() {
    let mut lying = 0;
    for faults in ["", FAULTS] {
        let swarm = Swarm::build(&scenario(&text(TRACKING, LIARS, faults)), Path::new("")).unwrap();
        let mut simulation = Simulation::load(swarm, &CpuDevice::new(2).unwrap()).unwrap();
        for tick in 0..=TICKS {
            // A broken account of what was taken ends the run with an error.
            simulation.run_until(tick, |_| ControlFlow::Continue(())).unwrap();
            let [status, members] = ["faults.status", "faults.members"].map(|name| simulation.column(name).unwrap());
            for (cell, word) in status.iter().enumerate() {
                let lies = |m: &usize| members[m * CELLS + cell] & (bits::DOWN | bits::FALSE) == bits::FALSE;
                let lies = (0..4).filter(lies).count() >= 2;
                assert_eq!(word & bits::LIAR != 0, lies, "tick {tick}, cell {cell}");
                lying += usize::from(lies);
            }
        }
        let last = simulation.measurements().last().unwrap().beliefs().unwrap();
        assert_ne!(last.injected, 0);
    }
    assert!(lying > 500, "{lying}");
}

#[test]
fn every_rule_has_the_same_state_and_rows_on_every_device() {
    for rule in RULES {
        let scenario = scenario(&text(rule, LIARS, FAULTS));
        same_on_every_device(&scenario, TICKS, rule);
    }
}

#[test]
fn work_does_not_know_who_lies_about_beliefs() {
    let faults = "[faults]\nliars = { who = { kind = \"share\", share = 0.1 }, tell = { kind = \"against\" } }\n";
    let [with, without] = [LIARS, ""].map(|liars| {
        let mut simulation =
            Simulation::new(&scenario(&text(TRACKING, liars, faults)), &CpuDevice::new(1).unwrap()).unwrap();
        simulation.run().unwrap();
        ["work.state", "work.cell", "work.ledger"].map(|name| simulation.column(name).unwrap())
    });
    assert_eq!(with, without);
}

#[test]
fn liars_that_cannot_be_are_refused_by_key() {
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
    let event = |about: &str| {
        format!(
            "[faults]\nevents = [{{ kind = \"lie\", tick = 3, about = \"{about}\", who = {{ kind = \"all\" }} }}]\n"
        )
    };
    refused(
        &text(
            TRACKING,
            "liars = { who = { kind = \"share\", share = 0.1 }, tell = { kind = \"against\" } }",
            "",
        ),
        &["consensus.liars.tell.kind is against", "of beliefs use constant"],
    );
    refused(
        &text(TRACKING, "liars = { tell = { kind = \"constant\", value = 3 } }", ""),
        &["consensus.liars.who is missing"],
    );
    refused(
        &text(TRACKING, LIARS, &event("work")),
        &["faults.events[0].about is work", "give faults.liars too"],
    );
    refused(
        &text(
            TRACKING,
            "",
            &format!("{}liars = {{ tell = {{ kind = \"against\" }} }}\n", event("beliefs")),
        ),
        &["faults.events[0].about is beliefs", "give consensus.liars too"],
    );
    let nodes = "agents = 64\nticks = 9\ntopology = { kind = \"ring\" }\n[consensus]\nrule = \"average\"\nstart = { kind = \"uniform\", low = 0, high = 9 }\n";
    refused(
        &format!("{nodes}{LIARS}\n"),
        &["consensus.liars are for cells", "use faults.liars"],
    );
    refused(
        &format!(
            "{nodes}[faults]\nliars = {{ tell = {{ kind = \"constant\", value = 3 }} }}\n{}",
            &event("work")[9..]
        ),
        &["faults.events[0].about is for the agents of cells", "leave it out"],
    );
    refused(
        &text(
            "rule = \"average\"\nrounding = \"quasi\"\nstart = { kind = \"uniform\", low = 0, high = 9 }",
            LIARS,
            "",
        ),
        &["consensus.rounding is quasi", "golden"],
    );
}
