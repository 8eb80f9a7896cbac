//! What gauges add up: each operation alone, every two, and all together, on every device the same and as worked out node by node;
//! and the stop conditions that look at it.

use crate::support::{devices, scenario};
use serde::Serialize;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use tetraswarm::Simulation;
use tetraswarm::column::ColumnId;
use tetraswarm::device::Outcome;
use tetraswarm::gauge::{
    Accumulator, Condition, Figure, Figures, Form, Gauge, Indicator, Op, Reading, Relation, Seen, Tally, Term,
};
use tetraswarm::shader::Module;
use tetraswarm::swarm::Swarm;

/// More bins than a workgroup holds at once.
const BINS: u32 = 5000;

/// The operations, with the WGSL of what node `i` that holds `x` contributes.
const OPS: [(Accumulator, &str); 6] = [
    (Accumulator::new("few", Op::Count), "if (i % 3u == 1u) { add_few(); }"),
    (
        Accumulator::new("total", Op::Sum),
        "add_total(vec2<u32>(u32(x) * 77u, i * 0x01000193u));",
    ),
    (Accumulator::new("squares", Op::Squares), "add_squares(x * 64);"),
    (
        Accumulator::new("least", Op::Minimum),
        "if (i != 5u) { add_least(x - 3); }",
    ),
    (Accumulator::new("greatest", Op::Maximum), "add_greatest(x ^ 1);"),
    (
        Accumulator::new("kinds", Op::Bins(BINS)),
        "add_kinds((i * 7u) % 5003u, u32(x));",
    ),
];

/// Adds up some of them, in this order.
#[derive(Debug)]
struct Mixed {
    column: ColumnId,
    which: Vec<usize>,
}

/// The values, and the bins.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Found {
    values: Vec<String>,
    kinds: Vec<u32>,
}

impl Figures for Found {
    fn figures(&self) -> Vec<Figure> {
        let value = |(k, value): (usize, &String)| Figure::new(format!("value_{k}"), "", "A value", value.clone());
        self.values.iter().enumerate().map(value).collect()
    }
}

impl Gauge for Mixed {
    fn name(&self) -> &'static str {
        "mixed"
    }
    fn columns(&self) -> Vec<(u32, ColumnId)> {
        vec![(2, self.column)]
    }
    fn accumulators(&self) -> Vec<Accumulator> {
        self.which.iter().map(|&k| OPS[k].0).collect()
    }
    fn modules(&self) -> Vec<Module> {
        let calls: String = self.which.iter().map(|&k| OPS[k].1).collect();
        let source = format!(
            "@group(2) @binding(2) var<storage, read> held: array<i32>;\nfn gauge(i: u32) {{ let x = held[i]; {calls} }}"
        );
        vec![Module {
            name: "test/mixed",
            source: source.into(),
            constants: Vec::new(),
        }]
    }
    fn add(&self, seen: &Seen<'_>, nodes: Range<u32>, tally: &mut Tally) {
        for i in nodes {
            let x = seen.columns[0][i as usize] as i32;
            for (at, &k) in self.which.iter().enumerate() {
                match k {
                    0 if i % 3 == 1 => tally.add(at, 1),
                    1 => {
                        let (low, high) = ((x as u32).wrapping_mul(77), i.wrapping_mul(0x0100_0193));
                        tally.add(at, (u64::from(low) | u64::from(high) << 32) as i64);
                    }
                    2 => tally.add(at, i128::from(x * 64).pow(2)),
                    3 if i != 5 => tally.add(at, x - 3),
                    4 => tally.add(at, x ^ 1),
                    5 => {
                        let bin = (i.wrapping_mul(7) % 5003) as usize;
                        if let Some(bin) = tally.list_mut(at).get_mut(bin) {
                            *bin = bin.wrapping_add(x as u32);
                        }
                    }
                    _ => {}
                }
            }
        }
    }
    fn indicators(&self) -> Vec<Indicator> {
        let of = |(at, &k): (usize, &usize)| match OPS[k].0.op {
            Op::Bins(_) => Indicator::new("kinds", Form::Sum(vec![Term::Bins(at, 10..3000)])),
            _ => Indicator::value(OPS[k].0.name, at),
        };
        self.which.iter().enumerate().map(of).collect()
    }
    fn reading(&self, tally: &Tally, _: u32) -> Reading {
        let kinds = self.which.iter().position(|&k| k == 5);
        let found = Found {
            values: (0..self.which.len()).map(|at| tally.value(at).to_string()).collect(),
            kinds: kinds.map_or_else(Vec::new, |at| tally.list(at).to_vec()),
        };
        Reading::new(self.name(), found)
    }
}

