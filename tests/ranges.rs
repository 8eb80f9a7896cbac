//! What a step does to a range of the swarm: the same to the bit as to the whole, with no words at hand but those that its bindings
//! reach, and whatever the ranges are, what they fold comes to the same. So that a range can live elsewhere.

use crate::support;

use crate::support::work::{SAMPLES, put_files};
use crate::support::{every_rule, files};
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::AtomicU32;
use tetraswarm::column::{Access, Binding, ColumnId, Extent, Fold, Folded, GROUP, Reach, Space};
use tetraswarm::device::Device;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::hear::Traffic;
use tetraswarm::plan::Plan;
use tetraswarm::scan::{PrefixStep, ReduceStep, Summand};
use tetraswarm::shader::Module;
use tetraswarm::step::{Outputs, Scratch, Step, View};
use tetraswarm::swarm::Swarm;
use tetraswarm::timing::Schedule;
use tetraswarm::topology::Topology;

/// The words of all columns.
type Words = Vec<Vec<u32>>;

fn start(swarm: &Swarm) -> Words {
    let columns = swarm.initial.iter().enumerate();
    columns
        .map(|(at, words)| match words.len() {
            0 => vec![0; swarm.plan.words(ColumnId(at)) as usize],
            _ => words.to_vec(),
        })
        .collect()
}

/// The lanes of a column that stand for what a step runs over, and whether those of stored link ends follow.
fn shape(plan: &Plan, column: ColumnId) -> (usize, bool) {
    match plan.columns[column.0].extent {
        Extent::Node | Extent::Groups(_) => (1, false),
        Extent::Wide => (2, false),
        Extent::Words(words) => (words as usize, false),
        Extent::LinkEnd => (plan.topology.slots() as usize, plan.topology.rows().is_some()),
        Extent::Swarm(_) | Extent::Table(_) => (0, false),
    }
}

/// The ranges of words that a range of what a step runs over has in a column.
fn pieces(plan: &Plan, column: ColumnId, items: usize, range: &Range<u32>) -> Vec<Range<usize>> {
    let (lanes, has_stored) = shape(plan, column);
    let (first, last) = (range.start as usize, range.end as usize);
    let mut all: Vec<Range<usize>> = (0..lanes).map(|k| k * items + first..k * items + last).collect();
    if let Some(rows) = plan.topology.rows().filter(|_| has_stored) {
        let stored = lanes * items;
        all.push(stored + rows.offsets[first] as usize..stored + rows.offsets[last] as usize);
    }
    all
}

/// The nodes whose words a range may look at.
fn reached(topology: &dyn Topology, space: Space, reach: Reach, range: &Range<u32>) -> Option<Vec<bool>> {
    let mut all = vec![false; topology.nodes() as usize];
    match reach {
        Reach::Anywhere => return None,
        Reach::Own | Reach::Links if space != Space::Nodes => {
            let per = GROUP as usize;
            let end = (range.end as usize * per).min(all.len());
            all[range.start as usize * per..end].fill(true);
        }
        Reach::Own => all[range.start as usize..range.end as usize].fill(true),
        Reach::Links => {
            all[range.start as usize..range.end as usize].fill(true);
            for node in range.clone() {
                for place in 0..topology.slots_of(node) {
                    all[topology.neighbour(node, place) as usize] = true;
                }
            }
        }
    }
    Some(all)
}

/// What a step makes of a range.
struct Made {
    /// For each binding that writes its own words: the words of the range, piece by piece.
    written: Vec<(Binding, Vec<u32>)>,
    /// For each that it folds into.
    folded: Vec<(ColumnId, Vec<u32>)>,
}

