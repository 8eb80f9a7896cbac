//! What a tick costs: random numbers, every rounding, every timing, every topology, and the fingerprint, on the CPU and on a
//! GPU if there is one. Elements are nodes.
//!
//! ```text
//! cargo bench                                                        # 2^16 and 2^20 nodes
//! TETRASWARM_BENCH_SIZES=65536,1048576,16777216 cargo bench          # and 2^24
//! TETRASWARM_BENCH_DEVICES=cpu cargo bench -- topology               # the CPU alone, one group
//! ```

use criterion::{
    BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime,
};
use std::fmt::Write as _;
use std::hint::black_box;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tetraswarm::device::{Choice, Device, Execution, choose, cpu::CpuDevice};
use tetraswarm::number::threefry2x32;
use tetraswarm::scenario::{Rounding, Scenario};
use tetraswarm::swarm::Swarm;
use tetraswarm::timing::Timing;
use tetraswarm::topology::KINDS;

/// The most nodes of a network that is written to a file first.
const LARGEST_FILE: u32 = 1 << 20;

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

fn swarm(
    nodes: Option<u32>,
    topology: &str,
    timing: &str,
    rounding: &str,
    folder: &Path,
) -> Result<Swarm, tetraswarm::Error> {
    let agents = nodes.map_or(String::new(), |n| format!("agents = {n}\n"));
    let text = format!(
        "{agents}ticks = 4294967295\n[topology]\n{topology}\n[timing]\nkind = \"{timing}\"\n[consensus]\nrule = \"average\"\n\
         rounding = \"{rounding}\"\nstart = {{ kind = \"uniform\", low = 0, high = 16777216 }}\n[measure]\nevery = 4294967295\n"
    );
    Swarm::build(&Scenario::from_toml("bench", &text)?, folder)
}

/// As [`swarm`], with the nearest number of nodes below `nodes` that fits, which the error of one that does not names.
fn fitting(nodes: u32, topology: &str, folder: &Path) -> Option<Swarm> {
    let build = |n| swarm(Some(n), topology, "synchronous", "trunc", folder);
    let error = match build(nodes) {
        Ok(swarm) => return Some(swarm),
        Err(error) => error.to_string(),
    };
    let mut named: Vec<u32> = error
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|w| w.parse().ok())
        .filter(|&n| n < nodes)
        .collect();
    named.sort_unstable();
    named.into_iter().rev().find_map(|n| build(n).ok())
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
                let swarm = swarm(Some(nodes), "kind = \"ring\"", timing, "trunc", Path::new("")).expect("a ring");
                ticks(&mut group, timing, &device, swarm);
            }
        }
    }
    group.finish();
}

fn roundings(criterion: &mut Criterion) {
    let mut group = group(criterion, "rounding on a torus");
    for device in devices() {
        for nodes in sizes() {
            for rounding in Rounding::ALL {
                let built = swarm(
                    Some(nodes),
                    "kind = \"torus\"",
                    "synchronous",
                    rounding.name(),
                    Path::new(""),
                );
                ticks(
                    &mut group,
                    rounding.name(),
                    &device,
                    built.expect("a size that is a rectangle"),
                );
            }
        }
    }
    group.finish();
}

/// A random network with twice as many links as nodes, for the kinds that come from a file.
fn random_network(nodes: u32, file: &Path) {
    let mut text = String::new();
    for i in 0..nodes {
        let [a, _] = threefry2x32([5, 6], [i, 7]);
        writeln!(text, "{i} {}\n{i} {}", (i + 1) % nodes, a % nodes).expect("text");
    }
    std::fs::write(file, text).expect("a temporary file");
}

fn topologies(criterion: &mut Criterion) {
    let folder: TempDir = tempfile::tempdir().expect("a temporary folder");
    let mut group = group(criterion, "topology");
    for device in devices() {
        for nodes in sizes() {
            for kind in KINDS {
                let fragment = format!("kind = \"{}\"\n{}", kind.name, kind.samples[0].1);
                let built = if kind.samples[0].0 > 0 {
                    fitting(nodes, &fragment, folder.path())
                } else if nodes <= LARGEST_FILE {
                    random_network(nodes, &folder.path().join("random.txt"));
                    let fragment = format!("kind = \"{}\"\nfile = \"random.txt\"", kind.name);
                    swarm(None, &fragment, "synchronous", "trunc", folder.path()).ok()
                } else {
                    None
                };
                match built {
                    Some(swarm) => ticks(&mut group, kind.name, &device, swarm),
                    None => eprintln!("{} of about {nodes}: left out", kind.name),
                }
            }
        }
    }
    group.finish();
}

fn fingerprints(criterion: &mut Criterion) {
    let mut group = group(criterion, "fingerprint");
    for (name, device) in devices() {
        for nodes in sizes() {
            let swarm = swarm(Some(nodes), "kind = \"ring\"", "synchronous", "trunc", Path::new("")).expect("a ring");
            let mut execution = device.load(swarm).expect("room for a ring");
            group.throughput(Throughput::Elements(nodes.into()));
            group.bench_function(BenchmarkId::new(name, nodes), |b| {
                b.iter(|| execution.fingerprints().expect("a fingerprint"))
            });
        }
    }
    group.finish();
}

criterion_group!(engine, numbers, timings, roundings, topologies, fingerprints);
criterion_main!(engine);