/// Beliefs that fall from a point, on a ring.
fn swarm(nodes: u32, gauges: &[&[usize]]) -> Swarm {
    let mut scenario = scenario(nodes, "kind = \"ring\"", "kind = \"synchronous\"", "trunc", 6);
    scenario.measure.every = 2;
    let mut swarm = Swarm::build(&scenario, Path::new("")).unwrap();
    let column = swarm.plan.column("consensus.belief").unwrap();
    let of = |which: &&[usize]| {
        let which = which.to_vec();
        Arc::new(Mixed { column, which }) as Arc<dyn Gauge>
    };
    swarm.plan.gauges = gauges.iter().map(of).collect();
    swarm
}

/// The figures of each gauge in the last row.
fn found(swarm: Swarm, device: &dyn tetraswarm::device::Device) -> Vec<Found> {
    let mut simulation = Simulation::load(swarm, device).unwrap();
    simulation.run().unwrap();
    let row = simulation.measurements().last().unwrap().clone();
    row.readings
        .iter()
        .map(|reading| reading.get::<Found>().unwrap().clone())
        .collect()
}

#[test]
fn each_alone_every_two_and_all_together() {
    let mut sets: Vec<Vec<usize>> = (0..OPS.len()).map(|k| vec![k]).collect();
    sets.extend((0..OPS.len()).flat_map(|a| (0..a).map(move |b| vec![a, b])));
    sets.push((0..OPS.len()).collect());
    let all: Vec<&[usize]> = sets.iter().map(Vec::as_slice).collect();
    // As many gauges as there are sets, in one plan; and the singles say what the others must.
    for nodes in [2, 65, 9001] {
        let mut first: Option<Vec<Found>> = None;
        for device in devices() {
            let found = found(swarm(nodes, &all), &*device);
            let value = |k: usize| (&found[k].values[0], &found[k].kinds);
            for (set, of) in sets.iter().zip(&found) {
                for (at, &k) in set.iter().enumerate() {
                    assert_eq!(
                        of.values[at],
                        *value(k).0,
                        "{set:?} of {nodes} on {}",
                        device.info().backend
                    );
                }
                if set.contains(&5) {
                    assert_eq!(of.kinds, *value(5).1, "{set:?}");
                }
            }
            let first = first.get_or_insert_with(|| found.clone());
            assert!(*first == found, "{nodes} nodes on {}", device.info().backend);
        }
    }
}

#[test]
fn they_are_what_they_should_be() {
    let nodes = 9001;
    let swarm = swarm(nodes, &[&[0, 1, 2, 3, 4, 5]]);
    let column = swarm.plan.column("consensus.belief").unwrap();
    let mut simulation = Simulation::load(swarm, &*devices().remove(1)).unwrap();
    simulation.run().unwrap();
    let words = simulation.column("consensus.belief").unwrap();
    assert_eq!(simulation.plan().column("consensus.belief").unwrap(), column);
    let values: Vec<i64> = words.iter().map(|&word| i64::from(word as i32)).collect();
    let row = simulation.measurements().last().unwrap();
    let found = row.get::<Found>().unwrap();
    let total = (0..).zip(&words).fold(0u64, |sum, (i, &word): (u32, &u32)| {
        let high = u64::from(i.wrapping_mul(0x0100_0193)) << 32;
        sum.wrapping_add(u64::from(word.wrapping_mul(77)) | high)
    });
    let squares: i128 = values.iter().map(|&x| i128::from(64 * x).pow(2)).sum();
    let least = values
        .iter()
        .enumerate()
        .filter(|(i, _)| *i != 5)
        .map(|(_, x)| x - 3)
        .min()
        .unwrap();
    let greatest = values.iter().map(|x| x ^ 1).max().unwrap();
    let expected = [
        (nodes / 3).to_string(),
        (total as i64).to_string(),
        squares.to_string(),
        least.to_string(),
        greatest.to_string(),
    ];
    assert_eq!(found.values[..5], expected);
    let mut kinds = vec![0u32; BINS as usize];
    for (i, &word) in (0..).zip(&words) {
        let bin: u32 = i * 7 % 5003;
        if let Some(bin) = kinds.get_mut(bin as usize) {
            *bin = bin.wrapping_add(word);
        }
    }
    assert_eq!(found.kinds, kinds);
}

