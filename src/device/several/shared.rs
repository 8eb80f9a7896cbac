//! One plan for several devices, each of which owns its own: the steps are the same.

use crate::column::{Binding, ColumnId, Folded, Space};
use crate::plan::Plan;
use crate::shader::Module;
use crate::step::{Bounds, Outputs, Scratch, Step, View};
use crate::timing::Schedule;
use std::ops::Range;
use std::sync::Arc;

/// A step that several plans have.
#[derive(Debug)]
struct Shared(Arc<dyn Step>);

impl Step for Shared {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn bindings(&self) -> Vec<Binding> {
        self.0.bindings()
    }

    fn space(&self) -> Space {
        self.0.space()
    }

    fn reads_links(&self) -> bool {
        self.0.reads_links()
    }

    fn hears(&self) -> bool {
        self.0.hears()
    }

    fn modules(&self) -> Vec<Module> {
        self.0.modules()
    }

    fn schedule(&self) -> Option<Schedule> {
        self.0.schedule()
    }

    fn turns(&self, bounds: Bounds) -> u64 {
        self.0.turns(bounds)
    }

    fn folds(&self) -> Vec<Folded> {
        self.0.folds()
    }

    fn grain(&self) -> u32 {
        self.0.grain()
    }

    fn visits_places(&self) -> bool {
        self.0.visits_places()
    }

    fn rests_at_places(&self, view: &View<'_>) -> bool {
        self.0.rests_at_places(view)
    }

    fn always_rests_at_places(&self) -> bool {
        self.0.always_rests_at_places()
    }

    fn wakes(&self) -> Option<ColumnId> {
        self.0.wakes()
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, scratch: &mut Scratch) {
        self.0.run(view, block, outputs, scratch);
    }

    fn rests(&self, tick: u32) -> bool {
        self.0.rests(tick)
    }

    fn describe(&self) -> String {
        self.0.describe()
    }
}

/// So many plans that are the same.
pub(super) fn copies(mut plan: Plan, count: usize) -> Vec<Plan> {
    let steps: Vec<Arc<dyn Step>> = std::mem::take(&mut plan.steps).into_iter().map(Arc::from).collect();
    let own = || -> Vec<Box<dyn Step>> {
        let all = steps
            .iter()
            .map(|step| Box::new(Shared(Arc::clone(step))) as Box<dyn Step>);
        all.collect()
    };
    (0..count)
        .map(|_| Plan {
            topology: Arc::clone(&plan.topology),
            schedule: plan.schedule,
            columns: plan.columns.clone(),
            steps: own(),
            faults: plan.faults.clone(),
            first: plan.first.clone(),
            gauges: plan.gauges.clone(),
            talk: plan.talk.clone(),
            noted: plan.noted,
            shown: plan.shown.clone(),
            ticks: plan.ticks,
            every: plan.every,
            component: plan.component,
            stop: plan.stop.clone(),
            last_change: plan.last_change,
            agents: plan.agents,
            facts: plan.facts.clone(),
            kinship: plan.kinship,
            since: plan.since.clone(),
            wanted: plan.wanted.clone(),
        })
        .collect()
}
