//! Which cell asks for a family, and which family goes. Twin of `shaders/part/growth/decide.wgsl`.
//!
//! A cell that asks puts down what its children begin with, since nobody else knows in time who they are.

use super::{any_has, watched, wish};
use crate::column::{Access, Binding, ColumnId, Reach};
use crate::part::work::state;
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
use crate::topology::FAMILY;
use multiversion::multiversion;
use std::ops::Range;

/// The columns of the step.
#[derive(Clone, Copy, Debug)]
pub struct Decided {
    /// What neighbours read of a cell.
    pub state: ColumnId,
    /// For how long it has been loaded or idle.
    pub watch: ColumnId,
    /// How deep it is.
    pub depth: ColumnId,
    /// When it asks again, three words.
    pub pause: ColumnId,
    /// What it decides.
    pub wish: ColumnId,
    /// What its children begin with: sides of walls, strategy, depth.
    pub heritage: ColumnId,
    /// Who is up, and on which side.
    pub status: ColumnId,
    /// What it has learned, where that is inherited.
    pub strategy: Option<ColumnId>,
}

/// When a family goes.
#[derive(Clone, Copy, Debug)]
pub struct Retirement {
    /// After so many ticks without a task at any of its cells.
    pub idle: u32,
    /// When it holds with its parent at most so many tasks.
    pub load: u32,
}

/// The step and its parameters.
#[derive(Clone, Debug)]
pub struct DecideStep {
    /// The columns.
    pub columns: Decided,
    /// How many cells are there from the start.
    pub founders: u32,
    /// After so many loaded ticks a cell asks.
    pub after: u32,
    /// The depth of cells that do not.
    pub deepest: u32,
    /// When families go.
    pub retire: Retirement,
}

impl Step for DecideStep {
    fn name(&self) -> &'static str {
        "decide"
    }

    fn bindings(&self) -> Vec<Binding> {
        let columns = &self.columns;
        let own = |slot, column| Binding::new(slot, column, Access::Read).within(Reach::Own);
        let mut all = vec![
            // Of the children.
            Binding::new(0, columns.state, Access::Read),
            Binding::new(1, columns.watch, Access::Read),
            own(2, columns.depth),
            own(3, columns.pause),
            own(4, columns.status),
        ];
        all.extend(columns.strategy.map(|strategy| own(5, strategy)));
        all.extend([
            Binding::new(6, columns.wish, Access::Update),
            Binding::new(7, columns.heritage, Access::Update),
        ]);
        all
    }

    fn visits_places(&self) -> bool {
        true
    }

    fn rests_at_places(&self, _: &View<'_>) -> bool {
        true
    }

    fn always_rests_at_places(&self) -> bool {
        true
    }

    fn reads_links(&self) -> bool {
        // Whose children are whose it is told by the network, but it walks no link.
        false
    }

    fn modules(&self) -> Vec<Module> {
        vec![
            module!("part/work/state"),
            module!("part/growth/words"),
            match self.columns.strategy {
                Some(_) => module!("part/growth/strategy"),
                None => module!("part/growth/strategy-none"),
            },
            module!("part/growth/decide")
                .with("AFTER", self.after)
                .with("DEEPEST", self.deepest)
                .with("RETIRE_IDLE", self.retire.idle)
                .with("RETIRE_LOAD", self.retire.load),
        ]
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        let (status, strategy) = (view.reads[4], self.columns.strategy.map(|_| view.reads[5]));
        let [wishes, heritage] = outputs.as_mut_slice() else {
            return;
        };
        // Nobody inherits anything but of those who ask.
        let had_asked = any_has(&*wishes[0], wish::ASKS);
        let mut nobody_asks = || {
            if had_asked {
                heritage.iter_mut().for_each(|lane| lane.fill(0));
            }
        };
        if block.start >= self.founders
            && let Some([parents, _]) = view.topology.kin()
            && !any_has(&parents[block.start as usize..block.end as usize], u32::MAX)
        {
            // Nobody is there: families of places are free, and that is all.
            for (word, cell) in wishes[0].iter_mut().zip(block) {
                let is_first = (cell - self.founders).is_multiple_of(FAMILY);
                *word = if is_first { wish::FREE } else { 0 };
            }
            return nobody_asks();
        }
        let (states, watches) = (view.own(0, &block), view.own(1, &block));
        let may_ask = calm(states, watches, self.after, &mut *wishes[0]);
        if may_ask {
            let own = Own {
                states,
                watches,
                depths: view.own(2, &block),
                again: &view.lanes(3).lane(0)[block.start as usize..block.end as usize],
            };
            alone(&own, (self.after, self.deepest, view.tick), &mut *wishes[0]);
        }
        // Of those with a family, and places where nobody is, few are among many.
        if let Some([parents, families_of]) = view.topology.kin() {
            let range = block.start as usize..block.end as usize;
            let (parents, families) = (&parents[range.clone()], &families_of[range]);
            let has_places = block.end > self.founders;
            if has_places || view.topology.alone().is_none() && any_has(families, u32::MAX) {
                for ((at, cell), (&parent, &family)) in block.clone().enumerate().zip(parents.iter().zip(families)) {
                    if family != 0 {
                        wishes[0][at] = self.of_family(view, families_of, cell, family);
                    } else if cell >= self.founders && parent == 0 {
                        let is_first = (cell - self.founders).is_multiple_of(FAMILY);
                        wishes[0][at] = if is_first { wish::FREE } else { 0 };
                    }
                }
            }
        }
        if !may_ask || !any_has(&*wishes[0], wish::ASKS) {
            return nobody_asks();
        }
        for (at, cell) in block.enumerate() {
            let wish = wishes[0][at];
            let asks = wish & wish::ASKS;
            let words = match asks {
                0 => [0; 3],
                _ => [
                    status[cell as usize],
                    strategy.map_or(0, |words| words[cell as usize]),
                    asks,
                ],
            };
            for (lane, word) in heritage.iter_mut().zip(words) {
                lane[at] = word;
            }
        }
    }

    fn describe(&self) -> String {
        format!(
            "a family is asked for after {} loaded ticks, and goes after {} idle ones, or with at most {} tasks",
            self.after, self.retire.idle, self.retire.load
        )
    }
}

