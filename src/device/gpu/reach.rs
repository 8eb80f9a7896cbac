//! Up to where anybody is, in a swarm whose nodes come and go. The device looks for itself, after each step that changes it; steps that have
//! nothing to do behind are dispatched for so many workgroups, which the host never learns.
//!
//! There are four slots for nodes behind which nobody is, four for those behind which nobody has been at this look and the two before,
//! and one for the step that wakes places. Looks are numbered, modulo four: each adds to the slots of its own number, and to the latter also
//! to those of the next two, and empties those that come after.

use super::context::Context;
use super::execution::{Column, GpuExecution};
use super::program::{MEASURE_GROUP, Programs, STEP_GROUP, bind, clock_module, grid};
use crate::column::{Access, ColumnId, Space};
use crate::error::Error;
use crate::plan::Plan;
use crate::shader::{Module, Shader, module};
use crate::step::Step;
use wgpu::{BindGroup, BindGroupLayout, Buffer, BufferUsages, ComputePass};

/// Nodes that an invocation looks at, as the shader says.
const TURNS: u32 = 32;
/// Slots, of three words each.
const SLOTS: u64 = 9;
/// The first of the slots of nodes at rest, and the one of the step that wakes places.
const AT_REST: u32 = 4;
const WOKEN: u32 = 8;
/// The clocks that a tick takes at most: a look at the start, and one and a waking for the step that changes who is there.
pub(super) const CLOCKS: usize = 3;

/// For which nodes a step is dispatched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reaching {
    /// All.
    All,
    /// Those up to the last that is there.
    There,
    /// Those up to the last that has been there for a while.
    AtRest,
    /// The latter while a word is 0, else all.
    Woken(ColumnId),
}

impl Reaching {
    fn of(plan: &Plan, step: &dyn Step) -> Self {
        let writes_anew = step.bindings().iter().any(|binding| binding.access == Access::Next);
        // What is written anew is written for all.
        if plan.kinship.is_none() || step.space() != Space::Nodes || writes_anew {
            return Self::All;
        }
        match step.wakes() {
            Some(column) => Self::Woken(column),
            None if step.always_rests_at_places() => Self::AtRest,
            None if step.visits_places() || plan.changes_links(step) => Self::All,
            None => Self::There,
        }
    }
}

/// The column of the word by which the step wakes places that changes who is there.
fn waking(plan: &Plan) -> Option<ColumnId> {
    plan.steps.iter().find_map(|step| match Reaching::of(plan, &**step) {
        Reaching::Woken(column) => Some(column),
        _ => None,
    })
}

/// The workgroups of a look.
fn look_grid(plan: &Plan) -> [u32; 2] {
    let groups = (plan.nodes() - plan.founders()).div_ceil(MEASURE_GROUP * TURNS).max(1);
    let rows = groups.div_ceil(65_535);
    [groups.div_ceil(rows), rows]
}

/// The shaders, with their workgroups: none where nobody comes or goes.
pub(super) fn shaders(plan: &Plan) -> Vec<(Shader, [u32; 2])> {
    if plan.kinship.is_none() {
        return Vec::new();
    }
    let base = |last: Module| Shader {
        modules: vec![clock_module(plan.nodes(), plan.nodes()), module!("lib/control"), last],
    };
    let groups = look_grid(plan);
    let look = module!("gauge/reach")
        .with("FOUNDERS", plan.founders())
        .with("REACH_ROW", groups[0]);
    let wake = waking(plan).map(|_| (base(module!("gauge/wake")), [1, 1]));
    std::iter::once((base(look), groups)).chain(wake).collect()
}

/// What they bind in group 2, each with whether it is only read.
pub(super) fn slots(plan: &Plan) -> Vec<Vec<(u32, bool)>> {
    shaders(plan).iter().map(|_| vec![(0, false), (1, true)]).collect()
}

/// What the device knows.
#[derive(Debug)]
pub(super) struct Reach {
    slots: Buffer,
    /// What the look binds, and the waking.
    look: BindGroup,
    wake: Option<BindGroup>,
    /// By step.
    steps: Vec<Reaching>,
    /// The number of the last look.
    phase: u32,
    /// Whether somebody has looked since the host wrote anything.
    pub is_known: bool,
}

/// The words of an empty slot, or of one that means all nodes.
fn words(plan: &Plan, nodes: u32) -> [u32; 3] {
    let (all, [row, _]) = (nodes.div_ceil(STEP_GROUP).max(1), grid(plan.nodes()));
    [all.min(row), all.div_ceil(row), 1]
}

