//! In which order submissions are handed in and read back, and which passes they have.

use super::GpuDevice;
use super::adapters::{BACKENDS, adapters};
use super::execution::{GpuExecution, Noted, Pass};
use crate::column::{Access, Binding, ColumnId};
use crate::device::Execution;
use crate::scenario::Document;
use crate::shader::Module;
use crate::step::{Outputs, Scratch, Step, View};
use crate::swarm::Swarm;
use std::ops::{ControlFlow, Range};
use std::path::Path;
use std::sync::Arc;

/// Does nothing, but in every eighth tick.
#[derive(Debug)]
struct Rare(ColumnId);

impl Step for Rare {
    fn name(&self) -> &'static str {
        "rare"
    }
    fn bindings(&self) -> Vec<Binding> {
        vec![Binding::new(0, self.0, Access::Update)]
    }
    fn reads_links(&self) -> bool {
        false
    }
    fn modules(&self) -> Vec<Module> {
        let source = "@group(2) @binding(0) var<storage, read_write> word: array<u32>;
            @compute @workgroup_size(256)
            fn main(@builtin(global_invocation_id) id: vec3<u32>) {
                let i = clock.first + id.y * ROW + id.x;
                if (i < clock.end && control.stopped == 0u) { word[i] += 1u; }
            }";
        vec![Module::new("step/rare", source)]
    }
    fn run(&self, _: &View<'_>, _: Range<u32>, outputs: &mut Outputs<'_>, _: &mut Scratch) {
        outputs[0][0].iter_mut().for_each(|word| *word += 1);
    }
    fn rests(&self, tick: u32) -> bool {
        !tick.is_multiple_of(8)
    }
    fn describe(&self) -> String {
        "seldom".into()
    }
}

/// A ring that is measured every so many ticks, with `Rare` alone or not at all.
fn executions(ticks: u32, every: u32, is_rare: bool) -> Vec<GpuExecution> {
    let text = format!(
        "agents = 256\nticks = {ticks}\nseed = 1\ntopology = {{ kind = \"ring\" }}\n[consensus]\nrule = \"average\"\nstart = {{ kind = \"uniform\", low = 0, high = 1000000 }}\n\
         [measure]\nevery = {every}\n"
    );
    let required = std::env::var("TETRASWARM_REQUIRE").unwrap_or_default();
    let mut all = Vec::new();
    for (backend, _) in BACKENDS {
        let found = adapters(Some(backend)).unwrap();
        let Some(adapter) = found.first() else {
            assert!(!required.split(',').any(|name| name == backend), "no {backend} adapter");
            continue;
        };
        let scenario = Document::parse("order", &text).unwrap().scenario().unwrap();
        let mut swarm = Swarm::build(&scenario, Path::new("")).unwrap();
        if is_rare {
            let column = swarm.plan.main();
            swarm.plan.columns[column.0].doubled = false;
            swarm.plan.steps = vec![Box::new(Rare(column))];
        }
        let device = GpuDevice::open(adapter).unwrap();
        all.push(GpuExecution::new(Arc::clone(&device.context), swarm, None).unwrap());
    }
    all
}

#[test]
fn the_next_ticks_are_under_way_before_the_last_come_back() {
    for mut run in executions(4096, 1, false) {
        // The first ones may take so long that the next wait.
        run.advance(16, &mut |_| ControlFlow::Continue(())).unwrap();
        run.noted.clear();
        run.advance(4096, &mut |_| ControlFlow::Continue(())).unwrap();
        let flights: Vec<Noted> = run
            .noted
            .iter()
            .copied()
            .filter(|noted| !matches!(noted, Noted::Pass(_)))
            .collect();
        let handed: Vec<u32> = flights
            .iter()
            .filter_map(|noted| match noted {
                Noted::Handed(first) => Some(*first),
                _ => None,
            })
            .collect();
        assert!(handed.len() > 8, "{handed:?}");
        let at = |wanted: Noted| flights.iter().position(|&noted| noted == wanted).unwrap();
        for pair in handed.windows(2) {
            assert!(at(Noted::Handed(pair[1])) < at(Noted::Back(pair[0])), "{flights:?}");
        }
        // Two, and no more: a submission has the buffers of the one before the last.
        for three in handed.windows(3) {
            assert!(at(Noted::Handed(three[2])) > at(Noted::Back(three[0])), "{flights:?}");
        }
    }
}

#[test]
fn ticks_in_which_all_steps_rest_have_no_pass() {
    for mut run in executions(50_000, 50_000, true) {
        run.advance(50_000, &mut |_| ControlFlow::Continue(())).unwrap();
        let steps = run.noted.iter().filter(|&&noted| noted == Noted::Pass(Pass::Step(0)));
        assert_eq!(steps.count(), 50_000 / 8);
    }
}