/// Every relation, on an integer that falls, with bounds beside what it is: every device stops in the same tick, or none does.
#[test]
fn conditions_hold_on_every_device_alike() {
    let value = |tick: u32| {
        let mut swarm = swarm(300, &[&[4, 1]]);
        swarm.plan.ticks = tick;
        let mut simulation = Simulation::load(swarm, &*devices().remove(0)).unwrap();
        simulation.run().unwrap();
        let row = simulation.measurements().last().unwrap().clone();
        [row.indicators[0][0].unwrap(), row.indicators[0][1].unwrap()]
    };
    let at_4 = value(4);
    assert_ne!(at_4, value(2));
    for indicator in [0, 1] {
        for (sign, relation) in Relation::ALL {
            for by in [-1, 0, 1] {
                let bound = at_4[indicator] + by;
                let run = |device: &dyn tetraswarm::device::Device| {
                    let mut swarm = swarm(300, &[&[4, 1]]);
                    swarm.plan.stop = vec![Condition {
                        gauge: 0,
                        indicator,
                        relation,
                        bound,
                    }];
                    let mut simulation = Simulation::load(swarm, device).unwrap();
                    let report = simulation.run().unwrap();
                    (
                        report.outcome,
                        report.ticks,
                        simulation.column("consensus.belief").unwrap(),
                    )
                };
                let all: Vec<_> = devices().iter().map(|device| run(&**device)).collect();
                assert!(
                    all.iter().all(|one| *one == all[0]),
                    "{sign} {bound}: {:?}",
                    all.iter().map(|one| (one.0, one.1)).collect::<Vec<_>>()
                );
                let holds = |value: i64| match sign {
                    "<=" => value <= bound,
                    ">=" => value >= bound,
                    "<" => value < bound,
                    ">" => value > bound,
                    "==" => value == bound,
                    _ => value != bound,
                };
                let expected = [0, 2, 4, 6].into_iter().find(|&tick| holds(value(tick)[indicator]));
                let stopped = (all[0].0 == Outcome::Condition).then_some(all[0].1);
                assert_eq!(stopped, expected, "{sign} {bound}");
            }
        }
    }
}

#[test]
fn conditions_of_scenarios_are_read_or_refused() {
    let plan = |stop: &str| {
        let text = format!(
            "agents = 16\nticks = 5\ntopology.kind = \"ring\"\n[consensus]\nrule = \"average\"\n\
             start = {{ kind = \"uniform\", low = 0, high = 9 }}\n[stop]\n{stop}\n"
        );
        let scenario = tetraswarm::scenario::Scenario::from_toml("test", &text).unwrap();
        Swarm::plan(&scenario, Path::new(""))
            .map(|plan| plan.stop)
            .map_err(|error| error.to_string())
    };
    let one = plan("when = [\"consensus.spread <= 1_000\"]").unwrap();
    assert_eq!(one, plan("spread = 1000").unwrap());
    assert_eq!(plan("when = [\"spread<=1000\"]").unwrap(), one);
    let two = plan("when = [\"sum != -7\", \"maximum > 3\"]").unwrap();
    assert_eq!((two.len(), two[0].bound, two[0].relation), (2, -7, Relation::Unequal));
    for (stop, words) in [
        (
            "when = [\"disagreement < 3\"]",
            "stop.when[0] names disagreement, which is no integer of this swarm",
        ),
        ("when = [\"sum > 1\", \"spred < 3\"]", "the nearest is consensus.spread"),
        ("when = [\"spread\"]", "a condition is a name, a comparison"),
        ("when = [\"spread => 3\"]", "did you mean >=?"),
        ("when = [\"spread < 0.5\"]", "with no whole number behind the sign"),
    ] {
        let error = plan(stop).unwrap_err();
        assert!(error.contains(words), "{error}");
    }
    let text = include_str!("../scenarios/concert.toml").to_owned() + "\n[stop]\nspread = 5\n";
    let scenario = tetraswarm::scenario::Scenario::from_toml("concert", &text).unwrap();
    let error = Swarm::plan(&scenario, Path::new("")).unwrap_err().to_string();
    assert!(
        error.contains("may mean consensus.spread or work.outstanding"),
        "{error}"
    );
    // What never ends is not waited for.
    let text = |stop: &str| include_str!("../scenarios/orchestra.toml").to_owned() + stop;
    let plan = |text: &str| {
        let scenario = tetraswarm::scenario::Scenario::from_toml("work", text).unwrap();
        Swarm::plan(&scenario, Path::new(""))
            .map(|plan| plan.stop.len())
            .map_err(|error| error.to_string())
    };
    for stop in [
        "spread = 100",
        "when = [\"work.queued < 3\"]",
        "when = [\"running == 0\"]",
    ] {
        let stop = format!("\n[stop]\n{stop}\n");
        let error = plan(&text(&stop)).unwrap_err();
        assert!(
            error.contains("tasks arrive for ever") && error.contains("work.arrivals.until = "),
            "{error}"
        );
        let ending = text(&stop).replace("load = 0.7", "until = 400\nload = 0.7");
        assert_eq!(plan(&ending), Ok(1));
    }
    assert_eq!(
        plan(&text("\n[stop]\nwhen = [\"work.committed >= 1_000_000\"]\n")),
        Ok(1)
    );
}