/// Runs a step for a range, with nonsense in the place of all words out of its reach, and of those that it is to write.
fn run(plan: &Plan, step: &dyn Step, tick: u32, words: &Words, range: Range<u32>, nonsense: u32) -> Made {
    let bindings = step.bindings();
    let items = plan.items(step.space()) as usize;
    let nodes = plan.nodes() as usize;
    // Where nodes come and go, links follow from who is whose child.
    let kin = plan.kinship.filter(|_| !plan.changes_links(step));
    let living = kin.and_then(|kin| {
        let [parents, families] = [kin.parents, kin.families].map(|column| &*words[column.0]);
        plan.topology.living(parents, families)
    });
    let topology = living
        .as_ref()
        .map_or(&*plan.topology, |living| living as &dyn Topology);
    let reads: Vec<Vec<u32>> = bindings
        .iter()
        .filter(|binding| binding.access == Access::Read)
        .map(|binding| {
            let mut seen = words[binding.column.0].clone();
            let is_of_nodes = matches!(
                plan.columns[binding.column.0].extent,
                Extent::Node | Extent::Wide | Extent::Words(_)
            );
            if let Some(near) = reached(topology, step.space(), binding.reach, &range).filter(|_| is_of_nodes) {
                for (at, word) in seen.iter_mut().enumerate().filter(|(at, _)| !near[at % nodes]) {
                    *word = word.wrapping_mul(nonsense | 1) ^ (at as u32).wrapping_add(nonsense);
                }
            }
            seen
        })
        .collect();
    let reads: Vec<&[u32]> = reads.iter().map(|words| &**words).collect();
    let folded: Vec<&Binding> = bindings
        .iter()
        .filter(|binding| binding.access == Access::Fold)
        .collect();
    let folds: Vec<Vec<AtomicU32>> = folded
        .iter()
        .map(|binding| words[binding.column.0].iter().copied().map(AtomicU32::new).collect())
        .collect();
    let lent: Vec<&[AtomicU32]> = folds.iter().map(|words| &**words).collect();
    let own: Vec<&Binding> = bindings.iter().filter(|binding| binding.access.writes_own()).collect();
    let mut lanes: Vec<Vec<Vec<u32>>> = own
        .iter()
        .map(|binding| {
            let pieces = pieces(plan, binding.column, items, &range);
            let of = |piece: Range<usize>| match binding.access {
                Access::Next => vec![nonsense; piece.len()],
                _ => words[binding.column.0][piece].to_vec(),
            };
            pieces.into_iter().map(of).collect()
        })
        .collect();
    let status = plan.faults.as_ref().filter(|_| step.hears());
    let status = status.map(|faults| (faults, &*words[faults.status.0]));
    let schedule = step.schedule().unwrap_or(plan.schedule);
    let view = View {
        topology,
        traffic: Traffic::new(schedule, tick, status),
        tick,
        reads: &reads,
        folds: &lent,
        table: None,
    };
    let mut outputs: Outputs<'_> = lanes
        .iter_mut()
        .map(|lanes| lanes.iter_mut().map(|lane| &mut **lane).collect())
        .collect();
    step.run(&view, range, &mut outputs, &mut Scratch::default());
    Made {
        written: own
            .into_iter()
            .copied()
            .zip(lanes.into_iter().map(|lanes| lanes.concat()))
            .collect(),
        folded: folded
            .into_iter()
            .map(|binding| binding.column)
            .zip(
                folds
                    .into_iter()
                    .map(|words| words.into_iter().map(AtomicU32::into_inner).collect()),
            )
            .collect(),
    }
}

/// What two folds from one beginning come to together, by the operations that the step names.
fn together(step: &dyn Step, column: ColumnId, [one, other]: [&[u32]; 2], beginning: &[u32]) -> Vec<u32> {
    let mut all = beginning.to_vec();
    for Folded { words, fold, .. } in step.folds().into_iter().filter(|folded| folded.column == column) {
        let words = words.start as usize..words.end as usize;
        if fold == Fold::Add64 {
            let numbers = words.len() / 2;
            for low in words.start..words.start + numbers {
                let number = |of: &[u32]| u64::from(of[low]) | u64::from(of[low + numbers]) << 32;
                let sum = number(one).wrapping_add(number(other)).wrapping_sub(number(beginning));
                (all[low], all[low + numbers]) = (sum as u32, (sum >> 32) as u32);
            }
            continue;
        }
        for k in words {
            all[k] = match fold {
                Fold::Add | Fold::Add64 => one[k].wrapping_add(other[k]).wrapping_sub(beginning[k]),
                Fold::Max => one[k].max(other[k]),
                Fold::Min => one[k].min(other[k]),
                Fold::Or => one[k] | other[k],
                Fold::And => one[k] & other[k],
            };
        }
    }
    all
}

