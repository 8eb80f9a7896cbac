//! Cells that grow families and merge back, and tasks that are divided among them: that nothing is lost or held twice whatever goes wrong,
//! the same on every device, and as the formulas say.

use crate::support::gpus;
use std::collections::HashSet;
use std::ops::ControlFlow;
use std::path::Path;
use tetraswarm::Simulation;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::device::{Device, Event, Execution};
use tetraswarm::fault::bits;
use tetraswarm::gauge::{Fingerprint, Measurement};
use tetraswarm::part::growth::{Grown, Needs, wish};
use tetraswarm::part::work::state;
use tetraswarm::plan::Plan;
use tetraswarm::scenario::Scenario;
use tetraswarm::swarm::Swarm;

/// A swarm of 64 cells with room for 512, under load and with everything that can go wrong; each part of the text may be replaced.
const ALL: &str = r#"
name = "grown"
agents = 256
ticks = 400
seed = 1
topology = { kind = "torus2d" }
[work]
queue = 16
error = 0.05
max_tries = 2
lease = 9
need = { kind = "table", ticks = [6, 300], weights = [995, 5] }
arrivals = { load = 0.8, until = 300, events = [{ tick = 30, until = 120, times = 3.0, who = { kind = "range", first = 0, last = 20 } }] }
[work.balance]
policy = { kind = "flow" }
[growth]
max_agents = 2048
spawn = { load = 8, for = 4, delay = 2, share = "rotate" }
retire = { idle = 10, load = 2 }
delegate = { need = 32, mode = "divide", patience = 9 }
[faults]
crash = 0.01
recovery = 0.1
loss = 0.05
liars = { who = { kind = "share", share = 0.05 }, tell = { kind = "against" } }
state = "reset"
events = [
    { kind = "kill", tick = 60, who = { kind = "share", share = 0.2 }, name = "storm" },
    { kind = "partition", tick = 80, along = { kind = "ranges", starts = [32] } },
    { kind = "heal", tick = 150 },
    { kind = "revive", tick = 160, who = { event = "storm" } },
    { kind = "kill", tick = 170, who = { kind = "role", role = "referee" } },
    { kind = "revive", tick = 200 },
]
[measure]
every = 1
"#;

