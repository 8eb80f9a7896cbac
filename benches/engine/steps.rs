//! What each step of a tick costs on the CPU: of every rule in its standard form, of cells that work, of learning, of growth, of a scan; and
//! what a measurement costs. So that what has become slower shows by its name.

use super::{group, scenario, sizes};
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput, measurement::WallTime};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tetraswarm::Words;
use tetraswarm::bench::{Beside, Tick, networks, standard_network, work_agents, work_swarm};
use tetraswarm::column::{Column, ColumnId, Extent};
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::device::{Device, Execution};
use tetraswarm::number::threefry2x32;
use tetraswarm::scan::{Names, Summand, compact, scan};
use tetraswarm::scan_names;
use tetraswarm::scenario::Registry;
use tetraswarm::swarm::Swarm;

const SCAN: Names = scan_names!("bench.scan");
const COMPACT: Names = scan_names!("bench.compact");

fn load(swarm: Swarm) -> Box<dyn Execution> {
    CpuDevice::new(0)
        .and_then(|device| device.load(swarm))
        .expect("room for the swarm")
}

/// Each step by itself, after so many ticks.
fn each_step(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, swarm: Swarm, warm_up: u32) {
    let nodes = swarm.plan.nodes();
    let mut execution = load(swarm);
    let steps: Vec<&str> = execution.plan().steps.iter().map(|step| step.name()).collect();
    let names: Vec<String> = steps
        .iter()
        .enumerate()
        .map(|(k, step)| format!("{name}/{k} {step}"))
        .collect();
    for _ in 0..warm_up {
        (0..names.len()).for_each(|step| execution.step(step).expect("a step"));
    }
    group.throughput(Throughput::Elements(nodes.into()));
    for (timed, name) in names.iter().enumerate() {
        group.bench_function(BenchmarkId::new(name, nodes), |b| {
            b.iter_custom(|count| {
                let mut took = Duration::ZERO;
                for _ in 0..count {
                    for step in 0..names.len() {
                        let start = Instant::now();
                        execution.step(step).expect("a step");
                        if step == timed {
                            took += start.elapsed();
                        }
                    }
                }
                took
            });
        });
    }
}

pub fn rules(criterion: &mut Criterion) {
    let mut group = group(criterion, "steps of rules");
    let registry = Arc::new(Registry::standard());
    for nodes in sizes() {
        for form in registry.standard_forms() {
            let topology = standard_network(&form, nodes)
                .and_then(|network| network.build())
                .expect("a standard network");
            for tick in Tick::of(&form, &registry) {
                let swarm = tick.swarm(&topology).expect("a rule that fits its network");
                each_step(&mut group, &tick.label, swarm, 1);
            }
        }
    }
    group.finish();
}

pub fn learning(criterion: &mut Criterion) {
    let mut group = group(criterion, "steps of learning");
    for nodes in sizes() {
        let ring = networks(nodes).into_iter().find(|network| network.label == "ring");
        let ring = ring.expect("a ring").build().expect("a ring");
        for tick in Tick::learning() {
            each_step(&mut group, &tick.label, tick.swarm(&ring).expect("a rule that fits"), 1);
        }
    }
    group.finish();
}

/// Cells that work, the same with places for as many more, and where they learn.
pub fn work(criterion: &mut Criterion) {
    let mut group = group(criterion, "steps of cells that work");
    for agents in sizes() {
        let learning = Beside::Strategies {
            count: 4,
            balances: false,
        };
        for (name, beside) in [
            ("orchestra", Beside::Nothing),
            ("orchestra with places", Beside::Places(2)),
            ("orchestra that learns", learning),
        ] {
            let swarm = work_swarm(work_agents(agents), beside).expect("cells");
            each_step(&mut group, name, swarm, 50);
        }
    }
    group.finish();
}

pub fn scans(criterion: &mut Criterion) {
    let mut group = group(criterion, "steps of a scan");
    for nodes in sizes() {
        let plan = Swarm::build(
            &scenario(nodes, "kind = \"ring\"", "synchronous", "trunc"),
            Path::new(""),
        );
        let mut swarm = plan.expect("a ring");
        let mut columns: Vec<Column> = Vec::new();
        let mut add = |name, extent| {
            columns.push(Column {
                name,
                extent,
                doubled: false,
                fixed: false,
            });
            ColumnId(columns.len() - 1)
        };
        let values = add("bench.values", Extent::Node);
        let prefix = scan(values, Summand::Word, nodes, &SCAN, &mut add);
        let list = compact(values, nodes, &COMPACT, &mut add);
        let words: Vec<u32> = (0..nodes).map(|i| threefry2x32([1, 2], [i, 3])[0] & 1).collect();
        swarm.initial = vec![Words::default(); columns.len()];
        swarm.initial[values.0] = Words::from(&*words);
        swarm.plan.columns = columns;
        swarm.plan.steps = prefix.steps.into_iter().chain(list.steps).collect();
        each_step(&mut group, "scan and compact", swarm, 1);
    }
    group.finish();
}

pub fn measurements(criterion: &mut Criterion) {
    let mut group = group(criterion, "measurement");
    let registry = Arc::new(Registry::standard());
    for nodes in sizes() {
        for form in registry.standard_forms() {
            let topology = standard_network(&form, nodes)
                .and_then(|network| network.build())
                .expect("a standard network");
            let tick = Tick::of(&form, &registry).swap_remove(0);
            let mut execution = load(tick.swarm(&topology).expect("a rule that fits its network"));
            group.throughput(Throughput::Elements(topology.nodes().into()));
            group.bench_function(BenchmarkId::new(&tick.label, topology.nodes()), |b| {
                b.iter(|| execution.measure().expect("a measurement"));
            });
        }
        let mut execution = load(work_swarm(work_agents(nodes), Beside::Nothing).expect("cells"));
        group.bench_function(BenchmarkId::new("orchestra", work_agents(nodes)), |b| {
            b.iter(|| execution.measure().expect("a measurement"));
        });
    }
    group.finish();
}
