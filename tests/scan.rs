//! Prefix sums and lists of marked nodes, against a serial account, at sizes where groups and levels begin and end.

use crate::support;

use crate::support::scenario;
use std::sync::Arc;
use tetraswarm::Words;
use tetraswarm::column::{Column, ColumnId, Extent};
use tetraswarm::device::Device;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::gauge::Fingerprint;
use tetraswarm::number::threefry2x32;
use tetraswarm::scan::{NOBODY, Names, Summand, compact, scan};
use tetraswarm::scan_names;
use tetraswarm::swarm::Swarm;
use tetraswarm::topology::import::{Format, Graph, Ids, Imported};
use tetraswarm::topology::{GraphTopology, Topology};

const SIZES: [u32; 9] = [1, 2, 255, 256, 257, 65_535, 65_536, 65_537, 1_000_000];

const SCAN: Names = scan_names!("test.scan");
const COMPACT: Names = scan_names!("test.compact");

/// Where what is looked at is.
struct Places {
    prefix: ColumnId,
    total: ColumnId,
    list: ColumnId,
    count: ColumnId,
}

/// So many nodes, and nothing between them.
fn without_links(nodes: u32) -> Arc<dyn Topology> {
    Arc::new(GraphTopology::new(Imported {
        graph: Graph::from_links(nodes, &[]).unwrap().graph,
        ids: Ids::Same { nodes },
        format: Format::EdgeList,
        links_read: 0,
        self_loops: 0,
        duplicates: 0,
        header: None,
        notes: Vec::new(),
    }))
}

/// Nodes that scan their values and list those that are marked, once a tick.
fn swarm(values: &[u32], marks: &[u32]) -> (Swarm, Places) {
    let nodes = values.len() as u32;
    // No scenario has a swarm of one.
    let scenario = scenario(4, "kind = \"path\"", "kind = \"synchronous\"", "trunc", 2);
    let mut plan = Swarm::plan_on(&scenario, without_links(nodes)).unwrap();
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
    let (of_values, of_marks) = (add("test.values", Extent::Node), add("test.marks", Extent::Node));
    let scan = scan(of_values, Summand::Word, nodes, &SCAN, &mut add);
    let compact = compact(of_marks, nodes, &COMPACT, &mut add);
    let places = Places {
        prefix: scan.prefix,
        total: scan.total,
        list: compact.list,
        count: compact.total,
    };
    let mut initial = vec![Words::default(); columns.len()];
    for (column, words) in [(of_values, values), (of_marks, marks)] {
        initial[column.0] = Words::from(words);
    }
    plan.columns = columns;
    plan.steps = scan.steps.into_iter().chain(compact.steps).collect();
    (Swarm { plan, initial }, places)
}

/// Runs two ticks, which come to the same as one, and compares all with what a loop makes of it.
fn check(values: &[u32], marks: &[u32], device: &dyn Device) -> Vec<Fingerprint> {
    let label = format!("{} on {}", values.len(), device.info().name);
    let (swarm, places) = swarm(values, marks);
    let mut execution = device.load(swarm).unwrap_or_else(|error| panic!("{label}: {error}"));
    execution
        .advance(2, &mut |_| std::ops::ControlFlow::Continue(()))
        .unwrap();
    let mut sum = 0u32;
    let before = values.iter().map(|value| {
        sum = sum.wrapping_add(*value);
        sum.wrapping_sub(*value)
    });
    let prefix: Vec<u32> = before.collect();
    let found = execution.read(places.prefix).unwrap();
    assert!(found == prefix, "{label}: the prefix sums");
    assert_eq!(execution.read(places.total).unwrap(), [sum], "{label}");
    let mut list: Vec<u32> = (0..marks.len() as u32).filter(|&i| marks[i as usize] != 0).collect();
    assert_eq!(execution.read(places.count).unwrap(), [list.len() as u32], "{label}");
    list.resize(values.len(), NOBODY);
    assert!(execution.read(places.list).unwrap() == list, "{label}: the list");
    execution.fingerprints().unwrap()
}

/// Words of all sizes, whose sum overflows, and marks that are not always 1, on so many nodes of a hundred.
fn words(nodes: u32, percent: u32) -> (Vec<u32>, Vec<u32>) {
    (0..nodes)
        .map(|i| {
            let [word, chance] = threefry2x32([i, percent], [4, 5]);
            let mark = if chance % 100 < percent { chance | 1 } else { 0 };
            (word, mark)
        })
        .unzip()
}

fn devices() -> Vec<Box<dyn Device>> {
    let cpus = [1, 3].map(|threads| Box::new(CpuDevice::new(threads).unwrap()) as Box<dyn Device>);
    let all = cpus.into_iter();
    #[cfg(feature = "gpu")]
    let all = all.chain(support::gpus().into_iter().map(|gpu| Box::new(gpu) as Box<dyn Device>));
    all.collect()
}

#[test]
fn sums_and_lists_equal_the_serial_account_everywhere() {
    let devices = devices();
    for nodes in SIZES {
        // All of them, and some, at every size.
        for percent in [100, [50, 0, 1][nodes as usize % 3]] {
            let (values, marks) = words(nodes, percent);
            let mut first = None;
            for device in &devices {
                let found = check(&values, &marks, &**device);
                assert!(
                    *first.get_or_insert_with(|| found.clone()) == found,
                    "{nodes}, {percent}"
                );
            }
        }
    }
}

#[test]
fn ten_million() {
    let (values, marks) = words(10_000_000, 30);
    let first = check(&values, &marks, &CpuDevice::new(1).unwrap());
    assert!(check(&values, &marks, &CpuDevice::new(2).unwrap()) == first);
}

#[test]
fn a_scan_of_the_same_names_twice_is_refused() {
    let (mut swarm, _) = swarm(&[1; 300], &[1; 300]);
    let twice = swarm.plan.columns[2].clone();
    swarm.plan.columns.push(twice);
    let error = swarm.plan.check().unwrap_err().to_string();
    assert!(error.contains("'test.scan.sums-1' is there twice"), "{error}");
}
