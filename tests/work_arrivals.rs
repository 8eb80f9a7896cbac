//! Arrivals that change for a while: which tasks come, and what else knows of it.

use crate::works::refusal;
use std::collections::BTreeSet;
use std::path::Path;
use tetraswarm::Simulation;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::part::work::{state, word};
use tetraswarm::scenario::Scenario;
use tetraswarm::swarm::Swarm;

const CELLS: usize = 200;

/// Cells on a ring that keep all that arrives; `arrivals` is what stands below `[work.arrivals]`.
fn scenario(ticks: u32, arrivals: &str) -> Scenario {
    let text = format!(
        "agents = {}\nticks = {ticks}\nseed = 5\ntopology = {{ kind = \"ring\" }}\nmeasure.every = 1\n[work]\nqueue = 256\n\
         tiers = [0.3, 0.7]\nneed = {{ kind = \"constant\", ticks = 100000 }}\nbalance = {{ policy = {{ kind = \"none\" }} }}\n\
         [work.arrivals]\n{arrivals}\n",
        4 * CELLS
    );
    Scenario::from_toml("arrivals", &text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

/// A task: cell, tick, number, tier.
type Task = (u32, u32, u32, u32);

/// All tasks that have arrived in so many ticks.
fn tasks(ticks: u32, arrivals: &str) -> BTreeSet<Task> {
    let swarm = Swarm::build(&scenario(ticks, arrivals), Path::new("")).unwrap();
    let format = swarm.plan.work().unwrap().format;
    let mut simulation = Simulation::load(swarm, &CpuDevice::new(2).unwrap()).unwrap();
    simulation.run().unwrap();
    let [states, cells, queue] = ["work.state", "work.cell", "work.queue"].map(|name| simulation.column(name).unwrap());
    let mut all = BTreeSet::new();
    for cell in 0..CELLS {
        assert_eq!(cells[word::WAITING * CELLS + cell], 0, "a queue is full");
        let waiting = (0..(states[cell] & state::QUEUED) as usize).map(|slot| (2 * slot, &queue));
        let running = (states[cell] & state::BUSY != 0).then_some((word::RUNNING, &cells));
        for (at, words) in waiting.chain(running) {
            let (origin, record) = (words[at * CELLS + cell], words[(at + 1) * CELLS + cell]);
            let number = origin & ((1 << format.number_bits) - 1);
            assert_eq!(format.source(origin) as usize, cell);
            all.insert((cell as u32, format.tick(record), number, format.tier(record)));
        }
    }
    all
}

const PROCESSES: [&str; 4] = [
    "rate = 0.4",
    "rate = 1.7",
    "rate = 0.8\nprocess = { kind = \"poisson\" }\nplace = { kind = \"hot-spots\", share = 0.2, multiple = 4 }",
    "rate = 0.5\nprocess = { kind = \"bursts\", size = 4 }",
];

#[test]
fn the_same_tasks_come_before_and_after_and_fewer_or_more_of_them_within() {
    for process in PROCESSES {
        let plain = tasks(60, process);
        for (times, range) in [(0.0, 0.0..=0.0), (0.3, 0.22..=0.38), (1.0, 1.0..=1.0), (2.5, 2.2..=2.8)] {
            let event = format!(
                "{{ tick = 20, until = 40, times = {times}, who = {{ kind = \"range\", first = 50, last = 149 }} }}"
            );
            let changed = tasks(60, &format!("{process}\nevents = [{event}]"));
            let is_within = |task: &&Task| (50..150).contains(&task.0) && (20..40).contains(&task.1);
            let [inside, inside_plain] =
                [&changed, &plain].map(|all| all.iter().filter(is_within).collect::<BTreeSet<_>>());
            let [outside, outside_plain] =
                [&changed, &plain].map(|all| all.iter().filter(|task| !is_within(task)).collect::<BTreeSet<_>>());
            assert_eq!(outside, outside_plain, "{process}, {times}");
            let label = format!("{process}, {times}: {} of {}", inside.len(), inside_plain.len());
            match times {
                times if times <= 1.0 => assert!(inside.is_subset(&inside_plain), "{label}"),
                _ => assert!(inside.is_superset(&inside_plain), "{label}"),
            }
            assert!(
                range.contains(&(inside.len() as f64 / inside_plain.len() as f64)),
                "{label}"
            );
        }
    }
}

#[test]
fn factors_of_events_that_hold_together_multiply() {
    for process in PROCESSES {
        let of = |events: &str| tasks(50, &format!("{process}\nevents = [{events}]"));
        let two = of(
            "{ tick = 10, until = 40, times = 3 }, { tick = 0, times = 0.5, who = { kind = \"range\", first = 0, last = 99 } }",
        );
        let three = of(
            "{ tick = 10, until = 40, times = 1.5, who = { kind = \"range\", first = 0, last = 99 } }, \
             { tick = 10, until = 40, times = 3, who = { kind = \"range\", first = 100, last = 199 } }, \
             { tick = 0, until = 10, times = 0.5, who = { kind = \"range\", first = 0, last = 99 } }, \
             { tick = 40, times = 0.5, who = { kind = \"range\", first = 0, last = 99 } }",
        );
        assert_eq!(two, three, "{process}");
    }
}

#[test]
fn a_share_of_cells_is_drawn_by_name_and_tick_and_not_by_place() {
    let event = "{ tick = 5, times = 0, who = { kind = \"share\", share = 0.5 } }";
    let before = "{ tick = 0, until = 1, times = 1 }";
    let [one, second] = [event.to_owned(), format!("{before}, {event}")]
        .map(|events| tasks(40, &format!("rate = 1.0\nevents = [{events}]")));
    assert_eq!(one, second);
    let late: BTreeSet<u32> = one.iter().filter(|task| task.1 >= 5).map(|task| task.0).collect();
    assert_eq!(late.len(), CELLS / 2);
}

/// The run of a swarm whose tasks take a tick, until at most none is outstanding.
fn ends(arrivals: &str) -> u32 {
    let text = format!(
        "agents = 64\nticks = 200\nseed = 5\ntopology = {{ kind = \"ring\" }}\nmeasure.every = 1\nstop.when = [\"work.outstanding <= 0\"]\n\
         [work]\n[work.arrivals]\n{arrivals}\n"
    );
    let scenario = Scenario::from_toml("arrivals", &text).unwrap();
    let swarm = Swarm::build(&scenario, Path::new("")).unwrap_or_else(|e| panic!("{e}"));
    let mut simulation = Simulation::load(swarm, &CpuDevice::new(1).unwrap()).unwrap();
    simulation.run().unwrap();
    simulation.tick()
}

#[test]
fn stop_conditions_wait_for_events_and_an_event_can_end_arrivals() {
    // Nothing arrives in ticks 10 to 49, and something again from 50 to 59.
    let pause = "rate = 0.2\nuntil = 60\nevents = [{ tick = 10, until = 50, times = 0 }]";
    assert!((60..70).contains(&ends(pause)), "{}", ends(pause));
    let end = ends("rate = 0.2\nevents = [{ tick = 30, times = 0 }]");
    assert!((30..40).contains(&end), "{end}");
    // What comes after the last arrival changes nothing.
    let beyond = ends("rate = 0.2\nuntil = 20\nevents = [{ tick = 10, until = 90, times = 2 }]");
    assert!((20..30).contains(&beyond), "{beyond}");
}

#[test]
fn events_that_cannot_be_are_refused_by_key() {
    let of = |arrivals: &str| {
        refusal(&format!(
            "agents = 40\nticks = 100\ntopology = {{ kind = \"ring\" }}\n[work]\n[work.arrivals]\n{arrivals}\n"
        ))
    };
    let event = |event: &str| of(&format!("rate = 0.5\nevents = [{event}]"));
    for (found, says) in [
        (
            event("{ tick = 5, times = -1 }"),
            &["work.arrivals.events[0].times is -1", "from 0 to 1_000"][..],
        ),
        (event("{ tick = 5 }"), &["work.arrivals.events[0]", "times"]),
        (
            event("{ tick = 5, until = 5, times = 2 }"),
            &["work.arrivals.events[0].until is 5", "until = 6"],
        ),
        (
            event("{ tick = 5, times = 2, where = 3 }"),
            &["work.arrivals.events[0].where", "who"],
        ),
        (
            event("{ tick = 5, times = 2, who = { kind = \"role\", role = \"referee\" } }"),
            &["work.arrivals.events[0].who.kind is role", "by share, range or nodes"],
        ),
        (
            event("{ tick = 5, times = 2, who = { kind = \"range\", first = 0, last = 10 } }"),
            &["work.arrivals.events[0].who.last is 10", "10 cells, numbered from 0"],
        ),
        (
            event("{ tick = 5, times = 2, name = \"a\" }, { tick = 6, times = 2, name = \"a\" }"),
            &["work.arrivals.events[1].name is \"a\"", "events[0]"],
        ),
        (
            event(&["{ tick = 5, times = 2 }"; 5].join(", ")),
            &["work.arrivals.events[0].tick is 5", "5 events", "at most 4"],
        ),
        (
            of("rate = 900\nprocess = { kind = \"poisson\" }\nevents = [{ tick = 5, times = 2 }]"),
            &["work.arrivals.process.kind is poisson", "1800", "use bernoulli"],
        ),
    ] {
        assert!(
            says.iter().all(|word| found.contains(word)),
            "{found}\nlacks one of {says:?}"
        );
    }
    let log = refusal(
        "agents = 40\nticks = 100\ntopology = { kind = \"ring\" }\n[work]\ntrace = \"jobs.swf\"\narrivals = { rate = 0.5, events = [{ tick = 3, times = 2 }] }\n",
    );
    for word in ["work.arrivals.events", "work.trace", "leave the events out, or the log"] {
        assert!(log.contains(word), "{log}");
    }
}