pub fn scenario(changes: &[(&str, &str)]) -> Scenario {
    let mut text = ALL.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    Scenario::from_toml("test", &text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

pub const LEARNING: &str = r#"[learning]
rule = { kind = "social", explore = 0.05, adopt = 0.9 }
decide_every = 8
mean = { rule = "tracking", every = 4 }
reward = { kind = "work", commit = 100, reject = 10, message = 5, wrong = 600, audit = 0.5 }
strategy = [{ name = "lax", verify = 0.0 }, { name = "strict", verify = 1.0 }]
[faults]"#;

/// Each with a name for failures.
const VARIANTS: &[(&str, &[(&str, &str)])] = &[
    ("all", &[]),
    ("by hash", &[("\"rotate\"", "\"hash\"")]),
    (
        "replicas",
        &[
            ("mode = \"divide\"", "mode = \"replicate\", levels = 2"),
            ("300]", "40]"),
        ],
    ),
    ("two choices", &[("\"flow\"", "\"two-choices\"")]),
    ("no balance", &[("\"flow\"", "\"none\"")]),
    ("memory kept", &[("\"reset\"", "\"kept\"")]),
    (
        "few places",
        &[
            ("max_agents = 2048", "max_agents = 320"),
            ("{ idle", "{ load = 3, idle"),
            ("load = 2 }", "}"),
        ],
    ),
    (
        "learning",
        &[
            ("[faults]", LEARNING),
            ("delegate = { need = 32, mode = \"divide\", patience = 9 }", ""),
        ],
    ),
    ("accounted", &[("patience = 9", "patience = 9, account = true")]),
    (
        "replicas accounted",
        &[
            ("mode = \"divide\"", "mode = \"replicate\", levels = 2, account = true"),
            ("300]", "40]"),
        ],
    ),
    (
        "learning and delegating",
        &[("[faults]", LEARNING), ("patience = 9", "patience = 9, account = true")],
    ),
    (
        "a stored network",
        &[(
            "{ kind = \"torus2d\" }",
            "[{ kind = \"random-regular\", degree = 4 }, { kind = \"tree\" }]",
        )],
    ),
];

/// The plan of every variant, for the tests of shaders.
pub fn plans() -> impl Iterator<Item = (&'static str, Plan)> {
    let plan = |changes: &[(&str, &str)]| Swarm::plan(&scenario(changes), Path::new("")).unwrap();
    VARIANTS.iter().map(move |(name, changes)| (*name, plan(changes)))
}

/// Each, for the test of checkpoints.
pub fn scenarios() -> impl Iterator<Item = (&'static str, Scenario)> {
    VARIANTS.iter().map(|(name, changes)| (*name, scenario(changes)))
}

/// How to build each, for the test of ranges.
pub fn swarms() -> impl Iterator<Item = (&'static str, impl Fn() -> Swarm)> {
    let build = |changes: &'static [(&str, &str)]| move || Swarm::build(&scenario(changes), Path::new("")).unwrap();
    VARIANTS.iter().map(move |(name, changes)| (*name, build(changes)))
}

/// Every shader is compiled anew for each variant, so that the GPUs take turns, and the first variant is run on all. A row takes a software GPU
/// longer than ten ticks: they measure now and then, and what differs in between is in the next row's fingerprint.
#[test]
fn every_variant_is_the_same_on_every_device() {
    let mut cpus = [1, 3]
        .map(|threads| Box::new(CpuDevice::new(threads).unwrap()) as Box<dyn Device>)
        .into_iter();
    let (first, second) = (cpus.next().unwrap(), cpus.next().unwrap());
    let gpus: Vec<Box<dyn Device>> = gpus().into_iter().map(|gpu| Box::new(gpu) as Box<dyn Device>).collect();
    for (at, (name, changes)) in VARIANTS.iter().enumerate() {
        let scenario = scenario(changes);
        let same = |scenario: &Scenario, device: &dyn Device| {
            let expected = rows(scenario, &*first, name);
            assert_eq!(
                rows(scenario, device, name),
                expected,
                "{name} on {}",
                device.info().name
            );
        };
        same(&scenario, &*second);
        let seldom = seldom(&scenario);
        let turn = gpus
            .iter()
            .enumerate()
            .filter(|(k, _)| at == 0 || at % gpus.len() == *k);
        turn.for_each(|(_, gpu)| same(&seldom, &**gpu));
    }
}

/// The same, measured in every seventh tick.
pub fn seldom(scenario: &Scenario) -> Scenario {
    let mut seldom = scenario.clone();
    seldom.measure.every = 7;
    seldom
}

/// All rows of a run, and the fingerprints of all columns at its end.
pub fn rows(scenario: &Scenario, device: &dyn Device, label: &str) -> (Vec<Measurement>, Vec<Fingerprint>) {
    let swarm = Swarm::build(scenario, Path::new("")).unwrap_or_else(|e| panic!("{label}: {e}"));
    let mut run = device.load(swarm).unwrap_or_else(|e| panic!("{label}: {e}"));
    let mut rows = Vec::new();
    let mut note = |event: Event<'_>| {
        if let Event::Measured(row) = event {
            rows.push(row.clone());
        }
        ControlFlow::Continue(())
    };
    run.advance(230, &mut note).unwrap_or_else(|e| panic!("{label}: {e}"));
    (rows, run.fingerprints().unwrap())
}

pub fn loaded(scenario: &Scenario) -> Box<dyn Execution> {
    let swarm = Swarm::build(scenario, Path::new("")).unwrap();
    CpuDevice::new(1).unwrap().load(swarm).unwrap()
}

fn read(run: &mut dyn Execution, name: &str) -> Vec<u32> {
    let column = run.plan().column(name).unwrap();
    run.read(column).unwrap()
}

/// At every tick each place is of one family, whose parent knows it; who is at no place holds nothing; and the ledgers are clean.
#[test]
fn no_place_is_held_twice_and_none_is_lost() {
    let mut born = 0;
    for seed in 0..60 {
        let (name, changes) = VARIANTS[seed % VARIANTS.len()];
        let mut scenario = scenario(changes);
        scenario.seed = 100 + seed as u32;
        let mut run = loaded(&scenario);
        let first = run.measure().unwrap();
        let founders = run.plan().founders();
        let (parents, families) = ("growth.parent", "growth.family");
        for tick in 0..200 {
            run.advance(tick + 1, &mut |_| ControlFlow::Continue(())).unwrap();
            let row = run.measure().unwrap();
            for gauge in &run.plan().gauges {
                gauge
                    .audit(&first, &row)
                    .unwrap_or_else(|e| panic!("{name}, seed {seed}: {e}"));
            }
            let [parents, families] = [parents, families].map(|name| read(&mut *run, name));
            let (depths, members) = (read(&mut *run, "growth.depth"), read(&mut *run, "faults.members"));
            let mut held = HashSet::new();
            for (parent, &family) in (0u32..).zip(&families).filter(|(_, family)| **family != 0) {
                assert!(
                    family >= founders && (family - founders).is_multiple_of(4),
                    "{name}: a family at {family}"
                );
                for child in family..family + 4 {
                    assert_eq!(
                        parents[child as usize],
                        1 + parent,
                        "{name}, seed {seed}, tick {tick}: child {child}"
                    );
                    assert_eq!(depths[child as usize], depths[parent as usize] + 1);
                    assert!(held.insert(child), "{child} is held twice");
                }
            }
            let there = (founders..)
                .zip(&parents[founders as usize..])
                .filter(|(_, parent)| **parent != 0);
            assert_eq!(
                there.count(),
                held.len(),
                "{name}, seed {seed}: a place without a family"
            );
            for place in (founders..parents.len() as u32).filter(|place| !held.contains(place)) {
                assert_eq!(members[place as usize], bits::KILLED | bits::GONE);
            }
            if tick == 199 {
                born += row.get::<Grown>().unwrap().born;
                let nodes = parents.len();
                for name in [
                    "work.state",
                    "work.cell",
                    "work.queue",
                    "growth.depth",
                    "growth.pause",
                    "growth.watch",
                ] {
                    for (at, &word) in read(&mut *run, name).iter().enumerate() {
                        let place = (at % nodes) as u32;
                        assert!(place < founders || held.contains(&place) || word == 0, "{name} at {at}");
                    }
                }
            }
        }
    }
    assert!(born > 1000, "only {born} cells were born");
}

/// A million places: who gets which is what a plain account of all requests, one after the other, comes to.
#[test]
fn places_are_those_of_a_serial_account() {
    let text = "name = \"many\"\nagents = 1048576\nticks = 60\nseed = 5\ntopology = { kind = \"torus2d\" }\n\
                [work]\nqueue = 8\nneed = { kind = \"constant\", ticks = 9 }\n\
                arrivals = { load = 0.9, place = { kind = \"hot-spots\", share = 0.3, multiple = 4 } }\n\
                balance = { policy = { kind = \"none\" } }\n\
                [growth]\nmax_agents = 4194304\nspawn = { load = 4, for = 2, delay = 1 }\nretire = { idle = 9, load = 1 }\nmost_at_once = 0.0002\n\
                [measure]\nevery = 60\n";
    let scenario = Scenario::from_toml("test", text).unwrap();
    let swarm = Swarm::build(&scenario, Path::new("")).unwrap();
    let mut run = CpuDevice::new(0).unwrap().load(swarm).unwrap();
    let founders = run.plan().founders();
    run.advance(8, &mut |_| ControlFlow::Continue(())).unwrap();
    let mut granted = 0;
    for tick in 8..20 {
        let mut parents = read(&mut *run, "growth.parent");
        run.advance(tick + 1, &mut |_| ControlFlow::Continue(())).unwrap();
        let wishes = read(&mut *run, "growth.wish");
        let free: Vec<u32> = (founders..parents.len() as u32)
            .step_by(4)
            .filter(|&place| parents[place as usize] == 0)
            .collect();
        let most = (free.len() as f64 * 0.0002).floor().max(1.0) as usize;
        let groups = wishes.chunks(256).enumerate();
        let asks = groups.flat_map(|(group, wishes)| {
            let of = wishes.iter().enumerate().filter(|(_, wish)| **wish & wish::ASKS != 0);
            of.map(move |(at, _)| (256 * group + at) as u32).take(most)
        });
        let pairs: Vec<(u32, u32)> = asks.zip(free).collect();
        granted += pairs.len();
        // Those that go make room in this tick for nobody.
        for parent in parents.iter_mut().skip(founders as usize) {
            if *parent != 0 && wishes[*parent as usize - 1] & wish::GOES != 0 {
                *parent = 0;
            }
        }
        for (parent, family) in pairs {
            parents[family as usize..family as usize + 4].fill(1 + parent);
        }
        assert!(parents == read(&mut *run, "growth.parent"), "tick {tick}");
    }
    assert!(granted > 10_000, "{granted}");
}

/// What never grows is to the bit what it would be without the section: figures and the columns that both have.
#[test]
fn what_never_grows_is_as_without() {
    let quiet = [
        ("load = 8, for = 4", "load = 16, for = 400"),
        ("delegate = { need = 32, mode = \"divide\", patience = 9 }", ""),
    ];
    let with = scenario(&quiet);
    let mut without = with.clone();
    without.parts.remove("growth");
    let (mut with, mut without) = (loaded(&with), loaded(&without));
    for run in [&mut with, &mut without] {
        run.advance(300, &mut |_| ControlFlow::Continue(())).unwrap();
    }
    let prints = [&mut with, &mut without].map(|run| {
        let names: Vec<&str> = run.plan().columns.iter().map(|column| column.name).collect();
        names.into_iter().zip(run.fingerprints().unwrap()).collect::<Vec<_>>()
    });
    assert!(prints[1].len() > 8);
    for (name, print) in &prints[1] {
        let other = prints[0].iter().find(|(other, _)| other == name).unwrap();
        assert_eq!(other.1, *print, "{name}");
    }
    let rows = [&mut with, &mut without].map(|run| run.measure().unwrap());
    let work = |row: usize| rows[row].work().unwrap().clone();
    assert_eq!(work(0), work(1));
    assert_eq!(rows[0].up, rows[1].up);
}

/// After the load has gone the swarm is what it was at first, in who is there.
#[test]
fn when_the_load_is_gone_the_swarm_is_as_at_first() {
    let quiet = [
        ("state = \"reset\"", ""),
        ("crash = 0.01\nrecovery = 0.1", ""),
        ("until = 300", "until = 150"),
    ];
    let mut run = loaded(&scenario(&quiet));
    run.advance(160, &mut |_| ControlFlow::Continue(())).unwrap();
    assert!(run.measure().unwrap().get::<Grown>().unwrap().cells > 64);
    // The big tasks end, and then each level takes the idle time and a few ticks to hand over.
    run.advance(400, &mut |_| ControlFlow::Continue(())).unwrap();
    let row = run.measure().unwrap();
    assert_eq!(row.work().unwrap().outstanding(), 0);
    let grown = row.get::<Grown>().unwrap();
    assert_eq!((grown.cells, grown.born), (64, grown.retired + grown.lost));
    for name in ["growth.parent", "growth.family", "growth.depth"] {
        assert!(read(&mut *run, name).iter().all(|&word| word == 0), "{name}");
    }
}

/// One task alone, that needs so much and is divided so often.
fn one_task(need: u32, divisions: u32, delay: u32) -> Scenario {
    // Parts are divided as long as they need so much.
    let least = match divisions {
        0 => need + 1,
        _ => (need >> (2 * (divisions - 1))).max(2),
    };
    let text = format!(
        "name = \"one\"\nagents = 16\nticks = 70000\ntopology = {{ kind = \"ring\" }}\n\
         [work]\nneed = {{ kind = \"constant\", ticks = {need} }}\n\
         arrivals = {{ rate = 0.25, until = 1, place = {{ kind = \"one\", cell = 1 }} }}\n\
         [growth]\nmax_agents = 1600\nspawn = {{ load = 16, for = 99, delay = {delay} }}\nmost_at_once = 1.0\n\
         delegate = {{ need = {least}, patience = 34, account = true }}\n\
         [stop]\nwhen = [\"committed >= 1\"]\n"
    );
    Scenario::from_toml("test", &text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

/// A task of N ticks divided d levels deep takes ⌈N/4^d⌉ + c·d of them: a child works `delay` ticks after the order, and its parent joins
/// in the tick after the last result, so that c = delay + 1.
#[test]
fn a_divided_task_takes_as_long_as_its_parts_and_a_few_ticks_a_level() {
    // The longest is divided at least once, by a cell that waits for more ticks than 14 bits tell.
    for (need, least) in [(256u32, 0), (4096, 0), (65_536, 1)] {
        for divisions in least..=4 {
            for delay in if need > 4096 { 3..=3 } else { 1..=3 } {
                let mut run = loaded(&one_task(need, divisions, delay));
                run.advance(70_000, &mut |_| ControlFlow::Continue(())).unwrap();
                let row = run.measure().unwrap();
                let work = row.work().unwrap();
                assert_eq!((work.submitted, work.committed), (1, 1), "{need}, {divisions}");
                let expected = need.div_ceil(1 << (2 * divisions)) + (delay + 1) * divisions;
                assert_eq!(
                    work.response.max,
                    Some(expected),
                    "{need} divided {divisions} times, delay {delay}"
                );
            }
        }
    }
}

/// What the parts of a task needed is what cells have executed and passed on, and the others' times are those of the task.
#[test]
fn what_parts_needed_is_accounted_for() {
    for (need, divisions) in [(256u32, 1), (256, 2), (4096, 3), (17, 1)] {
        let mut scenario = one_task(need, divisions, 3);
        scenario.stop = Default::default();
        let mut run = loaded(&scenario);
        let took = need.div_ceil(1 << (2 * divisions)) + 4 * divisions;
        // Shortly before the last parts are done some of it is left.
        run.advance(took - divisions - 2, &mut |_| ControlFlow::Continue(()))
            .unwrap();
        let half = run.measure().unwrap();
        assert_eq!(half.work().unwrap().with_children, Some(1));
        assert_eq!(half.work().unwrap().running, 0);
        let needs = half.get::<Needs>().unwrap();
        assert!(needs.part_ticks_left > 0 && needs.speed_up.is_none(), "{needs:?}");
        run.advance(took + 60, &mut |_| ControlFlow::Continue(())).unwrap();
        let row = run.measure().unwrap();
        let (needs, levels) = (row.get::<Needs>().unwrap(), u64::from(divisions));
        let need = u64::from(need);
        assert_eq!(needs.part_ticks_taken, need * levels, "{needs:?}");
        assert_eq!(
            (
                needs.part_ticks_executed,
                needs.part_ticks_passed,
                needs.part_ticks_left
            ),
            (need, need * (levels - 1), 0)
        );
        assert_eq!((needs.part_ticks_again, needs.part_ticks_given_up), (0, 0));
        assert_eq!(needs.makespan_mean, Some(f64::from(took)));
        assert_eq!((needs.delegated_wait.mean, needs.delegated_wait.tasks), (Some(0.0), 1));
        assert_eq!(needs.delegated_response.mean, Some(f64::from(took)));
        let speed_up = needs.speed_up.unwrap();
        assert!((speed_up - need as f64 / f64::from(took)).abs() < 1e-12);
        assert!((needs.efficiency.unwrap() - speed_up / f64::from(1 << (2 * divisions))).abs() < 1e-12);
    }
}

/// Families stand on one side of every wall: a partition in whatever tick keeps no task of children.
#[test]
fn a_partition_keeps_nothing_that_is_delegated() {
    for begin in 0..26 {
        let mut scenario = one_task(64, 2, 2);
        let events = format!(
            "events = [{{ kind = \"partition\", tick = {begin}, along = {{ kind = \"ranges\", starts = [1, 2] }} }}, \
             {{ kind = \"heal\", tick = {} }}]\n",
            begin + 30
        );
        scenario.faults = Some(toml::from_str(&events).unwrap());
        scenario.stop = Default::default();
        let mut run = loaded(&scenario);
        let first = run.measure().unwrap();
        for tick in 0..200 {
            run.advance(tick + 1, &mut |_| ControlFlow::Continue(())).unwrap();
            let row = run.measure().unwrap();
            for gauge in &run.plan().gauges {
                gauge
                    .audit(&first, &row)
                    .unwrap_or_else(|e| panic!("from tick {begin}: {e}"));
            }
        }
        let row = run.measure().unwrap();
        let work = row.work().unwrap();
        assert_eq!(
            (work.committed, work.response.max),
            (1, Some(4 + 3 * 2)),
            "from tick {begin}"
        );
    }
}

/// Whatever falls on a parent, a child or a family in whatever tick: the task ends once, and nothing is lost on the way.
#[test]
fn a_delegated_task_ends_once_whatever_falls_on_whom_and_when() {
    const DOWN: u32 = 30;
    let mut scenario = one_task(64, 2, 2);
    scenario.faults = Some(Default::default());
    for forgets in [false, true] {
        for whom in 0..5u32 {
            for begin in 0..26 {
                let label = format!("forgets {forgets}, whom {whom}, tick {begin}");
                let mut run = loaded(&scenario);
                let members = run.plan().column("faults.members").unwrap();
                let (first, founders, nodes) = (run.measure().unwrap(), run.plan().founders(), run.plan().nodes());
                let set = |run: &mut dyn Execution, cells: &[u32], word: u32| {
                    for &cell in cells {
                        for lane in 0..4u64 {
                            let at = lane * u64::from(nodes) + u64::from(cell);
                            run.write(members, at, word).unwrap();
                        }
                    }
                    let status = run.plan().column("faults.status").unwrap();
                    for &cell in cells {
                        run.write(status, cell.into(), u32::from(word & bits::DOWN != 0))
                            .unwrap();
                    }
                };
                // The parent, a child, a family, a grandchild, and all at a depth.
                let meant = |run: &mut dyn Execution| -> Vec<u32> {
                    let (depths, parents) = (read(run, "growth.depth"), read(run, "growth.parent"));
                    let at = |depth: u32| {
                        (0..nodes)
                            .filter(move |&i| i >= founders)
                            .filter(move |_| true)
                            .map(move |i| (i, depth))
                    };
                    let of = |depth: u32| -> Vec<u32> {
                        at(depth)
                            .filter(|&(i, depth)| parents[i as usize] != 0 && depths[i as usize] == depth)
                            .map(|(i, _)| i)
                            .collect()
                    };
                    match whom {
                        0 => vec![1],
                        1 => of(1).into_iter().take(1).collect(),
                        2 => of(1),
                        3 => of(2).into_iter().take(1).collect(),
                        _ => of(2),
                    }
                };
                let mut fallen = Vec::new();
                for tick in 0..400 {
                    if tick == begin {
                        fallen = meant(&mut *run);
                        set(&mut *run, &fallen, bits::KILLED);
                    }
                    if tick == begin + DOWN {
                        // Who has gone meanwhile has nothing to come back to.
                        let members = read(&mut *run, "faults.members");
                        fallen.retain(|&cell| members[cell as usize] & bits::GONE == 0);
                        let back = if forgets { bits::FRESH } else { 0 };
                        set(&mut *run, &fallen, back);
                    }
                    if tick == begin + DOWN + 1 {
                        let members = read(&mut *run, "faults.members");
                        fallen.retain(|&cell| members[cell as usize] & bits::GONE == 0);
                        set(&mut *run, &fallen, 0);
                    }
                    run.advance(tick + 1, &mut |_| ControlFlow::Continue(())).unwrap();
                    let row = run.measure().unwrap();
                    for gauge in &run.plan().gauges {
                        gauge.audit(&first, &row).unwrap_or_else(|e| panic!("{label}: {e}"));
                    }
                }
                let row = run.measure().unwrap();
                let work = row.work().unwrap();
                let ended = work.committed + work.failed + work.destroyed;
                assert_eq!((work.submitted, ended, work.outstanding()), (1, 1, 0), "{label}");
                assert_eq!(
                    row.get::<Grown>().unwrap().cells,
                    u64::from(founders),
                    "{label}: families are left"
                );
            }
        }
    }
}

/// The share of tasks whose results were wrong or none, where nobody verifies, of how many; and of which share of them more than one cell
/// decided: a task that comes to a cell that has delegated one is done by the cell alone.
fn bad_share(mode: &str, need: u32, error: f64) -> (f64, f64, f64) {
    let text = format!(
        "name = \"law\"\nagents = 1024\nticks = 6000\ntopology = {{ kind = \"torus2d\" }}\n\
         [work]\nverify = 0.0\nerror = {error}\nmax_tries = 0\nneed = {{ kind = \"constant\", ticks = {need} }}\n\
         arrivals = {{ rate = 0.02, until = 5500 }}\nbalance = {{ policy = {{ kind = \"none\" }} }}\n\
         [growth]\nmax_agents = 131072\nspawn = {{ load = 16, for = 99, delay = 1 }}\nmost_at_once = 1.0\n\
         delegate = {{ need = {need}, patience = 1000, {mode} }}\n[measure]\nevery = 1000\n"
    );
    let scenario = Scenario::from_toml("test", &text).unwrap_or_else(|e| panic!("{e}\n{text}"));
    let mut simulation = Simulation::load(
        Swarm::build(&scenario, Path::new("")).unwrap(),
        &CpuDevice::new(0).unwrap(),
    )
    .unwrap();
    simulation.run().unwrap();
    let row = simulation.measurements().last().unwrap().clone();
    let (work, grown) = (row.work().unwrap(), row.get::<Grown>().unwrap());
    assert_eq!(work.submitted, work.committed + work.failed);
    let delegated = grown.delegated.as_ref().unwrap();
    assert_eq!(
        (delegated.undivided, delegated.tasks + delegated.alone),
        (0, work.submitted)
    );
    let count = work.submitted as f64;
    (
        (work.committed_wrong + work.failed) as f64 / count,
        count,
        delegated.tasks as f64 / count,
    )
}

/// Whether a share found among so many is the probability, or for those that were not delegated the one of a cell alone, within four
/// standard errors.
fn is_law((share, count, delegated): (f64, f64, f64), law: f64, alone: f64, what: &str) {
    let probability = delegated * law + (1.0 - delegated) * alone;
    assert!(delegated > 0.9, "{what}: {delegated}");
    let error = (probability * (1.0 - probability) / count).sqrt();
    assert!(
        count > 10_000.0 && (share - probability).abs() < 4.0 * error,
        "{what}: {share} of {count}, not {probability}"
    );
}

#[test]
fn replicas_err_by_the_law_of_three_of_four() {
    let law = |p: f64| 6.0 * p * p - 8.0 * p * p * p + 3.0 * p * p * p * p;
    is_law(
        bad_share("mode = \"replicate\", levels = 1", 1, 0.1),
        law(0.1),
        0.1,
        "one level",
    );
    is_law(
        bad_share("mode = \"replicate\", levels = 2", 1, 0.3),
        law(law(0.3)),
        0.3,
        "two levels",
    );
}

#[test]
fn divided_tasks_are_right_if_all_parts_are() {
    is_law(
        bad_share("mode = \"divide\"", 4, 0.02),
        1.0 - 0.98f64.powi(4),
        0.02,
        "one level",
    );
}

/// A cell that retires takes nothing, begins nothing, and hands over what it has.
#[test]
fn who_retires_is_closed_to_neighbours() {
    assert!(state::is_closed(state::RETIRING) && state::is_closed(state::YOUNG) && state::is_closed(state::PARTED));
    assert!(!state::is_closed(
        state::DELEGATED | state::WANTS | state::BUSY | state::ABANDONED | state::QUEUED
    ));
    assert_eq!(state::load(state::DELEGATED | state::BUSY | 3), 5);
}

#[test]
fn what_cannot_be_is_refused_by_its_key() {
    for (changes, key, says) in [
        (("max_agents = 2048", "max_agents = 255"), "growth.max_agents", "256"),
        (
            ("max_agents = 2048", "max_agents = 264"),
            "growth.max_agents",
            "256 and 272",
        ),
        (
            ("retire = { idle = 10, load = 2 }", "retire = { idle = 10, load = 8 }"),
            "growth.retire.load",
            "as in 2",
        ),
        (("load = 8, for = 4", "load = 17, for = 4"), "growth.spawn.load", "16"),
        (
            ("mode = \"divide\"", "mode = \"divide\", levels = 3"),
            "growth.delegate.levels",
            "replicate",
        ),
        (
            ("need = 32, mode", "need = 1, mode"),
            "growth.delegate.need",
            "at least 2",
        ),
    ] {
        let scenario = scenario(&[changes]);
        let error = Swarm::plan(&scenario, Path::new("")).unwrap_err().to_string();
        assert!(error.contains(key) && error.contains(says), "{error}");
    }
    let mut alone = one_task(64, 1, 1);
    alone.parts.remove("work");
    let error = Swarm::plan(&alone, Path::new("")).unwrap_err().to_string();
    assert!(error.contains("growth") && error.contains("[work]"), "{error}");
    let deep = ALL.replace("retire =", "depth = 9\nretire =");
    assert!(
        Scenario::from_toml("test", &deep)
            .unwrap_err()
            .to_string()
            .contains("depth")
    );
}
