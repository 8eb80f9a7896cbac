//! Wrong uses of the seam that steps are built on: each is refused by name, before any device has seen it.

use crate::support;

use crate::support::scenario;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tetraswarm::column::{Access, Binding, Column, ColumnId, Extent, Fold, Folded, Space};
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::device::{Device, Execution};
use tetraswarm::part::consensus::BeliefGauge;
use tetraswarm::plan::Noted;
use tetraswarm::shader::Module;
use tetraswarm::step::{Outputs, Scratch, Step, View};
use tetraswarm::swarm::Swarm;
use tetraswarm::{Simulation, Words};

const BELIEF: ColumnId = ColumnId(0);
const SINGLE: ColumnId = ColumnId(1);
const COUNT: ColumnId = ColumnId(2);
const TABLE: ColumnId = ColumnId(3);

/// A step with columns of one's choice, which does nothing with them.
#[derive(Debug)]
struct Idle {
    bindings: Vec<Binding>,
    hears: bool,
    space: Space,
    folds: Vec<Folded>,
}

impl Step for Idle {
    fn name(&self) -> &'static str {
        "idle"
    }
    fn bindings(&self) -> Vec<Binding> {
        self.bindings.clone()
    }
    fn space(&self) -> Space {
        self.space
    }
    fn folds(&self) -> Vec<Folded> {
        self.folds.clone()
    }
    fn reads_links(&self) -> bool {
        false
    }
    fn hears(&self) -> bool {
        self.hears
    }
    fn modules(&self) -> Vec<Module> {
        vec![Module::new("step/idle", "@compute @workgroup_size(256) fn main() {}")]
    }
    fn run(&self, _: &View<'_>, _: Range<u32>, _: &mut Outputs<'_>, _: &mut Scratch) {}
    fn describe(&self) -> String {
        "does nothing".into()
    }
}

/// A ring of ten with a doubled column, a single one, one of the swarm, and a table.
fn swarm(step: Option<Idle>) -> Swarm {
    let scenario = scenario(10, "kind = \"ring\"", "kind = \"synchronous\"", "trunc", 3);
    let mut swarm = Swarm::build(&scenario, Path::new("")).unwrap();
    let column = |name, extent, doubled| Column {
        name,
        extent,
        doubled,
        fixed: false,
    };
    swarm.plan.columns = vec![
        column("test.belief", Extent::Node, true),
        column("test.single", Extent::Node, false),
        column("test.count", Extent::Swarm(4), false),
        column("test.table", Extent::Table(5), false),
    ];
    swarm.initial = vec![Words::default(); 4];
    swarm.plan.steps = step.into_iter().map(|step| Box::new(step) as Box<dyn Step>).collect();
    swarm
}

/// One addition to each column that is folded into.
fn sums(bindings: &[Binding]) -> Vec<Folded> {
    let folded = bindings.iter().filter(|binding| binding.access == Access::Fold);
    folded
        .map(|binding| Folded::new(binding.column, 0..1, Fold::Add))
        .collect()
}

/// What the plan says of a step with these columns, and that no device takes it in.
fn refusal(bindings: &[(u32, ColumnId, Access)]) -> Option<String> {
    let make = || {
        let bindings = bindings.iter();
        let bindings: Vec<Binding> = bindings
            .map(|&(slot, column, access)| Binding::new(slot, column, access))
            .collect();
        swarm(Some(Idle {
            folds: sums(&bindings),
            bindings,
            hears: false,
            space: Space::Nodes,
        }))
    };
    let refused = make().plan.check().err().map(|error| error.to_string());
    let load = |device: &dyn Device| device.load(make()).err().map(|error| error.to_string());
    assert_eq!(load(&CpuDevice::new(1).unwrap()), refused);
    #[cfg(feature = "gpu")]
    for gpu in support::gpus() {
        assert_eq!(load(&gpu), refused);
    }
    refused
}

