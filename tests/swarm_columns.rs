//! Columns of the whole swarm: what all nodes fold into them in any order is the same on every device, and comes back with
//! the measurements.

use crate::support;

use crate::support::counting::{COUNTS, CountingGauge, EXTREMES, Mixing, SPREAD, Tallying, plain, swarm};
use crate::support::devices;
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use tetraswarm::Words;
use tetraswarm::column::{Access, Column, ColumnId, Extent, Fold, Folded};
use tetraswarm::device::{Device, Execution, Outcome};
use tetraswarm::gauge::{Condition, Fingerprint, Measurement, Relation};
use tetraswarm::swarm::Swarm;
use tetraswarm::verify::{Verification, Verifier};
use tetraswarm::{Error, Simulation};
#[cfg(feature = "gpu")]
use {
    std::ops::Range,
    tetraswarm::column::Binding,
    tetraswarm::device::gpu::{self, GpuDevice},
    tetraswarm::shader::Module,
    tetraswarm::step::{Outputs, Scratch, View},
};

fn columns(simulation: &mut Simulation) -> Vec<Vec<u32>> {
    let names = ["test.word", "test.previous", "test.counts", "test.extremes"];
    names.map(|name| simulation.column(name).unwrap()).to_vec()
}

/// The words of the record of a row; the bins come before them.
fn recorded(row: &Measurement) -> &[u64] {
    let opinions = row.opinions().unwrap();
    &opinions.opinions[opinions.opinions.len() - opinions.decided as usize..]
}

#[test]
fn folds_and_records_are_the_same_on_every_device_and_equal_the_plain_account() {
    // Several blocks of nodes; rows that take more than one submission; measured every tick, and not.
    for (nodes, counters, ticks, every, records) in [
        (40_000, 3, 9, 2, true),
        (40_000, 3, 9, 4, false),
        (1_000, 3, 70, 1, true),
        (300, 30_000, 50, 1, true),
        (7, 64, 5, 10, true),
    ] {
        let make = || swarm(nodes, counters, ticks, every, records);
        let expected = plain(&make(), counters as usize, ticks);
        let mut rows: Option<Vec<Measurement>> = None;
        let mut accounts = HashMap::new();
        for device in devices() {
            let label = format!(
                "{nodes} nodes, {counters} counters, {} ({})",
                device.info().name,
                device.info().backend
            );
            let mut simulation = Simulation::load(make(), &*device).unwrap();
            simulation.run().unwrap();
            let found = columns(&mut simulation);
            assert!(found == expected, "{label}: the columns");
            for row in simulation.measurements() {
                let at = accounts
                    .entry(row.tick)
                    .or_insert_with(|| plain(&make(), counters as usize, row.tick));
                let words = [COUNTS, EXTREMES].iter().flat_map(|column| &at[column.0]);
                let words: Vec<u64> = words.map(|&word| word.into()).collect();
                if records {
                    assert!(recorded(row) == words, "{label}: the records after {}", row.tick);
                } else {
                    assert!(recorded(row).is_empty(), "{label}");
                }
                let sum = |k: u32| {
                    (k..nodes)
                        .step_by(29)
                        .fold(0u32, |sum, i| sum.wrapping_add(at[0][i as usize]))
                };
                let bins = &row.opinions().unwrap().opinions;
                assert!(
                    (0..29).all(|k| bins[100 + k as usize] == u64::from(sum(k))),
                    "{label}: bins"
                );
            }
            let first = rows.get_or_insert_with(|| simulation.measurements().to_vec());
            assert!(*first == simulation.measurements(), "{label}: the rows");
        }
    }
}

#[test]
fn counters_carry_into_their_upper_halves() {
    let swarm = swarm(40_000, 3, 4, 1, true);
    let counts = &plain(&swarm, 3, 4)[COUNTS.0];
    // Of 40 000 nodes a quarter acts in each of four ticks.
    assert!((38_000..42_000).contains(&counts[0]) && counts[3] == 0);
    assert_eq!(counts[4], counts[0] - 1);
}