impl Reach {
    /// Of a plan in which nodes come and go, on a device that can be told by a buffer how much to run.
    pub fn new(context: &Context, plan: &Plan, programs: &Programs, columns: &[Column]) -> Result<Option<Self>, Error> {
        let (Some(kin), Some(look), true) = (plan.kinship, programs.reach.first(), context.is_indirect) else {
            return Ok(None);
        };
        let usage = BufferUsages::STORAGE | BufferUsages::INDIRECT | BufferUsages::COPY_DST;
        let slots = context.buffer("reach", 12 * SLOTS, usage)?;
        let bound = |layout: &BindGroupLayout, column: ColumnId| {
            bind(context, layout, &[(0, &slots), (1, columns[column.0].current())])
        };
        let wake = programs.reach.get(1).zip(waking(plan));
        Ok(Some(Self {
            look: bound(&look.columns, kin.parents),
            wake: wake.map(|(program, column)| bound(&program.columns, column)),
            steps: plan.steps.iter().map(|step| Reaching::of(plan, &**step)).collect(),
            slots,
            phase: 0,
            is_known: false,
        }))
    }

    pub fn bytes(&self) -> u64 {
        self.slots.size()
    }

    /// Where the workgroups of a step stand.
    fn offset(&self, step: usize) -> Option<u64> {
        let slot = match self.steps[step] {
            Reaching::All => return None,
            Reaching::There => self.phase,
            Reaching::AtRest => AT_REST + self.phase,
            Reaching::Woken(_) => WOKEN,
        };
        Some(12 * u64::from(slot))
    }
}

impl GpuExecution {
    /// Dispatches what has been set, of a step for all that it runs over.
    pub(super) fn dispatch(&self, recorder: &mut ComputePass<'_>, step: usize, groups: [u32; 2]) {
        let reach = self.reach.as_ref();
        match reach.and_then(|reach| Some((reach, reach.offset(step)?))) {
            Some((reach, offset)) => recorder.dispatch_workgroups_indirect(&reach.slots, offset),
            None => recorder.dispatch_workgroups(groups[0], groups[1], 1),
        }
    }

    /// Sees to it, before a step, that it is known how far it reaches.
    pub(super) fn look_before(&mut self, recorder: &mut ComputePass<'_>, step: usize, lane: usize) {
        let Some(reach) = &mut self.reach else { return };
        if !reach.is_known {
            // Nothing is at rest now, nor at the next two looks.
            let [none, all] = [self.plan.founders(), self.plan.nodes()].map(|nodes| words(&self.plan, nodes));
            let all = [[none; 4], [all, all, all, none]].concat().concat();
            self.context
                .queue
                .write_buffer(&reach.slots, 0, bytemuck::cast_slice(&all));
            (reach.phase, reach.is_known) = (0, true);
            self.look(recorder, lane);
        }
        let Some(reach) = &self.reach else { return };
        if let (Reaching::Woken(_), Some(bound)) = (reach.steps[step], &reach.wake) {
            let offset = self.lanes[lane].reach(reach.phase);
            self.run_look(recorder, 1, bound, (lane, offset));
        }
    }

    /// Looks again after a step that changes who is there.
    pub(super) fn look_after(&mut self, recorder: &mut ComputePass<'_>, step: usize, lane: usize) {
        if let Some(reach) = self
            .reach
            .as_mut()
            .filter(|_| self.plan.changes_links(&*self.plan.steps[step]))
        {
            reach.phase = (reach.phase + 1) % AT_REST;
            self.look(recorder, lane);
        }
    }

    fn look(&mut self, recorder: &mut ComputePass<'_>, lane: usize) {
        if let Some(reach) = &self.reach {
            let offset = self.lanes[lane].reach(reach.phase);
            self.run_look(recorder, 0, &reach.look, (lane, offset));
        }
    }

    fn run_look(
        &self,
        recorder: &mut ComputePass<'_>,
        program: usize,
        bound: &BindGroup,
        (lane, offset): (usize, u32),
    ) {
        let program = &self.programs.reach[program];
        recorder.set_pipeline(&program.pipeline);
        recorder.set_bind_group(0, &self.lanes[lane].engine, &[offset]);
        recorder.set_bind_group(1, &self.programs.no_links, &[]);
        recorder.set_bind_group(2, bound, &[]);
        recorder.dispatch_workgroups(program.groups[0], program.groups[1], 1);
    }

    /// The host has written something: nobody knows any more who is where, nor whether anything is at rest.
    pub(super) fn stir(&mut self) {
        if let Some(reach) = &mut self.reach {
            reach.is_known = false;
        }
    }
}
