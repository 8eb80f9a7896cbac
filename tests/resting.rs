//! Steps that rest in some ticks: what is read after a stop condition is the state of the tick at which it held.
#![cfg(feature = "gpu")]

use crate::support::{gpus, scenario};
use std::ops::{ControlFlow, Range};
use std::path::Path;
use tetraswarm::column::{Access, Binding, Column, ColumnId, Extent};
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::device::{Device, Outcome};
use tetraswarm::part::consensus::BeliefGauge;
use tetraswarm::shader::Module;
use tetraswarm::step::{Outputs, Scratch, Step, View};
use tetraswarm::swarm::Swarm;

/// Takes a sixteenth of each word away, but not in every so-manieth tick.
#[derive(Debug)]
struct Shrinking {
    column: ColumnId,
    rests_every: u32,
}

impl Step for Shrinking {
    fn name(&self) -> &'static str {
        "shrinking"
    }
    fn bindings(&self) -> Vec<Binding> {
        vec![
            Binding::new(0, self.column, Access::Read),
            Binding::new(1, self.column, Access::Next),
        ]
    }
    fn reads_links(&self) -> bool {
        false
    }
    fn modules(&self) -> Vec<Module> {
        let source = "
            @group(2) @binding(0) var<storage, read> word: array<i32>;
            @group(2) @binding(1) var<storage, read_write> next_word: array<i32>;

            @compute @workgroup_size(256)
            fn main(@builtin(global_invocation_id) id: vec3<u32>) {
                let i = clock.first + id.y * ROW + id.x;
                if (i >= clock.end || control.stopped != 0u) {
                    return;
                }
                next_word[i] = word[i] - word[i] / 16;
            }";
        vec![Module::new("step/shrinking", source)]
    }
    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _: &mut Scratch) {
        for (l, i) in block.enumerate() {
            let word = view.reads[0][i as usize] as i32;
            outputs[0][0][l] = (word - word / 16) as u32;
        }
    }
    fn rests(&self, tick: u32) -> bool {
        tick % self.rests_every == 1
    }
    fn describe(&self) -> String {
        "shrinks".into()
    }
}

/// Two columns that shrink, each by a step of its own.
fn swarm(stop: u32, rests_every: [u32; 2]) -> Swarm {
    let mut scenario = scenario(600, "kind = \"ring\"", "kind = \"synchronous\"", "trunc", 300);
    scenario.measure.every = 1;
    let mut swarm = Swarm::build(&scenario, Path::new("")).unwrap();
    let column = |name| Column {
        name,
        extent: Extent::Node,
        doubled: true,
        fixed: false,
    };
    let words = swarm.initial.swap_remove(0);
    swarm.plan.columns = vec![column("test.belief"), column("test.other")];
    swarm.initial = vec![words.clone(), words];
    swarm.plan.gauges = vec![std::sync::Arc::new(BeliefGauge::of(ColumnId(0), false))];
    swarm.plan.stop = vec![tetraswarm::gauge::Condition::spread(stop)];
    swarm.plan.steps.clear();
    for (k, rests_every) in rests_every.into_iter().enumerate() {
        swarm.plan.steps.push(Box::new(Shrinking {
            column: ColumnId(k),
            rests_every,
        }));
    }
    swarm
}

/// The ticks done and both columns, when the condition held, and after one and two ticks more.
fn run(device: &dyn Device, stop: u32, rests_every: [u32; 2]) -> Vec<(u32, [Vec<u32>; 2])> {
    let mut execution = device.load(swarm(stop, rests_every)).unwrap();
    let mut advance = |until: Option<u32>| {
        let until = until.unwrap_or(execution.tick() + 1);
        let outcome = execution.advance(until, &mut |_| ControlFlow::Continue(())).unwrap();
        assert_eq!(outcome, Outcome::Condition, "{stop}");
        (execution.tick(), [0, 1].map(|k| execution.read(ColumnId(k)).unwrap()))
    };
    vec![advance(Some(300)), advance(None), advance(None)]
}

#[test]
fn what_a_resting_step_left_alone_is_read_after_a_stop() {
    let cpu = CpuDevice::new(1).unwrap();
    for rests_every in [[2, 3], [3, 2], [5, 2], [400, 2]] {
        for stop in [10_000_000, 6_000_000, 1_000_000, 300_000, 100_000] {
            let expected = run(&cpu, stop, rests_every);
            for gpu in gpus() {
                let found = run(&gpu, stop, rests_every);
                let ticks = expected[0].0;
                assert!(
                    found == expected,
                    "{rests_every:?}, {ticks} ticks, {}",
                    gpu.info().backend
                );
            }
        }
    }
}