#[test]
fn a_stop_condition_reads_the_record_or_the_bins() {
    for records in [true, false] {
        let make = || {
            let mut swarm = swarm(1000, 3, 400, 3, records);
            let read = Condition {
                indicator: 1,
                relation: Relation::AtLeast,
                bound: 64 * 500,
                ..Condition::spread(0)
            };
            swarm.plan.stop = vec![if records { read } else { Condition::spread(SPREAD - 500) }];
            swarm
        };
        let mut first = None;
        for device in devices() {
            let mut simulation = Simulation::load(make(), &*device).unwrap();
            let report = simulation.run().unwrap();
            assert_eq!(report.outcome, Outcome::Condition);
            assert!(report.ticks > 100 && report.ticks < 200, "{}", report.ticks);
            let found = (report, columns(&mut simulation), simulation.measurements().to_vec());
            assert!(found.1 == plain(&make(), 3, found.0.ticks), "{}", device.info().backend);
            assert!(
                *first.get_or_insert_with(|| found.clone()) == found,
                "{}",
                device.info().backend
            );
        }
    }
}

#[test]
fn pieces_and_single_steps_come_to_the_same() {
    let expected = plain(&swarm(500, 5, 9, 2, true), 5, 9);
    for device in devices() {
        let mut execution = device.load(swarm(500, 5, 9, 2, true)).unwrap();
        for until in [1, 4, 5] {
            execution.advance(until, &mut |_| ControlFlow::Continue(())).unwrap();
        }
        for step in [0, 1, 0, 1] {
            execution.step(step).unwrap();
        }
        execution.advance(9, &mut |_| ControlFlow::Continue(())).unwrap();
        for (c, column) in expected.iter().enumerate() {
            assert!(
                execution.read(ColumnId(c)).unwrap() == *column,
                "{} {c}",
                device.info().backend
            );
        }
    }
}

#[test]
fn a_columns_fingerprint_is_its_own_whatever_stands_beside_it() {
    for device in devices() {
        let prints = |change: &dyn Fn(&mut Swarm)| {
            let mut swarm = swarm(700, 5, 3, 1, true);
            change(&mut swarm);
            let mut execution = device.load(swarm).unwrap();
            execution.advance(3, &mut |_| ControlFlow::Continue(())).unwrap();
            let whole = execution.measure().unwrap().fingerprint;
            let all = execution.fingerprints().unwrap();
            let names = execution.plan().columns.iter().map(|column| column.name);
            let prints: Vec<(&str, Fingerprint)> = names.zip(all).collect();
            let sum = prints
                .iter()
                .fold(Fingerprint::default(), |sum, &(_, print)| sum.plus(print));
            assert_eq!(sum.bits(), whole);
            prints
        };
        let alone = prints(&|_| ());
        // A column more.
        let beside = prints(&|swarm| {
            swarm.plan.columns.push(Column {
                name: "other.word",
                ..swarm.plan.columns[0].clone()
            });
            swarm.initial.push(Words::default());
        });
        assert_eq!(beside[..4], alone[..], "{:?}", device.info().backend);
        assert_ne!(beside[4].1, Fingerprint::default());
        // Another order: one that no step or gauge binds goes to the end.
        let still = |swarm: &mut Swarm| {
            swarm.plan.steps.clear();
            swarm.plan.gauges = vec![Arc::new(CountingGauge { recorded: Vec::new() })];
        };
        let ordered = prints(&still);
        let mut moved = prints(&|swarm| {
            still(swarm);
            swarm.plan.columns.push(swarm.plan.columns[1].clone());
            swarm.plan.columns[1].name = "other.word";
            swarm.initial.push(swarm.initial[1].clone());
        });
        moved.swap_remove(1);
        assert_eq!(moved, [ordered[0], ordered[1], ordered[2], ordered[3]], "moved");
        // The name is what tells: the same words under another are another state.
        let renamed = prints(&|swarm| swarm.plan.columns[0].name = "test.words");
        assert!(renamed[0].1 != alone[0].1 && renamed[1..] == alone[1..]);
    }
}

/// Two names that FNV-1a does not tell apart, found by trying.
const COLLIDING: [&str; 2] = ["test.bonekele", "test.damufera"];

