//! What a tick costs: random numbers, every rounding, every timing, every topology, and the fingerprint, on the CPU and on a
//! GPU if there is one; what a step costs that does nothing; and on the CPU every step of rules, work, learning, growth and scans, and every
//! measurement. Elements are nodes, or such steps.
//!
//! ```text
//! cargo bench                                                        # 2^16 and 2^20 nodes
//! TETRASWARM_BENCH_SIZES=65536,1048576,16777216 cargo bench          # and 2^24
//! TETRASWARM_BENCH_DEVICES=cpu cargo bench -- topology               # the CPU alone, one group
//! TETRASWARM_BENCH_SIZES=65536 cargo bench -- 'steps of rules'       # each step of each rule by itself
//! ```

#[path = "engine/steps.rs"]
mod steps;

use criterion::{
    BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime,
};
use std::hint::black_box;
use std::ops::{ControlFlow, Range};
use std::path::Path;
use std::time::{Duration, Instant};
use tetraswarm::Words;
use tetraswarm::column::{Access, Binding, Column, ColumnId, Extent};
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::device::{Choice, Device, Execution, choose};
use tetraswarm::number::threefry2x32;
use tetraswarm::part::average::Rounding;
use tetraswarm::scenario::Scenario;
use tetraswarm::shader::Module;
use tetraswarm::step::{Outputs, Scratch, Step, View};
use tetraswarm::swarm::Swarm;
use tetraswarm::timing::Timing;

fn sizes() -> Vec<u32> {
    let text = std::env::var("TETRASWARM_BENCH_SIZES").unwrap_or_else(|_| "65536,1048576".into());
    text.split(',')
        .map(|n| {
            n.trim()
                .parse()
                .expect("TETRASWARM_BENCH_SIZES: numbers of nodes, with commas between")
        })
        .collect()
}

fn devices() -> Vec<(&'static str, std::sync::Arc<dyn Device>)> {
    let wanted = std::env::var("TETRASWARM_BENCH_DEVICES").unwrap_or_else(|_| "cpu,gpu".into());
    let mut all: Vec<(&'static str, std::sync::Arc<dyn Device>)> = Vec::new();
    if wanted.contains("cpu") {
        all.push(("cpu", std::sync::Arc::new(CpuDevice::new(0).expect("the processor"))));
    }
    if wanted.contains("gpu") {
        match choose(&Choice {
            device: "gpu".into(),
            ..Choice::default()
        }) {
            Ok((gpu, _)) => {
                eprintln!("gpu: {} ({})", gpu.info().name, gpu.info().backend);
                all.push(("gpu", gpu));
            }
            Err(error) => eprintln!("no GPU: {error}"),
        }
    }
    all
}

/// A scenario that never measures and never stops.
fn scenario(nodes: u32, topology: &str, timing: &str, rounding: &str) -> Scenario {
    let text = format!(
        "agents = {nodes}\nticks = 4294967295\n[topology]\n{topology}\n[timing]\nkind = \"{timing}\"\n[consensus]\nrule = \"average\"\n\
         rounding = \"{rounding}\"\nstart = {{ kind = \"uniform\", low = 0, high = 16777216 }}\n[measure]\nevery = 4294967295\n"
    );
    Scenario::from_toml("bench", &text).expect("a scenario")
}

fn swarm(nodes: u32, topology: &str, timing: &str, rounding: &str) -> Swarm {
    Swarm::build(&scenario(nodes, topology, timing, rounding), Path::new("")).expect("a size that fits")
}

/// Measures whole ticks, as many in one go as the measurement wants; the first tick is not counted.
fn ticks(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    device: &(&'static str, std::sync::Arc<dyn Device>),
    swarm: Swarm,
) {
    let nodes = swarm.plan.nodes();
    let mut execution: Box<dyn Execution> = match device.1.load(swarm) {
        Ok(execution) => execution,
        Err(error) => return eprintln!("{name} of {nodes} on {}: left out: {error}", device.0),
    };
    let mut run = |count: u64| {
        let until = execution.tick() + count as u32;
        execution
            .advance(until, &mut |_| ControlFlow::Continue(()))
            .and_then(|_| execution.finish())
            .expect("a tick");
    };
    run(1);
    group.throughput(Throughput::Elements(nodes.into()));
    group.bench_function(BenchmarkId::new(format!("{name}/{}", device.0), nodes), |b| {
        b.iter_custom(|count| {
            let start = Instant::now();
            run(count);
            start.elapsed()
        });
    });
}

fn group<'a>(criterion: &'a mut Criterion, name: &str) -> BenchmarkGroup<'a, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group
        .sample_size(10)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800));
    group
}

