//! For how long each cell has been loaded, or had nothing to do. Twin of `shaders/part/growth/watch.wgsl`.

use super::watched;
use crate::column::{Access, Binding, ColumnId, Reach};
use crate::fault::{MEMBERS, bits};
use crate::part::work::state;
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
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
        let members = view.lanes(1);
        for ((state, watch), cell) in view.own(0, &block).iter().zip(outputs[0][0].iter_mut()).zip(block) {
            if cell >= self.founders && members.at(0, cell as usize) & bits::GONE != 0 {
                *watch = 0;
                continue;
            }
            let (loaded, idle) = (*watch & watched::LOADED, *watch >> watched::IDLE_SHIFT);
            let loaded = if state & state::QUEUED >= self.load {
                (loaded + 1).min(watched::LOADED)
            } else {
                0
            };
            let is_idle = state::load(*state) == 0 && state & state::PARTED == 0;
            let idle = if is_idle { (idle + 1).min(watched::MOST_IDLE) } else { 0 };
            let is_dead = (0..MEMBERS as usize).all(|m| members.at(m, cell as usize) & bits::KILLED != 0);
            *watch = loaded | if is_dead { watched::DEAD } else { 0 } | idle << watched::IDLE_SHIFT;
        }
    }

    fn describe(&self) -> String {
        format!("for how long at least {} tasks have been waiting, or none", self.load)
    }
}