#[test]
fn columns_that_cannot_be_told_apart_are_refused_and_names_are_found() {
    let refused = |names: [&'static str; 2]| {
        let mut swarm = swarm(10, 3, 1, 1, true);
        (swarm.plan.columns[0].name, swarm.plan.columns[1].name) = (names[0], names[1]);
        let error = swarm.plan.check().unwrap_err().to_string();
        for device in devices() {
            let mut other = support::counting::swarm(10, 3, 1, 1, true);
            (other.plan.columns[0].name, other.plan.columns[1].name) = (names[0], names[1]);
            assert_eq!(device.load(other).unwrap_err().to_string(), error);
        }
        error
    };
    let error = refused(["test.a", "test.a"]);
    assert!(
        error.contains("column 'test.a'") && error.contains("there twice"),
        "{error}"
    );
    let error = refused(COLLIDING);
    assert!(
        error.contains("in the fingerprint") && COLLIDING.iter().all(|name| error.contains(name)),
        "{error}"
    );
    for name in ["word", "", ".word", "test.", "test..word"] {
        let error = refused([name, "test.b"]);
        assert!(error.contains("does not say whose it is"), "{error}");
    }
    let mut plan = swarm(10, 3, 1, 1, true).plan;
    assert_eq!(plan.column("test.counts").unwrap(), COUNTS);
    assert_eq!(plan.column("counts").unwrap(), COUNTS);
    let error = plan.column("test").unwrap_err().to_string();
    assert!(
        error.contains("test.word, test.previous, test.counts, test.extremes"),
        "{error}"
    );
    plan.columns[0].name = "other.counts";
    assert_eq!(plan.column("test.counts").unwrap(), COUNTS);
    let error = plan.column("counts").unwrap_err().to_string();
    assert!(error.contains("other.counts or test.counts"), "{error}");
}

fn flip(execution: &mut dyn Execution, column: ColumnId, index: u64) {
    let word = execution.read(column).unwrap()[index as usize];
    execution.write(column, index, word ^ 1 << 13).unwrap();
}

#[test]
fn every_word_of_the_swarm_is_in_the_fingerprint_and_none_is_written_beyond() {
    for device in devices() {
        let mut execution = device.load(swarm(50, 200, 3, 1, true)).unwrap();
        execution.advance(2, &mut |_| ControlFlow::Continue(())).unwrap();
        let before = execution.fingerprints().unwrap();
        for (column, words) in [(COUNTS, 400), (EXTREMES, 4)] {
            assert_eq!(execution.read(column).unwrap().len(), words as usize);
            for index in [0, words / 2, words - 1] {
                flip(&mut *execution, column, index);
                let found = execution.fingerprints().unwrap();
                assert!((0..4).all(|c| (found[c] == before[c]) == (c != column.0)));
                flip(&mut *execution, column, index);
            }
            execution.write(column, words, 5).unwrap();
            assert_eq!(execution.fingerprints().unwrap(), before);
        }
    }
}

fn verify(build: &dyn Fn() -> Result<Swarm, Error>) -> Verification {
    let all = devices();
    let devices: Vec<&dyn Device> = all.iter().map(|d| &**d).collect();
    Verifier {
        build,
        devices: &devices,
        every: 4,
        perturb: true,
        observer: &|_| {},
        halt: &tetraswarm::device::Halt::default(),
    }
    .run()
    .unwrap()
}

#[test]
fn a_flipped_bit_of_a_swarm_that_counts_is_found() {
    let folds_only = || {
        let mut swarm = swarm(3000, 40, 20, 5, true);
        swarm.plan.steps = vec![Box::new(Tallying { counters: 40 }), Box::new(Mixing)];
        Ok(swarm)
    };
    let both = || Ok(swarm(3000, 40, 20, 5, true));
    let cases: [(&dyn Fn() -> Result<Swarm, Error>, _, _); 2] = [
        (&folds_only, "test.counts", "tallying"),
        (&both, "test.word", "counting"),
    ];
    for (build, column, step) in cases {
        let found = verify(build);
        let (flip, difference) = (found.perturbation.unwrap(), found.difference.unwrap());
        assert_eq!((flip.tick, flip.column), (10, column));
        assert_eq!((difference.tick, difference.step), (Some(10), Some(step)));
        assert_eq!((difference.column, difference.index), (column, flip.index));
        assert_eq!(difference.words[0] ^ difference.words[1], 1 << flip.bit);
    }
}

#[test]
fn what_a_column_of_the_swarm_cannot_be_is_refused() {
    let refused = |change: &dyn Fn(&mut Swarm)| {
        let mut swarm = swarm(10, 3, 1, 1, true);
        change(&mut swarm);
        let errors: Vec<String> = devices()
            .iter()
            .map(|device| {
                let mut other = support::counting::swarm(10, 3, 1, 1, true);
                change(&mut other);
                device.load(other).unwrap_err().to_string()
            })
            .collect();
        assert!(
            errors
                .iter()
                .all(|error| *error == swarm.plan.check().unwrap_err().to_string())
        );
        errors[0].clone()
    };
    let error = refused(&|swarm| swarm.plan.columns[COUNTS.0].extent = Extent::Node);
    assert!(
        error.contains("step 'counting' writes the column 'test.counts' in any order"),
        "{error}"
    );
    let error = refused(&|swarm| swarm.plan.columns[0].extent = Extent::Swarm(10));
    assert!(error.contains("column 'test.word' at each node's own index"), "{error}");
    let error = refused(&|swarm| swarm.plan.columns[EXTREMES.0].doubled = true);
    assert!(
        error.contains("column 'test.extremes' is of the whole swarm and doubled"),
        "{error}"
    );
    let error = refused(&|swarm| {
        swarm.plan.gauges = vec![Arc::new(CountingGauge {
            recorded: vec![COUNTS, ColumnId(1)],
        })];
    });
    assert!(error.contains("records the column 'test.previous'"), "{error}");
    assert!(swarm(10, 3, 1, 1, true).plan.check().is_ok());
}