/// By an operation that commutes with itself, and with no other.
#[test]
fn what_a_step_does_not_say_of_its_folds_is_refused() {
    let refused = |folds: &[(ColumnId, Range<u32>, Fold)]| {
        let step = Idle {
            bindings: vec![Binding::new(0, COUNT, Access::Fold)],
            hears: false,
            space: Space::Nodes,
            folds: folds
                .iter()
                .map(|(column, words, fold)| Folded::new(*column, words.clone(), *fold))
                .collect(),
        };
        swarm(Some(step))
            .plan
            .check()
            .err()
            .map_or_else(String::new, |error| error.to_string())
    };
    for (folds, expected) in [
        (
            vec![],
            "folds into the column 'test.count', and does not say by which operation",
        ),
        (
            vec![(COUNT, 0..1, Fold::Add), (SINGLE, 0..1, Fold::Add)],
            "folds into the words 0..1 of the column 'test.single', which it does not bind for that",
        ),
        (
            vec![(COUNT, 2..5, Fold::Or)],
            "folds into the words 2..5 of the column 'test.count', which has 4",
        ),
        (
            vec![(COUNT, 0..3, Fold::Max), (COUNT, 2..4, Fold::Add)],
            "folds into the words 2..4 of the column 'test.count' by Add, and step 'idle' by Max: the outcome would depend on the order",
        ),
        (
            vec![
                (COUNT, 0..2, Fold::Max),
                (COUNT, 2..4, Fold::Add64),
                (COUNT, 3..4, Fold::Add64),
            ],
            "",
        ),
    ] {
        let found = refused(&folds);
        assert!(
            found.contains(expected) && found.is_empty() == expected.is_empty(),
            "{folds:?}: {found}"
        );
    }
}

#[test]
fn what_a_step_cannot_do_with_a_column_is_refused() {
    use Access::{Fold, Next, Read, Update};
    for (bindings, expected) in [
        (
            vec![(0, SINGLE, Read), (1, SINGLE, Update)],
            "step 'idle' writes the column 'test.single' in place, and reads it anywhere",
        ),
        (
            vec![(0, BELIEF, Update), (1, BELIEF, Read)],
            "step 'idle' writes the column 'test.belief' in place, and reads it anywhere",
        ),
        (
            vec![(0, SINGLE, Update), (1, SINGLE, Update)],
            "step 'idle' writes the column 'test.single' twice",
        ),
        (
            vec![(0, BELIEF, Next), (1, BELIEF, Next)],
            "step 'idle' writes the column 'test.belief' twice",
        ),
        (
            vec![(0, BELIEF, Next), (1, BELIEF, Update)],
            "step 'idle' writes the column 'test.belief' twice",
        ),
        (
            vec![(0, SINGLE, Next)],
            "step 'idle' writes the column 'test.single' as the next, but has no room for it",
        ),
        (
            vec![(0, COUNT, Fold), (1, COUNT, Read)],
            "step 'idle' writes the column 'test.count' in any order, and binds it a second time",
        ),
        (
            vec![(0, COUNT, Fold), (1, COUNT, Fold)],
            "step 'idle' writes the column 'test.count' in any order, and binds it a second time",
        ),
        (
            vec![(0, COUNT, Update)],
            "step 'idle' writes the column 'test.count' at each node's own index",
        ),
        (
            vec![(0, SINGLE, Fold)],
            "step 'idle' writes the column 'test.single' in any order, but nodes or links",
        ),
        (
            vec![(0, TABLE, Update)],
            "step 'idle' writes the column 'test.table' which is a table that no step writes",
        ),
        (
            vec![(3, BELIEF, Read), (3, SINGLE, Update)],
            "step 'idle' binds slot 3 twice, for the columns 'test.belief' and 'test.single'",
        ),
        (
            vec![(0, ColumnId(4), Read)],
            "step 'idle' names the column 4, but the plan has 4, numbered from 0",
        ),
    ] {
        let refused = refusal(&bindings).unwrap_or_default();
        assert!(refused.contains(expected), "{bindings:?}: {refused}");
    }
    // What can be done.
    for bindings in [
        vec![
            (0, BELIEF, Read),
            (1, BELIEF, Next),
            (2, SINGLE, Update),
            (7, COUNT, Fold),
        ],
        vec![
            (0, BELIEF, Update),
            (1, SINGLE, Read),
            (2, SINGLE, Read),
            (3, TABLE, Read),
        ],
        vec![],
    ] {
        assert_eq!(refusal(&bindings), None, "{bindings:?}");
    }
}

