//! Events that name cells by their families, which come and go: whom they fall on, the same on every device, and what is refused.

use crate::growth::{loaded, rows, scenario, seldom};
use crate::support::gpus;
use std::ops::ControlFlow;
use std::path::Path;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::device::{Device, Execution};
use tetraswarm::fault::bits;
use tetraswarm::plan::Plan;
use tetraswarm::scenario::Scenario;
use tetraswarm::swarm::Swarm;

/// A kill at tick 60 of whom this says, who are revived by name at 70, if they are still those; nobody crashes.
fn kill(who: &str) -> Scenario {
    let storm = format!("tick = 60, who = {who}");
    scenario(&[
        ("tick = 60, who = { kind = \"share\", share = 0.2 }", &storm),
        ("tick = 160, who = { event", "tick = 75, who = { event"),
        ("crash = 0.01\nrecovery = 0.1", ""),
        ("state = \"reset\"", ""),
    ])
}

/// Plans whose shaders are looked at: of events that name a depth, and of others that name families.
pub fn plans() -> Vec<Plan> {
    ["{ kind = \"depth\", depth = 1 }", "{ kind = \"parents\" }"]
        .map(|who| Swarm::plan(&kill(who), Path::new("")).unwrap())
        .into()
}

fn column(run: &mut dyn Execution, name: &str) -> Vec<u32> {
    let column = run.plan().column(name).unwrap();
    run.read(column).unwrap()
}

/// What there is of the cells when an event happens.
struct Cells {
    parents: Vec<u32>,
    families: Vec<u32>,
    depths: Vec<u32>,
}

/// Before and after the event of the tick `at`, the agents' words, and the cells at that time.
fn across(run: &mut dyn Execution, at: u32) -> (Cells, [Vec<u32>; 2]) {
    run.advance(at, &mut |_| ControlFlow::Continue(())).unwrap();
    let cells = Cells {
        parents: column(run, "growth.parent"),
        families: column(run, "growth.family"),
        depths: column(run, "growth.depth"),
    };
    let before = column(run, "faults.members");
    assert_eq!(run.plan().steps[0].name(), "members");
    run.step(0).unwrap();
    (cells, [before, column(run, "faults.members")])
}

#[test]
fn an_event_falls_on_whom_their_family_says_then() {
    type Named = fn(&Cells, usize, usize) -> bool;
    // Up to the event all are the same.
    let (cells, _) = across(&mut *loaded(&kill("{ kind = \"parents\" }")), 60);
    let parent = cells.families[..64].iter().position(|family| *family != 0).unwrap();
    let family = format!("{{ kind = \"family\", cell = {parent} }}");
    let cases: [(&str, Named); 4] = [
        ("{ kind = \"depth\", depth = 0 }", |_, _, cell| cell < 64),
        ("{ kind = \"depth\", depth = 1 }", |cells, _, cell| {
            cells.depths[cell] == 1
        }),
        (&family, |cells, parent, cell| {
            cells.parents[cell] as usize == parent + 1
        }),
        ("{ kind = \"parents\" }", |cells, _, cell| cells.families[cell] != 0),
    ];
    for (who, named) in cases {
        let mut run = loaded(&kill(who));
        let (cells, [before, after]) = across(&mut *run, 60);
        let count = cells.parents.len();
        let mut fallen = 0;
        for (at, (before, after)) in before.iter().zip(&after).enumerate() {
            let cell = at % count;
            let falls = named(&cells, parent, cell) && before & bits::GONE == 0;
            fallen += usize::from(falls);
            assert_eq!(
                *after,
                before | if falls { bits::KILLED } else { 0 },
                "{who}: cell {cell}"
            );
        }
        assert!(fallen > 0 && fallen < 4 * count / 2, "{who}: {fallen}");
        // Revived are those who are meant then.
        let mut run = loaded(&kill(who));
        let (cells, [before, after]) = across(&mut *run, 75);
        for (at, (before, after)) in before.iter().zip(&after).enumerate() {
            let cell = at % count;
            let comes_back = named(&cells, parent, cell) && before & bits::GONE == 0 && before & bits::DOWN != 0;
            assert_eq!(after & bits::FRESH != 0, comes_back, "{who}: cell {cell}");
        }
    }
}