#[test]
fn its_size_does_not_depend_on_the_nodes() {
    for nodes in [10, 1000] {
        let plan = swarm(nodes, 3, 1, 1, true).plan;
        assert_eq!((plan.words(COUNTS), plan.column_bytes(COUNTS)), (6, 24));
        assert_eq!(plan.bytes(), 12 * u64::from(nodes) + 24 + 16);
        // Read and written by the first step, read by the second.
        assert_eq!(plan.bytes_per_tick(), 20 * u64::from(nodes) + 3 * (24 + 16));
        let accesses: Vec<Access> = plan.steps[0].bindings().iter().map(|b| b.access).collect();
        assert_eq!(accesses, [Access::Fold, Access::Update, Access::Fold, Access::Next]);
    }
}

/// A step that adds one to the first word of each of so many columns of the swarm.
#[cfg(feature = "gpu")]
#[derive(Debug)]
struct Many(u32);

#[cfg(feature = "gpu")]
impl tetraswarm::step::Step for Many {
    fn name(&self) -> &'static str {
        "many"
    }
    fn bindings(&self) -> Vec<Binding> {
        (0..self.0)
            .map(|k| Binding::new(k, ColumnId(k as usize + 4), Access::Fold))
            .collect()
    }
    fn folds(&self) -> Vec<Folded> {
        (0..self.0)
            .map(|k| Folded::new(ColumnId(k as usize + 4), 0..1, Fold::Add))
            .collect()
    }
    fn reads_links(&self) -> bool {
        false
    }
    fn modules(&self) -> Vec<Module> {
        let each = |line: &dyn Fn(u32) -> String| (0..self.0).map(line).collect::<String>();
        let bound =
            each(&|k| format!("@group(2) @binding({k}) var<storage, read_write> of_{k}: array<atomic<u32>>;\n"));
        let added = each(&|k| format!("atomicAdd(&of_{k}[0], 1u);\n"));
        let mut module = Module::new("step/many", "");
        module.source = format!("{bound}@compute @workgroup_size(256)\nfn main() {{\n{added}}}\n").into();
        vec![module]
    }
    fn run(&self, _: &View<'_>, _: Range<u32>, _: &mut Outputs<'_>, _: &mut Scratch) {}
    fn describe(&self) -> String {
        "binds many columns".into()
    }
}

#[test]
#[cfg(feature = "gpu")]
fn more_columns_than_a_shader_can_bind_are_refused() {
    let with = |bound: u32| {
        let mut swarm = swarm(10, 3, 1, 1, true);
        let column = swarm.plan.columns[EXTREMES.0].clone();
        swarm.plan.columns.extend((0..bound).map(|k| Column {
            name: Box::leak(format!("many.{k}").into_boxed_str()),
            ..column.clone()
        }));
        swarm.initial.resize(swarm.plan.columns.len(), Words::default());
        swarm.plan.steps.push(Box::new(Many(bound)));
        swarm
    };
    for (backend, _) in gpu::BACKENDS {
        let Some(adapter) = gpu::adapters(Some(backend)).unwrap().into_iter().next() else {
            continue;
        };
        let limit = adapter.limits().max_storage_buffers_per_shader_stage;
        if limit > 60 {
            // Of hardware: as many columns as nobody has.
            continue;
        }
        let device = GpuDevice::open(&adapter).unwrap();
        // The control block is one of them.
        let error = device.check(&with(limit).plan).unwrap_err().to_string();
        let needs =
            format!("binds at most {limit} storage buffers to a shader, but the step 'many' of this scenario needs");
        assert!(error.contains(&needs) && error.contains("--device cpu"), "{error}");
        assert!(error.contains(&format!("needs {};", limit + 1)), "{error}");
        let mut execution = device.load(with(limit - 1)).unwrap();
        execution.step(2).unwrap();
        let last = ColumnId(execution.plan().columns.len() - 1);
        assert_eq!(execution.read(last).unwrap()[0], 256, "{backend}");
    }
}
