//! Places where nobody is: what a device leaves out there changes nothing, and costs nothing.

use crate::growth::{LEARNING, loaded, scenario};
use crate::support::gpus;
use std::ops::{ControlFlow, Range};
use std::path::Path;
use std::sync::{Arc, Mutex};
use tetraswarm::Words;
use tetraswarm::column::{Access, Binding, Column, ColumnId, Extent};
use tetraswarm::device::Device;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::gauge::{Fingerprint, Measurement};
use tetraswarm::part::growth::Grown;
use tetraswarm::scenario::Scenario;
use tetraswarm::shader::Module;
use tetraswarm::step::{Outputs, Scratch, Step, View};
use tetraswarm::swarm::Swarm;

/// 2,048 cells, a block of the CPU's, and 14,336 places, seven blocks, of which some are taken for a while.
fn many(more: &[(&str, &str)]) -> Scenario {
    let size = [
        ("agents = 256", "agents = 8192"),
        ("max_agents = 2048", "max_agents = 65536"),
        ("last = 20", "last = 1500"),
        ("starts = [32]", "starts = [1024]"),
        ("until = 300", "until = 70"),
    ];
    scenario(&[&size[..], more].concat())
}

/// A run beside one in which before every tick a word is written from outside, so that it leaves nothing out that could be left out since
/// it has been done before: all words of all columns are the same, at places where nobody is, too.
#[test]
fn what_is_left_out_changes_nothing() {
    for (name, more) in [
        ("delegating", &[("patience = 9", "patience = 9, account = true")][..]),
        ("learning", &[("[faults]", LEARNING)]),
    ] {
        let scenario = many(more);
        let (mut run, mut stirred) = (loaded(&scenario), loaded(&scenario));
        let parents = run.plan().kinship.unwrap().parents;
        let last = u64::from(run.plan().nodes()) - 1;
        let (mut most, mut left) = (0, 0);
        for tick in 1..=170 {
            let word = stirred.read_range(parents, last..last + 1).unwrap()[0];
            stirred.write(parents, last, word).unwrap();
            for run in [&mut run, &mut stirred] {
                run.advance(tick, &mut |_| ControlFlow::Continue(())).unwrap();
            }
            let there = run.read(parents).unwrap().iter().filter(|word| **word != 0).count();
            (most, left) = (most.max(there), there);
            let names: Vec<&str> = run.plan().columns.iter().map(|column| column.name).collect();
            for (column, what) in names.iter().enumerate() {
                let [one, other] = [&mut run, &mut stirred].map(|run| run.read(ColumnId(column)).unwrap());
                assert!(one == other, "{name}: {what} after {tick} ticks");
            }
        }
        // Blocks were taken, and given back.
        assert!(most > 2048 && left < most / 2, "{name}: {most}, then {left}");
    }
}

/// The fingerprints of all columns after every 15 ticks, and a row at the end.
fn course(device: &dyn Device) -> (Vec<Vec<Fingerprint>>, Measurement) {
    let scenario = many(&[("[faults]", LEARNING), ("every = 1", "every = 100")]);
    let swarm = Swarm::build(&scenario, Path::new("")).unwrap();
    let mut run = device.load(swarm).unwrap();
    let prints = (1..=6).map(|part| {
        run.advance(15 * part, &mut |_| ControlFlow::Continue(())).unwrap();
        run.fingerprints().unwrap()
    });
    (prints.collect(), run.measure().unwrap())
}

/// With one thread, with more, and on GPUs, which leave nothing out.
#[test]
fn many_places_are_the_same_on_every_device() {
    let expected = course(&CpuDevice::new(1).unwrap());
    assert!(expected.1.get::<Grown>().unwrap().born > 400);
    assert!(course(&CpuDevice::new(3).unwrap()) == expected, "three threads");
    for gpu in gpus() {
        assert!(course(&gpu) == expected, "{}", gpu.info().name);
    }
}

/// Writes 7 where it runs, and notes where that was.
#[derive(Debug)]
struct Noting {
    column: ColumnId,
    access: Access,
    ran: Arc<Mutex<Vec<Range<u32>>>>,
}

impl Step for Noting {
    fn name(&self) -> &'static str {
        "noting"
    }
    fn bindings(&self) -> Vec<Binding> {
        vec![Binding::new(0, self.column, self.access)]
    }
    fn reads_links(&self) -> bool {
        false
    }
    fn modules(&self) -> Vec<Module> {
        vec![Module::new("step/noting", "@compute @workgroup_size(256) fn main() {}")]
    }
    fn run(&self, _: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _: &mut Scratch) {
        outputs[0][0].fill(7);
        self.ran.lock().unwrap().push(block);
    }
    fn describe(&self) -> String {
        "notes".into()
    }
}

/// A step that does nothing where nobody is runs over the blocks of those who are there alone; of what it writes anew the others' words stay
/// as they are.
#[test]
fn steps_run_where_somebody_is() {
    for access in [Access::Update, Access::Next] {
        let quiet = [
            ("load = 8, for = 4", "load = 16, for = 400"),
            ("delegate = { need = 32, mode = \"divide\", patience = 9 }", ""),
        ];
        let mut swarm = Swarm::build(&many(&quiet), Path::new("")).unwrap();
        swarm.plan.columns.push(Column {
            name: "test.seven",
            extent: Extent::Node,
            doubled: access == Access::Next,
            fixed: true,
        });
        let column = ColumnId(swarm.plan.columns.len() - 1);
        let nodes = swarm.plan.nodes();
        let first: Vec<u32> = (0..nodes).collect();
        swarm.initial.push(Words::from(first.as_slice()));
        let ran = Arc::new(Mutex::new(Vec::new()));
        let noting = Noting {
            column,
            access,
            ran: Arc::clone(&ran),
        };
        swarm.plan.steps.push(Box::new(noting));
        let founders = swarm.plan.founders();
        let parents = swarm.plan.kinship.unwrap().parents;
        let mut run = CpuDevice::new(1).unwrap().load(swarm).unwrap();
        for tick in 1..=3 {
            run.advance(tick, &mut |_| ControlFlow::Continue(())).unwrap();
            assert_eq!(
                std::mem::take(&mut *ran.lock().unwrap()),
                std::slice::from_ref(&(0..founders))
            );
            let words = run.read(column).unwrap();
            let expected = (0..nodes).map(|node| if node < founders { 7 } else { node });
            assert!(words.into_iter().eq(expected), "{access:?}, tick {tick}");
        }
        // Whom somebody has put there from outside it sees in the same tick.
        run.write(parents, u64::from(nodes) - 1, 1).unwrap();
        run.advance(4, &mut |_| ControlFlow::Continue(())).unwrap();
        assert_eq!(*ran.lock().unwrap(), [0..founders, nodes - 2048..nodes]);
    }
}