impl DecideStep {
    /// What becomes of a cell's family.
    fn of_family(&self, view: &View<'_>, families: &[u32], cell: u32, family: u32) -> u32 {
        let (states, watches) = (view.reads[0], view.reads[1]);
        let children = family..family + FAMILY;
        if any_has(&families[family as usize..(family + FAMILY) as usize], u32::MAX) {
            return 0;
        }
        let own = states[cell as usize];
        let is_down = own >> state::CLOSED_SHIFT != 0;
        let all = |holds: &dyn Fn(u32, u32) -> bool| {
            children
                .clone()
                .all(|child| holds(states[child as usize], watches[child as usize]))
        };
        let held_by = |state: u32| state::load(state) + u32::from(state & state::PARTED != 0);
        let held: u32 = children.clone().map(|child| held_by(states[child as usize])).sum();
        if held == 0 && all(&|state, watch| state & state::ABANDONED != 0 && watch & watched::DEAD != 0) {
            return wish::GOES | wish::LOST;
        }
        if states[family as usize] & state::RETIRING != 0 {
            return match (is_down, held) {
                (true, _) => wish::KEEPS,
                (false, 0) => wish::GOES,
                (false, _) => 0,
            };
        }
        let is_young = states[family as usize] & state::YOUNG != 0;
        // What it has for children, or does for its parent, they do.
        let busy = state::APART | state::DELEGATED | state::PARTED;
        if is_down || own & busy != 0 || is_young {
            return 0;
        }
        let idle = all(&|_, watch| watch >> watched::IDLE_SHIFT >= self.retire.idle);
        if idle || held + state::load(own) <= self.retire.load {
            wish::RETIRES
        } else {
            0
        }
    }
}

/// Some cells' own words.
struct Own<'a> {
    states: &'a [u32],
    watches: &'a [u32],
    depths: &'a [u32],
    /// When each asks again.
    again: &'a [u32],
}

/// What cells without families decide if none of them wants one, and whether any does.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn calm(states: &[u32], watches: &[u32], after: u32, wishes: &mut [u32]) -> bool {
    let mut any_wants = 0;
    for ((&state, &watch), wish) in states.iter().zip(watches).zip(wishes) {
        let loaded = watch & watched::LOADED;
        any_wants |= u32::from(loaded >= after) | (state & state::WANTS);
        let is_calm = u32::from(loaded == 0) & u32::from(state & state::WANTS == 0);
        *wish = is_calm * wish::CALM;
    }
    any_wants != 0
}

/// What cells without families decide.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn alone(own: &Own<'_>, (after, deepest, tick): (u32, u32, u32), wishes: &mut [u32]) {
    let all = own.states.iter().zip(own.watches).zip(own.depths).zip(own.again);
    for ((((&state, &watch), &depth), &again), wish) in all.zip(wishes) {
        let loaded = watch & watched::LOADED;
        let wants = u32::from(loaded >= after) | u32::from(state & state::WANTS != 0);
        let can = u32::from(state & state::APART == 0) & u32::from(state >> state::CLOSED_SHIFT == 0);
        let asks = wants & can & u32::from(depth < deepest) & u32::from(tick >= again);
        let is_calm = u32::from(loaded == 0) & u32::from(state & state::WANTS == 0);
        *wish = (asks * (1 + depth)) | (is_calm * wish::CALM);
    }
}
