//! For how long each cell has been loaded, or had nothing to do. Twin of `shaders/part/growth/watch.wgsl`.

use super::{any_has, watched};
use crate::column::{Access, Binding, ColumnId, Reach};
use crate::fault::{MEMBERS, bits};
use crate::part::work::state;
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
use multiversion::multiversion;
use std::ops::Range;

/// The step and its parameters.
#[derive(Clone, Debug)]
pub struct WatchStep {
    /// What neighbours read of a cell, who of its agents is up, and what is kept.
    pub columns: [ColumnId; 3],
    /// How many cells are there from the start.
    pub founders: u32,
    /// Loaded means so many tasks that wait.
    pub load: u32,
}

impl Step for WatchStep {
    fn name(&self) -> &'static str {
        "watch"
    }

    fn bindings(&self) -> Vec<Binding> {
        let [state, members, watch] = self.columns;
        vec![
            Binding::new(0, state, Access::Read).within(Reach::Own),
            Binding::new(1, members, Access::Read).within(Reach::Own),
            Binding::new(2, watch, Access::Update),
        ]
    }

    fn reads_links(&self) -> bool {
        false
    }

    fn modules(&self) -> Vec<Module> {
        vec![
            module!("part/work/state"),
            module!("part/growth/words"),
            module!("part/growth/watch").with("LOADED_FROM", self.load),
        ]
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        let (states, members, watch) = (view.own(0, &block), view.lanes(1), &mut *outputs[0][0]);
        let founders = (self.founders.clamp(block.start, block.end) - block.start) as usize;
        if founders == watch.len() && !any_has(states, u32::MAX << state::CLOSED_SHIFT) {
            // All are open, so that of none all agents are killed.
            look_at_open(states, self.load, watch);
            return;
        }
        // Nobody is gone of those that are there from the start.
        for (own, gone) in [(0..founders, 0), (founders..watch.len(), bits::GONE)] {
            let of = |lane: usize| &members.lane(lane)[block.start as usize..][own.clone()];
            let lanes: [&[u32]; MEMBERS as usize] = std::array::from_fn(of);
            look(&states[own.clone()], lanes, (self.load, gone), &mut watch[own.clone()]);
        }
    }

    fn describe(&self) -> String {
        format!("for how long at least {} tasks have been waiting, or none", self.load)
    }
}

/// For how long each cell has been loaded or idle now; where the first of its agents has the bit `gone` nobody is.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn look(states: &[u32], [a, b, c, d]: [&[u32]; MEMBERS as usize], (load, gone): (u32, u32), watch: &mut [u32]) {
    for (((((&state, &a), &b), &c), &d), watch) in states.iter().zip(a).zip(b).zip(c).zip(d).zip(watch) {
        let is_dead = a & b & c & d & bits::KILLED != 0;
        let now = counted(*watch, state, load) | if is_dead { watched::DEAD } else { 0 };
        *watch = if a & gone == 0 { now } else { 0 };
    }
}

/// The same of cells none of which is closed.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn look_at_open(states: &[u32], load: u32, watch: &mut [u32]) {
    for (&state, watch) in states.iter().zip(watch) {
        *watch = counted(*watch, state, load);
    }
}

/// For how long a cell has been loaded or idle now.
#[inline(always)]
fn counted(watch: u32, state: u32, load: u32) -> u32 {
    let (loaded, idle) = (watch & watched::LOADED, watch >> watched::IDLE_SHIFT);
    let is_loaded = state & state::QUEUED >= load;
    let loaded = if is_loaded {
        (loaded + 1).min(watched::LOADED)
    } else {
        0
    };
    let is_idle = state::load(state) == 0 && state & state::PARTED == 0;
    let idle = if is_idle { (idle + 1).min(watched::MOST_IDLE) } else { 0 };
    loaded | idle << watched::IDLE_SHIFT
}
