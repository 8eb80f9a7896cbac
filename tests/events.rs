//! Events: whom they fall on, drawn apart from everything else; how many they change, counted where it happens; and what was measured
//! around them, whatever the run is measured by.

use crate::support;

use std::ops::ControlFlow;
use std::path::Path;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::device::{Device, Outcome};
use tetraswarm::fault::{Effect, bits};
use tetraswarm::gauge::Aftermath;
use tetraswarm::gauge::{Measurement, Reason};
use tetraswarm::number::{happens, threefry2x32};
use tetraswarm::scenario::Scenario;
use tetraswarm::swarm::Swarm;
use tetraswarm::{Error, Simulation};

fn text(agents: u32, ticks: u32, every: u32, faults: &str) -> String {
    format!(
        "name = \"events\"\nagents = {agents}\nticks = {ticks}\nseed = 9\ntopology.kind = \"ring\"\n[consensus]\nrule = \"average\"\n\
         rounding = \"random\"\nstart = {{ kind = \"uniform\", low = 0, high = 1000 }}\n[measure]\nevery = {every}\n[faults]\n{faults}\n"
    )
}

fn scenario(text: &str) -> Scenario {
    Scenario::from_toml("events", text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn build(text: &str) -> Swarm {
    Swarm::build(&scenario(text), Path::new("")).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn devices() -> Vec<Box<dyn Device>> {
    let mut all: Vec<Box<dyn Device>> = vec![Box::new(CpuDevice::new(2).unwrap())];
    #[cfg(feature = "gpu")]
    all.extend(support::gpus().into_iter().map(|gpu| Box::new(gpu) as Box<dyn Device>));
    all
}

/// The rows, how it ended and what was seen after the events: the same on every device.
fn run(text: &str) -> (Vec<Measurement>, Outcome, Vec<Aftermath>) {
    let mut found: Option<(Vec<Measurement>, Outcome, Vec<Aftermath>)> = None;
    for device in devices() {
        let mut run = Simulation::load(build(text), &*device).unwrap();
        let outcome = run.run().unwrap().outcome;
        let one = (run.measurements().to_vec(), outcome, run.aftermath().unwrap());
        assert_eq!(found.get_or_insert_with(|| one.clone()), &one, "{}", device.info().name);
    }
    found.unwrap()
}

/// Whom the liars and each kill or revival of a scenario mean, ascending.
fn whom(text: &str) -> (Vec<u32>, Vec<Vec<u32>>) {
    let swarm = build(text);
    let faults = swarm.plan.faults.as_ref().unwrap();
    let nodes = 0..swarm.plan.nodes();
    let status = &swarm.initial[faults.status.0];
    let liars = nodes
        .clone()
        .filter(|&i| status[i as usize] & bits::LIAR != 0)
        .collect();
    let strikes = faults.strikes.iter();
    (
        liars,
        strikes
            .map(|strike| nodes.clone().filter(|&i| strike.whom.contains(i)).collect())
            .collect(),
    )
}

const LIARS: &str = "liars = { who = { kind = \"share\", share = 0.1 }, tell = { kind = \"constant\", value = 1 } }\n";

#[test]
fn each_selection_draws_for_itself_and_moves_no_other() {
    let kill = |tick: u32, more: &str| {
        format!("{{ kind = \"kill\", tick = {tick}, who = {{ kind = \"share\", share = 0.1{more} }} }}")
    };
    let named = "{ kind = \"kill\", tick = 5, name = \"storm\", who = { kind = \"share\", share = 0.1 } }";
    let of = |events: &[String]| {
        whom(&text(
            10_000,
            60,
            10,
            &format!("{LIARS}events = [{}]", events.join(", ")),
        ))
    };
    let (liars, some) = of(&[kill(5, ""), named.to_owned(), kill(7, ""), kill(7, "")]);
    let mut sets = some.clone();
    sets.push(liars.clone());
    for (k, a) in sets.iter().enumerate() {
        assert_eq!(a.len(), 1000);
        for b in &sets[..k] {
            // 100 in both on average; the standard deviation is 9.
            let both = a.iter().filter(|i| b.binary_search(i).is_ok()).count();
            assert!((60..140).contains(&both), "{both}");
        }
    }
    // Events put in between, before and after move nobody.
    let (again, more) = of(&[
        kill(3, ""),
        kill(5, ""),
        kill(6, ""),
        named.to_owned(),
        kill(7, ""),
        kill(7, ""),
        kill(9, ""),
    ]);
    assert_eq!(again, liars);
    assert_eq!(
        [&more[1], &more[2], &more[4], &more[5]],
        [&some[0], &some[1], &some[2], &some[3]]
    );
    // Tied on purpose, by a number or a name.
    for tie in ["3", "\"x\""] {
        let tied = format!(", draw = {tie}");
        let (_, two) = of(&[kill(5, &tied), kill(7, &tied)]);
        assert_eq!(two[0], two[1]);
    }
}

#[test]
fn overlaps_are_counted() {
    let faults = format!(
        "{LIARS}events = [{{ kind = \"kill\", tick = 5, who = {{ kind = \"share\", share = 0.2 }} }}, \
         {{ kind = \"kill\", tick = 6, who = {{ kind = \"range\", first = 0, last = 499 }} }}, \
         {{ kind = \"revive\", tick = 7, who = {{ kind = \"share\", share = 0.3 }} }}, {{ kind = \"revive\", tick = 8 }}]"
    );
    let text = text(1000, 60, 10, &faults);
    let (liars, strikes) = whom(&text);
    let swarm = build(&text);
    let faults = swarm.plan.faults.as_ref().unwrap();
    assert_eq!(faults.liars, Some(100));
    let both = |a: &[u32], b: &[u32]| a.iter().filter(|i| b.contains(i)).count() as u32;
    let mut killed: Vec<u32> = Vec::new();
    for (k, (strike, named)) in faults.strikes.iter().zip(&strikes).enumerate().take(3) {
        assert_eq!(strike.liars, Some(both(named, &liars)));
        assert_eq!(strike.again, (k > 0).then(|| both(named, &killed)));
        killed.extend(named.iter().filter(|_| strike.effect == Effect::Kill));
    }
    assert_eq!((faults.strikes[3].named, faults.strikes[3].again), (None, None));
    let plan = &faults.events[0].text;
    assert_eq!(
        *plan,
        format!("kill 200 of 1,000 nodes ({} of them lie)", both(&strikes[0], &liars))
    );
}

/// Every event a fault, drawn anew: kinds, ticks, selections and ties.
fn random_events(case: u32) -> String {
    let mut at = 0;
    let mut draw = |bound: u32| {
        at += 1;
        threefry2x32([case, 77], [at, 0])[0] % bound
    };
    let mut events: Vec<String> = Vec::new();
    let mut names: Vec<(u32, String)> = Vec::new();
    for k in 0..30 {
        let tick = 1 + draw(20);
        let who = match draw(7) {
            0 => "{ kind = \"all\" }".to_owned(),
            1 => format!(
                "{{ kind = \"range\", first = {}, last = {} }}",
                draw(100),
                100 + draw(200)
            ),
            2 => format!("{{ kind = \"nodes\", nodes = [{}, {}] }}", draw(300), draw(300)),
            3 => "{ kind = \"role\", role = \"referee\" }".to_owned(),
            4 => format!("{{ kind = \"share\", share = 0.{}, draw = {} }}", draw(10), draw(3)),
            5 => "{ kind = \"one-per-neighbourhood\" }".to_owned(),
            _ => format!("{{ kind = \"share\", share = 0.{} }}", draw(10)),
        };
        let before = names.iter().find(|(other, _)| *other < tick).cloned();
        events.push(match (draw(4), before) {
            (0, _) => format!("{{ kind = \"revive\", tick = {tick} }}"),
            (1, Some((_, name))) => format!("{{ kind = \"revive\", tick = {tick}, who = {{ event = \"{name}\" }} }}"),
            (1 | 2, _) => format!("{{ kind = \"revive\", tick = {tick}, who = {who} }}"),
            _ => {
                names.push((tick, format!("k{k}")));
                format!("{{ kind = \"kill\", tick = {tick}, name = \"k{k}\", who = {who} }}")
            }
        });
    }
    format!("crash = 0.05\nrecovery = 0.2\nevents = [{}]", events.join(", "))
}

/// Who is down, tick by tick and node by node, and how many each event has changed: against every device.
#[test]
fn any_events_change_those_that_the_plain_account_says() {
    for case in 0..12 {
        let text = text(300, 24, 5, &random_events(case));
        let swarm = build(&text);
        let faults = swarm.plan.faults.clone().unwrap();
        let mut status = vec![0u32; 300];
        let mut changed = vec![0u32; faults.strikes.len()];
        for tick in 0..24 {
            for (i, word) in (0..).zip(&mut status) {
                for (strike, changed) in faults.strikes.iter().zip(&mut changed) {
                    if strike.tick == tick && strike.whom.contains(i) {
                        let before = *word == 0;
                        *word = if strike.effect == Effect::Kill {
                            *word | bits::KILLED
                        } else {
                            0
                        };
                        *changed += u32::from(before != (*word == 0));
                    }
                }
                let chance = if *word & bits::CRASHED != 0 {
                    faults.recovery
                } else {
                    faults.crash
                };
                *word ^= u32::from(happens([faults.crash_key, 0], i, tick, chance));
            }
        }
        for device in devices() {
            let mut run = device.load(build(&text)).unwrap();
            run.advance(24, &mut |_| ControlFlow::Continue(())).unwrap();
            let found = run.read(faults.struck.unwrap().changed).unwrap();
            assert_eq!(found, changed, "case {case} on {}", device.info().name);
            let words = run.read(faults.status).unwrap();
            let down: Vec<u32> = words.iter().map(|word| word & bits::DOWN).collect();
            assert_eq!(down, status, "case {case} on {}", device.info().name);
        }
    }
}

#[test]
fn two_hundred_events_need_no_bits() {
    let events: Vec<String> = (0..200)
        .map(|k| {
            format!(
                "{{ kind = \"{}\", tick = {}, who = {{ kind = \"share\", share = 0.1 }} }}",
                ["kill", "revive"][k % 2],
                1 + k / 3
            )
        })
        .collect();
    let text = text(1000, 80, 10, &format!("{LIARS}events = [{}]", events.join(", ")));
    let (rows, outcome, aftermath) = run(&text);
    assert_eq!((outcome, aftermath.len()), (Outcome::Ticks, 200));
    // What is killed and not revived is down.
    let net: i64 = aftermath
        .iter()
        .map(|event| i64::from(event.changed.unwrap()) * if event.event.contains("killed") { 1 } else { -1 })
        .sum();
    assert_eq!(rows.last().unwrap().up as i64, 1000 - net);
}

/// Killed twice, and revived.
#[test]
fn counts_say_what_has_changed() {
    let half = "who = { kind = \"range\", first = 0, last = 49 }";
    let faults = format!(
        "events = [{{ kind = \"kill\", tick = 3, {half} }}, {{ kind = \"kill\", tick = 5, {half} }}, \
         {{ kind = \"revive\", tick = 8, who = {{ kind = \"share\", share = 1.0 }} }}]"
    );
    let (_, _, aftermath) = run(&text(100, 20, 1, &faults));
    let changed: Vec<_> = aftermath
        .iter()
        .map(|event| (event.tick, event.named.unwrap(), event.changed.unwrap()))
        .collect();
    assert_eq!(changed, [(3, 50, 50), (5, 50, 0), (8, 100, 50)]);
    assert_eq!(aftermath[0].event, "50 of 100 nodes killed");
    assert_eq!(
        aftermath[1].event,
        "0 of 100 nodes killed, of 50 named (50 were named by a kill before)"
    );
    assert!(
        aftermath[2].event.starts_with("50 of 100 nodes revived, of 100 named"),
        "{}",
        aftermath[2].event
    );
}

/// Of cells it is agents that are counted.
#[test]
fn in_cells_agents_are_counted() {
    let text = "name = \"cells\"\nagents = 400\nticks = 20\ntopology.kind = \"ring\"\n[work]\nneed = { kind = \"constant\", ticks = 2 }\n\
                arrivals = { load = 0.5 }\n[faults]\nevents = [{ kind = \"kill\", tick = 3, name = \"a\", who = { kind = \"share\", share = 0.5 } }, \
                { kind = \"revive\", tick = 9, who = { event = \"a\" } }]\n";
    let (rows, _, aftermath) = run(text);
    let changed: Vec<_> = aftermath.iter().map(|event| event.changed).collect();
    assert_eq!(changed, [Some(200), Some(200)]);
    assert_eq!(aftermath[0].event, "200 of 400 agents killed");
    assert_eq!(rows.last().unwrap().up, 100);
}

/// Every thousand ticks, but for the rows around what happens; nothing is said of what was not measured.
#[test]
fn an_event_is_measured_just_before_and_just_after() {
    let faults = "state = \"reset\"\nevents = [{ kind = \"kill\", tick = 1001, name = \"storm\", who = { kind = \"share\", share = 0.3 } }, \
                  { kind = \"revive\", tick = 1002, who = { event = \"storm\" } }, { kind = \"kill\", tick = 1500, who = { kind = \"all\" } }, \
                  { kind = \"revive\", tick = 1500 }]";
    let (rows, _, aftermath) = run(&text(200, 1990, 1000, faults));
    let seen: Vec<(u32, Reason)> = rows.iter().map(|row| (row.tick, row.reason)).collect();
    use Reason::{End, Event, Every};
    assert_eq!(
        seen,
        [
            (0, Every),
            (1000, Every),
            (1001, Event),
            (1002, Event),
            (1003, Event),
            (1500, Event),
            (1501, Event),
            (1990, End)
        ]
    );
    let windows: Vec<_> = aftermath
        .iter()
        .map(|event| (event.tick, event.watched, event.measurements))
        .collect();
    assert_eq!(windows, [(1001, 1, 1), (1002, 498, 2), (1500, 0, 0), (1500, 490, 2)]);
    assert_eq!((aftermath[2].peak, aftermath[2].recovery), (None, None));
    assert_eq!(aftermath[0].before, rows[2].spread);
    assert_eq!(aftermath[1].before, rows[3].spread);
}

/// A row for an event's sake stops no run, on any device.
#[test]
fn stop_conditions_look_only_at_rows_that_are_due() {
    let faults = "events = [{ kind = \"kill\", tick = 11, who = { kind = \"nodes\", nodes = [1] } }]";
    let text = text(100, 45, 10, faults) + "[stop]\nspread = 1000\n";
    let (rows, outcome, _) = run(&text);
    assert_eq!(outcome, Outcome::Condition);
    let ticks: Vec<u32> = rows.iter().map(|row| row.tick).collect();
    assert_eq!(ticks, [0, 10, 11, 12, 20]);
    assert!(rows.iter().all(|row| row.spread.unwrap() <= 1000));
}

#[test]
fn what_cannot_be_is_refused_with_the_key_and_the_remedy() {
    let refused = |faults: &str, parts: &[&str]| {
        let text = text(100, 60, 10, faults);
        let error = match Scenario::from_toml("bad", &text) {
            Err(error) => error,
            Ok(scenario) => Swarm::build(&scenario, Path::new("")).map(drop).unwrap_err(),
        };
        assert!(matches!(error, Error::Invalid { .. }), "{error}");
        for part in parts {
            assert!(error.to_string().contains(part), "{error} does not say {part}");
        }
    };
    let kill = "kind = \"kill\", who = { kind = \"all\" }";
    refused(
        "events = [{ kind = \"revive\", tick = 6, who = { event = \"storm\" } }]",
        &["faults.events[0].who.event", "storm", "no kill before has a name"],
    );
    refused(
        &format!(
            "events = [{{ {kill}, tick = 9, name = \"storm\" }}, {{ kind = \"revive\", tick = 6, who = {{ event = \"storm\" }} }}]"
        ),
        &["faults.events[1].who.event", "kills at tick 9", "revives at tick 6"],
    );
    refused(
        &format!("events = [{{ {kill}, tick = 4, name = \"a\" }}, {{ {kill}, tick = 5, name = \"a\" }}]"),
        &["faults.events[1].name", "faults.events[0]", "draw"],
    );
    let tell = "liars = { tell = { kind = \"constant\", value = 3 } }";
    let lie = "kind = \"lie\", who = { kind = \"all\" }";
    refused(
        &format!("events = [{{ {lie}, tick = 4 }}]"),
        &["faults.events[0].kind is lie", "give faults.liars"],
    );
    refused(tell, &["faults.liars.who is missing", "by an event of the kind lie"]);
    refused(
        &format!(
            "{tell}\nevents = [{{ {lie}, tick = 4, name = \"a\" }}, {{ kind = \"revive\", tick = 5, who = {{ event = \"a\" }} }}]"
        ),
        &[
            "faults.events[1].who.event is \"a\"",
            "of the kind lie; name an event of the kind kill",
        ],
    );
    refused(
        &format!(
            "{tell}\nevents = [{{ {lie}, tick = 9, name = \"a\" }}, {{ kind = \"honest\", tick = 5, who = {{ event = \"a\" }} }}]"
        ),
        &[
            "faults.events[1].who.event is \"a\"",
            "lets nodes lie at tick 9",
            "ends it at tick 5",
        ],
    );
    refused(
        &format!(
            "{tell}\nevents = [{{ {lie}, tick = 4 }}, {{ kind = \"honest\", tick = 5, who = {{ event = \"a\" }} }}]"
        ),
        &["no lie before has a name"],
    );
    refused(
        "events = [{ kind = \"kill\", tick = 4, who = { kind = \"share\", share = 0.5, draw = 1.5 } }]",
        &["faults.events[0].who.draw", "1.5", "an integer, or a text"],
    );
    refused(
        "events = [{ kind = \"revive\", tick = 4, who = { evnt = \"a\" } }]",
        &["faults.events[0].who", "kind"],
    );
    // A plane that is damaged, and one that leaves a side empty.
    let plane = |normal: &str, more: &str| {
        format!(
            "events = [{{ kind = \"partition\", tick = 4, along = {{ kind = \"plane\", normal = {normal}{more} }} }}]"
        )
    };
    refused(
        &plane("[1e308, -1e308, 0]", ", at = 1.0"),
        &["faults.events[0].along.normal", "too long"],
    );
    refused(
        &plane("[inf, -inf, 0]", ""),
        &["faults.events[0].along.normal", "no direction"],
    );
    refused(
        &plane("[1, 0, 0]", ", at = 1.0"),
        &["faults.events[0].along.at", "one side"],
    );
    refused(&plane("[0, 0, 1]", ""), &["faults.events[0].along.normal", "one side"]);
}