#[test]
fn a_step_writes_only_what_it_runs_over_has_words_of() {
    for (space, written, expected) in [
        (
            Space::Nodes,
            ColumnId(4),
            Some("of which what it runs over has no words of its own"),
        ),
        (
            Space::Groups(1),
            SINGLE,
            Some("of which what it runs over has no words of its own"),
        ),
        (
            Space::Groups(2),
            ColumnId(4),
            Some("of which what it runs over has no words of its own"),
        ),
        (
            Space::Groups(0),
            ColumnId(4),
            Some("runs over groups of level 0; the levels are 1 to 4"),
        ),
        (
            Space::Groups(5),
            ColumnId(4),
            Some("runs over groups of level 5; the levels are 1 to 4"),
        ),
        (Space::Groups(1), ColumnId(4), None),
        (Space::Nodes, SINGLE, None),
    ] {
        let mut swarm = swarm(Some(Idle {
            bindings: vec![Binding::new(0, written, Access::Update)],
            hears: false,
            space,
            folds: Vec::new(),
        }));
        let column = swarm.plan.columns[SINGLE.0].clone();
        swarm.plan.columns.push(Column {
            name: "test.groups",
            extent: Extent::Groups(1),
            ..column
        });
        let refused = swarm.plan.check().err().map(|error| error.to_string());
        match (expected, &refused) {
            (Some(expected), Some(refused)) => assert!(refused.contains(expected), "{refused}"),
            _ => assert_eq!(refused.as_deref(), expected, "{space:?}"),
        }
        for level in [0, 5] {
            swarm.plan.columns[4].extent = Extent::Groups(level);
            let refused = swarm.plan.check().unwrap_err().to_string();
            assert!(
                refused.contains(&format!("column 'test.groups' is of groups of level {level}")),
                "{refused}"
            );
        }
    }
    assert_eq!(
        [1, 2, 3, 4].map(|level| Space::Groups(level).items(u32::MAX)),
        [1 << 24, 1 << 16, 256, 1]
    );
    assert_eq!([1, 2, 3].map(|level| Space::Groups(level).items(65_537)), [257, 2, 1]);
}

#[cfg(feature = "gpu")]
#[test]
fn more_than_a_gpu_can_tell_apart_is_refused() {
    let with = |count: usize, doubled: bool, slot: u32| {
        let mut swarm = swarm(Some(Idle {
            bindings: vec![Binding::new(slot, SINGLE, Access::Read)],
            hears: false,
            space: Space::Nodes,
            folds: Vec::new(),
        }));
        let column = swarm.plan.columns[SINGLE.0].clone();
        swarm.plan.columns.extend((0..count).map(|k| Column {
            name: Box::leak(format!("many.{k}").into_boxed_str()),
            doubled,
            ..column.clone()
        }));
        swarm.plan
    };
    for gpu in support::gpus() {
        let refused = |plan| {
            gpu.check(&plan)
                .err()
                .map(|error| error.to_string())
                .unwrap_or_default()
        };
        let error = refused(with(64, true, 0));
        assert!(
            error.contains("at most 64 doubled columns, but this swarm has 65"),
            "{error}"
        );
        assert_eq!(refused(with(63, true, 0)), "");
        // Single columns are as many as one likes.
        assert_eq!(refused(with(5000, false, 0)), "");
        let error = refused(with(0, false, 4_000_000_000));
        assert!(error.contains("the step 'idle' binds slot 4000000000"), "{error}");
    }
}

#[test]
fn a_step_that_hears_does_not_change_who_is_up() {
    let mut scenario = scenario(10, "kind = \"ring\"", "kind = \"synchronous\"", "trunc", 3);
    scenario.faults = Some(toml::from_str("loss = 0.5").unwrap());
    for hears in [true, false] {
        let mut plan = Swarm::plan(&scenario, Path::new("")).unwrap();
        let status = plan.faults.as_ref().unwrap().status;
        plan.steps.push(Box::new(Idle {
            bindings: vec![Binding::new(0, status, Access::Update)],
            hears,
            space: Space::Nodes,
            folds: Vec::new(),
        }));
        let refused = plan.check().err().map(|error| error.to_string()).unwrap_or_default();
        let expected = "step 'idle' writes the column 'faults.status' in place, and asks who hears whom";
        assert_eq!(refused.contains(expected), hears, "{refused}");
    }
}