fn numbers(criterion: &mut Criterion) {
    let mut group = group(criterion, "random numbers");
    for nodes in sizes() {
        group.throughput(Throughput::Elements(nodes.into()));
        group.bench_function(BenchmarkId::new("threefry/one thread", nodes), |b| {
            b.iter(|| (0..black_box(nodes)).fold(0, |sum: u32, i| sum.wrapping_add(threefry2x32([1, 2], [i, 3])[0])));
        });
    }
    group.finish();
}

fn timings(criterion: &mut Criterion) {
    let mut group = group(criterion, "timing on a ring");
    for device in devices() {
        for nodes in sizes() {
            for timing in Timing::KINDS {
                let swarm = swarm(nodes, "kind = \"ring\"", timing, "trunc");
                ticks(&mut group, timing, &device, swarm);
            }
        }
    }
    group.finish();
}

fn roundings(criterion: &mut Criterion) {
    let mut group = group(criterion, "rounding on a ring");
    for device in devices() {
        for nodes in sizes() {
            for rounding in Rounding::ALL {
                let swarm = swarm(nodes, "kind = \"ring\"", "synchronous", rounding.name());
                ticks(&mut group, rounding.name(), &device, swarm);
            }
        }
    }
    group.finish();
}

fn topologies(criterion: &mut Criterion) {
    let mut group = group(criterion, "topology");
    for device in devices() {
        for nodes in sizes() {
            for network in tetraswarm::bench::networks(nodes) {
                let topology = network.build().expect("a standard network");
                let scenario = scenario(topology.nodes(), "kind = \"ring\"", "synchronous", "trunc");
                let plan = Swarm::plan_on(&scenario, topology).expect("a rule that fits");
                let swarm = Swarm::fill(plan, &scenario, Path::new("")).expect("a swarm");
                ticks(&mut group, &network.label, &device, swarm);
            }
        }
    }
    group.finish();
}

fn fingerprints(criterion: &mut Criterion) {
    let mut group = group(criterion, "fingerprint");
    for (name, device) in devices() {
        for nodes in sizes() {
            let swarm = swarm(nodes, "kind = \"ring\"", "synchronous", "trunc");
            let mut execution = device.load(swarm).expect("room for a ring");
            group.throughput(Throughput::Elements(nodes.into()));
            group.bench_function(BenchmarkId::new(name, nodes), |b| {
                b.iter(|| execution.fingerprints().expect("a fingerprint"))
            });
        }
    }
    group.finish();
}

/// A step that writes what a cell that works writes, or would if it did anything.
#[derive(Debug)]
struct Idle;

impl Step for Idle {
    fn name(&self) -> &'static str {
        "idle"
    }
    fn bindings(&self) -> Vec<Binding> {
        vec![
            Binding::new(0, ColumnId(0), Access::Update),
            Binding::new(1, ColumnId(1), Access::Update),
            Binding::new(2, ColumnId(2), Access::Read),
            Binding::new(3, ColumnId(3), Access::Fold),
        ]
    }
    fn reads_links(&self) -> bool {
        false
    }
    fn modules(&self) -> Vec<Module> {
        Vec::new()
    }
    fn run(&self, _: &View<'_>, _: Range<u32>, outputs: &mut Outputs<'_>, _: &mut Scratch) {
        black_box(outputs);
    }
    fn describe(&self) -> String {
        "does nothing".into()
    }
}

fn fixed_costs(criterion: &mut Criterion) {
    const STEPS: usize = 10;
    let mut group = group(criterion, "steps that do nothing");
    for threads in [1, 0] {
        let device = CpuDevice::new(threads).expect("the processor");
        let mut swarm = swarm(256, "kind = \"ring\"", "synchronous", "trunc");
        let column = |name, extent| Column {
            name,
            extent,
            doubled: false,
            fixed: false,
        };
        swarm.plan.columns = vec![
            column("idle.word", Extent::Node),
            column("idle.queue", Extent::Words(32)),
            column("idle.other", Extent::Node),
            column("idle.count", Extent::Swarm(64)),
        ];
        swarm.plan.steps = (0..STEPS).map(|_| Box::new(Idle) as Box<dyn Step>).collect();
        swarm.initial = vec![Words::default(); 4];
        let mut execution = device.load(swarm).expect("room for 256 nodes");
        group.throughput(Throughput::Elements(STEPS as u64));
        let name = device.info().name.clone();
        group.bench_function(BenchmarkId::new(name, 256), |b| {
            b.iter_custom(|count| {
                let (start, until) = (Instant::now(), execution.tick() + count as u32);
                execution
                    .advance(until, &mut |_| ControlFlow::Continue(()))
                    .expect("ticks");
                start.elapsed()
            });
        });
    }
    group.finish();
}

criterion_group!(
    engine,
    fixed_costs,
    numbers,
    timings,
    roundings,
    topologies,
    fingerprints,
    steps::rules,
    steps::work,
    steps::learning,
    steps::scans,
    steps::measurements
);
criterion_main!(engine);