#[test]
fn who_is_named_by_family_is_the_same_on_every_device() {
    let who = [
        "{ kind = \"depth\", depth = 1 }",
        "{ kind = \"family\", cell = 3 }",
        "{ kind = \"parents\" }",
    ];
    let gpus = gpus();
    for (k, who) in who.into_iter().enumerate() {
        let scenario = kill(who);
        let expected = rows(&scenario, &CpuDevice::new(1).unwrap(), who);
        assert_eq!(rows(&scenario, &CpuDevice::new(2).unwrap(), who), expected, "{who}");
        // Shaders are compiled anew for each, so that the GPUs take turns.
        if let Some(gpu) = gpus.get(k % gpus.len().max(1)) {
            let scenario = seldom(&scenario);
            let expected = rows(&scenario, &CpuDevice::new(1).unwrap(), who);
            assert_eq!(rows(&scenario, gpu, who), expected, "{who} on {}", gpu.info().name);
        }
    }
}

/// What an event will have done and has done, in words; and a kill of whom nobody knows beforehand says nothing of those after it.
#[test]
fn it_is_told_by_whose_family() {
    let scenario = kill("{ kind = \"parents\" }");
    let mut run = loaded(&scenario);
    let faults = run.plan().faults.clone().unwrap();
    assert_eq!(
        faults.events[0].text,
        "kill the agents of cells that have a family, as many as there are then"
    );
    assert!(faults.strikes.iter().all(|strike| strike.again.is_none()));
    run.advance(61, &mut |_| ControlFlow::Continue(())).unwrap();
    let changed = column(&mut *run, "faults.changed");
    assert!(changed[0] > 0, "{changed:?}");
}

#[test]
fn what_no_family_says_is_refused() {
    let plain = "name = \"x\"\nagents = 256\nticks = 10\ntopology = { kind = \"torus2d\" }\n[work]\narrivals = { load = 0.5 }\n";
    let growth = "[growth]\nmax_agents = 512\n";
    let event = |who: &str| format!("[faults]\nevents = [{{ kind = \"kill\", tick = 5, who = {who} }}]\n");
    let liars = |who: &str| format!("[faults]\nliars = {{ who = {who}, tell = {{ kind = \"against\" }} }}\n");
    let parents = "{ kind = \"parents\" }";
    for (text, key, part) in [
        (
            format!("{plain}{}", event(parents)),
            "faults.events[0].who.kind",
            "add it",
        ),
        (
            format!("{plain}{growth}{}", event("{ kind = \"depth\", depth = 9 }")),
            "faults.events[0].who.depth",
            "0 to 8",
        ),
        (
            format!("{plain}{growth}{}", event("{ kind = \"family\", cell = 64 }")),
            "faults.events[0].who.cell",
            "64 cells",
        ),
        (
            format!("{plain}{growth}{}", liars(parents)),
            "faults.liars.who.kind",
            "at the start",
        ),
        (
            format!(
                "{}{growth}",
                plain.replace(
                    "load = 0.5",
                    "load = 0.5, events = [{ tick = 3, times = 2.0, who = { kind = \"parents\" } }]"
                )
            ),
            "work.arrivals.events[0].who.kind",
            "works it out again",
        ),
    ] {
        let scenario = Scenario::from_toml("test", &text);
        let built = scenario
            .and_then(|scenario| tetraswarm::swarm::Swarm::build(&scenario, std::path::Path::new("")).map(|_| ()));
        let error = built.unwrap_err().to_string();
        assert!(error.contains(key) && error.contains(part), "{error}\n{text}");
    }
}

#[test]
fn at_the_start_all_are_at_depth_0() {
    let end = |who: &str| {
        let text = format!(
            "name = \"x\"\nagents = 256\nticks = 40\ntopology = {{ kind = \"torus2d\" }}\n[growth]\nmax_agents = 512\n[work]\n\
             arrivals = {{ load = 0.2, events = [{{ tick = 3, until = 9, times = 4.0, who = {who} }}] }}\n"
        );
        let scenario = Scenario::from_toml("test", &text).unwrap();
        let swarm = Swarm::build(&scenario, Path::new("")).unwrap();
        let mut run = CpuDevice::new(1).unwrap().load(swarm).unwrap();
        run.advance(40, &mut |_| ControlFlow::Continue(())).unwrap();
        (run.measure().unwrap().fingerprint, run.fingerprints().unwrap())
    };
    assert_eq!(end("{ kind = \"depth\", depth = 0 }"), end("{ kind = \"all\" }"));
}