#[test]
fn a_gauge_or_a_note_of_no_column_is_refused() {
    let refused = |change: &dyn Fn(&mut Swarm)| {
        let mut swarm = swarm(None);
        change(&mut swarm);
        swarm.plan.check().unwrap_err().to_string()
    };
    let error = refused(&|swarm| swarm.plan.gauges = vec![Arc::new(BeliefGauge::of(ColumnId(9), false))]);
    assert!(error.contains("the gauge of 'consensus' names the column 9"), "{error}");
    let error = refused(&|swarm| {
        swarm.plan.noted = Some(Noted {
            column: ColumnId(7),
            verb: "decide",
        });
    });
    assert!(error.contains("the rule names the column 7"), "{error}");
}

#[test]
fn words_at_tick_0_are_as_many_as_the_column_takes() {
    let refused = |change: &dyn Fn(&mut Swarm)| {
        let mut swarm = swarm(None);
        change(&mut swarm);
        let refused = swarm.check().err().map(|error| error.to_string());
        let loaded = CpuDevice::new(1)
            .unwrap()
            .load(swarm)
            .err()
            .map(|error| error.to_string());
        assert_eq!(loaded, refused);
        refused.unwrap_or_default()
    };
    for words in [9, 11, 20] {
        let error = refused(&|swarm| swarm.initial[SINGLE.0] = Words::zeros(words));
        let expected = format!("column 'test.single' has 10 words, but is given {words} at tick 0");
        assert!(error.contains(&expected), "{error}");
    }
    let error = refused(&|swarm| swarm.initial[TABLE.0] = Words::zeros(4));
    assert!(
        error.contains("column 'test.table' has 5 words, but is given 4"),
        "{error}"
    );
    for columns in [3, 5] {
        let error = refused(&|swarm| swarm.initial.resize(columns, Words::default()));
        let expected = format!("has the words of {columns} columns at tick 0, but the plan has 4");
        assert!(error.contains(&expected), "{error}");
    }
    assert_eq!(refused(&|swarm| swarm.initial[SINGLE.0] = Words::zeros(10)), "");
}

#[test]
fn a_simulation_moves_to_another_thread() {
    fn moves<T: Send + ?Sized>() {}
    moves::<Simulation>();
    moves::<dyn Execution>();
    let scenario = scenario(10, "kind = \"ring\"", "kind = \"synchronous\"", "trunc", 3);
    let mut simulation = Simulation::new(&scenario, &CpuDevice::new(1).unwrap()).unwrap();
    let ticks = std::thread::spawn(move || simulation.run().unwrap().ticks)
        .join()
        .unwrap();
    assert_eq!(ticks, 3);
}

#[cfg(unix)]
#[test]
fn a_path_that_is_no_text_is_an_error_in_toml() {
    use std::os::unix::ffi::OsStrExt;
    let mut scenario = scenario(
        0,
        "kind = \"graph\"\nfile = \"links.txt\"",
        "kind = \"synchronous\"",
        "trunc",
        3,
    );
    assert!(scenario.to_toml().unwrap().contains("links.txt"));
    let odd = PathBuf::from(std::ffi::OsStr::from_bytes(b"l\xFFnks.txt"));
    set_file(&mut scenario, odd);
    let error = scenario.to_toml().unwrap_err().to_string();
    assert!(error.contains("UTF-8") && error.contains("rename"), "{error}");
}

#[cfg(unix)]
fn set_file(scenario: &mut tetraswarm::scenario::Scenario, file: PathBuf) {
    use tetraswarm::topology::{NetworkSpec, TopologySpec};
    let NetworkSpec::One(TopologySpec::Graph(graph)) = &mut scenario.topology else {
        panic!("another network");
    };
    graph.file = file;
}