/// Ranges of 1, of 7, of all but one, at the ends and in the midst; then those that are the whole together.
fn ranges(items: u32, grain: u32) -> (Vec<Range<u32>>, Vec<Range<u32>>) {
    let from = |first: u32| first / grain * grain;
    let mid = from(items / 2);
    let mut some = vec![
        0..1,
        mid..mid + 1,
        from(items - 1)..items,
        0..7.min(items),
        mid..(mid + 7).min(items),
        0..items - 1,
        from(1)..items,
    ];
    some.retain(|range| !range.is_empty());
    let cuts = [
        0,
        from(1 + items / 3),
        from(8 + items / 3).max(from(1 + items / 3)),
        items,
    ];
    let whole = cuts.windows(2).map(|cut| cut[0].min(items)..cut[1].min(items));
    (some, whole.filter(|range| !range.is_empty()).collect())
}

/// Compares a step's ranges with the whole, and does the step.
fn compare(plan: &Plan, step: &dyn Step, tick: u32, words: &mut Words) -> Result<(), String> {
    let items = plan.items(step.space());
    let whole = run(plan, step, tick, words, 0..items, 0x9E37_79B9);
    let (some, parts) = ranges(items, step.grain());
    let differs = |range: &Range<u32>, what: &str, column: ColumnId| {
        let name = plan.columns[column.0].name;
        Err(format!(
            "tick {tick}, step '{}', nodes {range:?}: {what} '{name}' otherwise",
            step.name()
        ))
    };
    for range in some.iter().chain(&parts) {
        let made = run(plan, step, tick, words, range.clone(), 0x85EB_CA6B);
        for ((binding, made), (_, whole)) in made.written.iter().zip(&whole.written) {
            let mut at = 0;
            let mut expected: Vec<u32> = Vec::new();
            for (all, part) in pieces(plan, binding.column, items as usize, &(0..items))
                .into_iter()
                .zip(pieces(plan, binding.column, items as usize, range))
            {
                expected.extend(&whole[at + part.start - all.start..at + part.end - all.start]);
                at += all.len();
            }
            if *made != expected {
                return differs(range, "writes", binding.column);
            }
        }
    }
    let mut sums: Vec<Vec<u32>> = whole.folded.iter().map(|(column, _)| words[column.0].clone()).collect();
    for range in &parts {
        let made = run(plan, step, tick, words, range.clone(), 0xC2B2_AE35);
        for (sum, (column, part)) in sums.iter_mut().zip(&made.folded) {
            *sum = together(step, *column, [sum, part], &words[column.0]);
        }
    }
    for (sum, (column, all)) in sums.iter().zip(&whole.folded) {
        if sum != all {
            return differs(&(0..items), "folds into", *column);
        }
    }
    for (binding, made) in whole.written {
        words[binding.column.0] = made;
    }
    for (column, made) in whole.folded {
        words[column.0] = made;
    }
    Ok(())
}

/// Does all steps of so many ticks, range by range.
fn walk(plan: &Plan, words: &mut Words, ticks: u32) -> Result<(), String> {
    for tick in 0..ticks {
        for step in plan.steps.iter().filter(|step| !step.rests(tick)) {
            compare(plan, &**step, tick, words)?;
        }
    }
    Ok(())
}

/// A scenario's steps, and whether the state that this file comes to is the device's.
fn check(label: &str, swarm: impl Fn() -> Swarm, ticks: u32) {
    let made = swarm();
    let mut words = start(&made);
    walk(&made.plan, &mut words, ticks).unwrap_or_else(|problem| panic!("{label}: {problem}"));
    let mut execution = CpuDevice::new(1).unwrap().load(swarm()).unwrap();
    execution
        .advance(ticks, &mut |_| std::ops::ControlFlow::Continue(()))
        .unwrap_or_else(|error| panic!("{label}: {error}"));
    for (at, words) in words.iter().enumerate() {
        let read = execution.read(ColumnId(at)).unwrap();
        assert!(
            read[..] == words[..],
            "{label}: '{}' differs from the device's",
            made.plan.columns[at].name
        );
    }
}

