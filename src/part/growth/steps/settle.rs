//! What a newborn begins with, and what is left of one that is gone. Twin of `shaders/part/growth/settle.wgsl`.

use super::{any_has, event};
use crate::column::{Access, Binding, ColumnId, Reach};
use crate::fault::{MEMBERS, bits};
use crate::number::{multiply_high, threefry2x32};
use crate::part::work::state;
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
use std::ops::Range;

/// The columns of the step.
#[derive(Clone, Copy, Debug)]
pub struct Settled {
    /// What has happened to each cell.
    pub event: ColumnId,
    /// What children begin with.
    pub heritage: ColumnId,
    /// Who of its agents is up.
    pub members: ColumnId,
    /// Whether it is up, and on which side.
    pub status: ColumnId,
    /// What neighbours read of it.
    pub state: ColumnId,
    /// What it has learned, where that is inherited.
    pub strategy: Option<ColumnId>,
    /// How deep it is.
    pub depth: ColumnId,
    /// 1 + the tick of its birth.
    pub born: ColumnId,
}

/// The step and its parameters.
#[derive(Clone, Debug)]
pub struct SettleStep {
    /// The columns.
    pub columns: Settled,
    /// After so many ticks a newborn works.
    pub delay: u32,
    /// Of so many agents how many lie at the start: the share of newborn agents that do.
    pub liars: (u32, u32),
    /// What these draws depend on.
    pub key: [u32; 2],
}

impl Step for SettleStep {
    fn name(&self) -> &'static str {
        "settle"
    }

    fn bindings(&self) -> Vec<Binding> {
        let columns = &self.columns;
        let mut all = vec![
            Binding::new(0, columns.event, Access::Read).within(Reach::Own),
            // Of the parent.
            Binding::new(1, columns.heritage, Access::Read),
            Binding::new(2, columns.members, Access::Update),
            Binding::new(3, columns.status, Access::Update),
            Binding::new(4, columns.state, Access::Update),
            Binding::new(5, columns.depth, Access::Update),
            Binding::new(6, columns.born, Access::Update),
        ];
        all.extend(
            columns
                .strategy
                .map(|strategy| Binding::new(7, strategy, Access::Update)),
        );
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
        false
    }

    fn modules(&self) -> Vec<Module> {
        vec![
            module!("part/work/state"),
            module!("part/growth/words"),
            match self.columns.strategy {
                Some(_) => module!("part/growth/inherit"),
                None => module!("part/growth/inherit-none"),
            },
            module!("part/growth/settle")
                .with("DELAY", self.delay)
                .with("LIARS", self.liars.0)
                .with("AGENTS_AT_FIRST", self.liars.1)
                .with("LIARS_KEY", self.key[0])
                .with("LIARS_KEY_TOO", self.key[1]),
        ]
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        let [members, status, state, depth, born, strategy @ ..] = outputs.as_mut_slice() else {
            return;
        };
        let (status, state, depth, born) = (&mut *status[0], &mut *state[0], &mut *depth[0], &mut *born[0]);
        // Nothing happens to those who are there from the start, and to others hardly ever.
        if block.end <= view.topology.founders() {
            return;
        }
        if !any_has(view.own(0, &block), u32::MAX) && !any_has(state, state::YOUNG) {
            return;
        }
        let mut strategy = strategy.first_mut();
        let mut hold = |at: usize, word: u32| {
            if let Some(strategy) = &mut strategy {
                strategy[0][at] = word;
            }
        };
        for ((at, cell), &happened) in block.clone().enumerate().zip(view.own(0, &block)) {
            match happened {
                event::BORN => {
                    let parent = view.topology.parent(cell).unwrap_or(cell);
                    for (member, lane) in (0..).zip(members.iter_mut()) {
                        lane[at] = self.newborn(MEMBERS * cell + member, view.tick);
                    }
                    status[at] = view.word(1, 0, parent) & !(SIDES - 1);
                    hold(at, view.word(1, 1, parent));
                    depth[at] = view.word(1, 2, parent);
                    state[at] = if self.delay > 1 { state::YOUNG } else { 0 };
                    born[at] = view.tick + 1;
                }
                event::GONE => {
                    members.iter_mut().for_each(|lane| lane[at] = bits::KILLED | bits::GONE);
                    status[at] = bits::CRASHED;
                    hold(at, 0);
                    (depth[at], state[at], born[at]) = (0, 0, 0);
                }
                event::RETIRES => state[at] |= state::RETIRING,
                event::KEEPS => state[at] &= !state::RETIRING,
                _ if state[at] & state::YOUNG != 0 && view.tick + 2 - born[at] >= self.delay => {
                    state[at] &= !state::YOUNG;
                }
                _ => {}
            }
        }
    }

    fn describe(&self) -> String {
        format!("newborn cells work after {} ticks", self.delay)
    }
}

/// The first of the bits of sides.
const SIDES: u32 = 1 << bits::FIRST_SIDE;

impl SettleStep {
    /// The word of an agent that has come into being.
    fn newborn(&self, agent: u32, tick: u32) -> u32 {
        let (liars, agents) = self.liars;
        if liars == 0 {
            return 0;
        }
        let draw = threefry2x32(self.key, [agent, tick])[0];
        if multiply_high(draw, agents) < liars {
            bits::LIAR
        } else {
            0
        }
    }
}