#[test]
fn every_rule_does_the_same_range_by_range() {
    let folder = files();
    let mut count = 0;
    every_rule(folder.path(), |label, scenario| {
        let mut scenario = scenario.clone();
        scenario.stop = Default::default();
        let ticks = scenario.ticks.min(4);
        check(label, || Swarm::build(&scenario, folder.path()).unwrap(), ticks);
        count += 1;
    });
    assert!(count >= 20, "{count} scenarios only");
}

#[test]
fn cells_do_the_same_range_by_range() {
    let folder = files();
    put_files(folder.path());
    for sample in SAMPLES {
        let mut scenario = sample.scenario(1_000_000);
        scenario.stop = Default::default();
        check(sample.name, || Swarm::build(&scenario, folder.path()).unwrap(), 40);
    }
}

#[test]
fn cells_that_come_and_go_do_the_same_range_by_range() {
    for (name, swarm) in crate::growth::swarms() {
        check(name, swarm, 60);
    }
}

/// A step that says that it reads its own words only.
#[derive(Debug)]
struct Narrow(Box<dyn Step>);

impl Step for Narrow {
    fn name(&self) -> &'static str {
        self.0.name()
    }
    fn bindings(&self) -> Vec<Binding> {
        let bindings = self.0.bindings().into_iter();
        bindings.map(|binding| binding.within(Reach::Own)).collect()
    }
    fn reads_links(&self) -> bool {
        self.0.reads_links()
    }
    fn modules(&self) -> Vec<Module> {
        self.0.modules()
    }
    fn schedule(&self) -> Option<Schedule> {
        self.0.schedule()
    }
    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, scratch: &mut Scratch) {
        self.0.run(view, block, outputs, scratch);
    }
    fn describe(&self) -> String {
        self.0.describe()
    }
}

/// The step, which then says that it reads its own words only.
pub fn narrow(step: Box<dyn Step>) -> Box<dyn Step> {
    Box::new(Narrow(step))
}

#[test]
fn a_step_that_reads_farther_than_it_says_is_noticed() {
    let scenario = support::scenario(100, "kind = \"ring\"", "kind = \"synchronous\"", "trunc", 3);
    let mut swarm = Swarm::build(&scenario, Path::new("")).unwrap();
    assert_eq!(walk(&swarm.plan, &mut start(&swarm), 3), Ok(()));
    let steps = std::mem::take(&mut swarm.plan.steps).into_iter();
    swarm.plan.steps = steps.map(narrow).collect();
    let problem = walk(&swarm.plan, &mut start(&swarm), 3).unwrap_err();
    assert!(
        problem.contains("step 'average'") && problem.contains("writes 'consensus.belief'"),
        "{problem}"
    );
}

/// Prefix sums begin anew with each group of 256, so that their ranges do.
#[test]
fn prefix_sums_do_the_same_range_by_range() {
    let scenario = support::scenario(1000, "kind = \"ring\"", "kind = \"synchronous\"", "trunc", 3);
    let mut swarm = Swarm::build(&scenario, Path::new("")).unwrap();
    let mut column = swarm.plan.columns[0].clone();
    column.doubled = false;
    let names = ["test.values", "test.sums", "test.prefix"];
    let extents = [Extent::Node, Extent::Groups(1), Extent::Node];
    swarm.plan.columns = names
        .into_iter()
        .zip(extents)
        .map(|(name, extent)| tetraswarm::column::Column {
            name,
            extent,
            ..column.clone()
        })
        .collect();
    let [values, sums, prefix] = [0, 1, 2].map(ColumnId);
    let summand = Summand::Word;
    let mut words = vec![
        (0..1000u32).map(|i| i.wrapping_mul(0x9E37_79B9)).collect(),
        vec![0; 4],
        vec![0; 1000],
    ];
    let reduce = ReduceStep::new((values, sums), summand, 1, 1000);
    compare(&swarm.plan, &reduce, 0, &mut words).unwrap();
    let sums_of_groups: Vec<u32> = words[0]
        .chunks(256)
        .map(|of| of.iter().fold(0, |a, b| u32::wrapping_add(a, *b)))
        .collect();
    assert_eq!(words[1], sums_of_groups);
    let step = PrefixStep {
        values,
        prefix,
        offsets: None,
        space: Space::Nodes,
        summand,
    };
    assert_eq!(step.grain(), GROUP);
    compare(&swarm.plan, &step, 0, &mut words).unwrap();
}
