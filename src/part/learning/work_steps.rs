//! The steps of cells that learn from work: how each has fared, and whose strategy it takes over. Twins: `shaders/part/learning/fare.wgsl`,
//! `shaders/part/learning/social.wgsl` with `shaders/part/learning/told.wgsl`.

use super::rules::Social;
use super::site::{Base, Every};
use super::steps::Limits;
use crate::column::{Access, Binding, ColumnId, Folded};
use crate::fault::{MEMBERS, bits};
use crate::hear::ask::{Ask, From, NOBODY};
use crate::number::multiply_high;
use crate::part::work::choices::earned;
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
use std::ops::Range;

/// In what a cell tells: 1 for failure, 2 for success, and above, whether all its members are up, so that it may decide.
const WHOLE: u32 = 4;

/// At the end of an epoch: a cell's score, and whether it is at least what the cell believes the mean to be.
#[derive(Clone, Debug)]
pub struct FareStep {
    /// What was earned, three words a cell.
    pub earned: ColumnId,
    /// The score of the last whole epoch.
    pub score: ColumnId,
    /// What the cell tells of it.
    pub told: ColumnId,
    /// What it believes the mean to be.
    pub belief: ColumnId,
    /// Who of its agents is up, where anything goes wrong.
    pub members: Option<ColumnId>,
    /// The strategies, where cells have to remember what they held before a decision.
    pub before: Option<ColumnId>,
    /// What a wrong result that is found out takes.
    pub wrong: i32,
    /// When epochs end.
    pub every: Every,
}

impl Step for FareStep {
    fn name(&self) -> &'static str {
        "fare"
    }

    fn bindings(&self) -> Vec<Binding> {
        let mut all = vec![
            Binding::new(0, self.earned, Access::Update),
            Binding::new(1, self.score, Access::Update),
            Binding::new(2, self.told, Access::Update),
            Binding::new(3, self.belief, Access::Read),
        ];
        all.extend(self.members.map(|members| Binding::new(4, members, Access::Read)));
        all.extend(self.before.map(|strategy| Binding::new(5, strategy, Access::Read)));
        all
    }

    fn reads_links(&self) -> bool {
        false
    }

    fn modules(&self) -> Vec<Module> {
        let whole = match self.members {
            Some(_) => module!("part/learning/whole-members").with("MEMBERS", MEMBERS),
            None => module!("part/learning/whole-all"),
        };
        let before = match self.before {
            Some(_) => module!("part/learning/fare-before"),
            None => module!("part/learning/fare-before-none"),
        };
        vec![
            whole,
            before,
            module!("part/learning/fare").with("WRONG", self.wrong as u32),
        ]
    }

    /// Whoever comes to a place finds there what it tells until the next epoch.
    fn visits_places(&self) -> bool {
        true
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        let beliefs = view.reads[0];
        let members = self.members.map(|_| view.lanes(1));
        let before = self.before.and_then(|_| view.reads.last());
        let [earned_of, score, told] = outputs.as_mut_slice() else {
            return;
        };
        let (score, told) = (&mut *score[0], &mut *told[0]);
        for (l, i) in block.map(|i| i as usize).enumerate() {
            let found = earned_of[earned::FOUND_BEFORE][l];
            let next = (earned_of[earned::NOW][l] as i32).wrapping_sub(self.wrong.wrapping_mul(found as i32));
            earned_of[earned::FOUND_BEFORE][l] = earned_of[earned::FOUND][l];
            earned_of[earned::FOUND][l] = 0;
            earned_of[earned::NOW][l] = 0;
            if let Some(strategies) = before {
                earned_of[earned::BEFORE][l] = strategies[i];
            }
            let is_up = |m: usize| members.is_none_or(|members| members.at(m, i) & bits::DOWN == 0);
            let is_whole = (0..MEMBERS as usize).all(is_up);
            score[l] = next as u32;
            told[l] = 1 + u32::from(next >= beliefs[i] as i32) + if is_whole { WHOLE } else { 0 };
        }
    }

    fn rests(&self, tick: u32) -> bool {
        !self.every.is_due(tick)
    }

    fn describe(&self) -> String {
        format!(
            "every {} ticks: scores, and whether each is at least what its cell believes the mean to be",
            self.every.0
        )
    }
}

/// As the rule `social` of bandits, but what succeeds is told by cells.
#[derive(Clone, Debug)]
pub struct ToldStep {
    base: Base,
    ask: Ask,
    told: ColumnId,
    limits: Limits,
}

impl ToldStep {
    /// The step of a rule whose probabilities are in range.
    pub(super) fn new(base: Base, ask: Ask, told: ColumnId, rule: &Social) -> Self {
        Self {
            base,
            ask,
            told,
            limits: Limits::new(rule.explore, rule.adopt),
        }
    }

    /// What i, which holds `own`, holds next; and how many it looked at.
    fn next(&self, view: &View<'_>, i: u32, own: u32) -> (u32, u32) {
        let [a, b] = self.ask.pair(i, view.tick);
        let (strategies, told, draw) = (view.reads[0], view.reads[1], b >> 1);
        let explores = draw < self.limits.explores;
        let (option, whose) = if explores {
            (1 + multiply_high(a, self.base.strategies), i)
        } else {
            match self.ask.pick(view, i, a) {
                NOBODY => (0, i),
                j => (strategies[j as usize], j),
            }
        };
        let asked = u32::from(!explores);
        if option == 0 {
            return (own, asked);
        }
        let word = told[whose as usize] & 3;
        let succeeds = (if whose == i {
            word
        } else {
            view.traffic.told(whose, i, word, word)
        }) == 2;
        let limits = if explores {
            self.limits.explored
        } else {
            self.limits.copied
        };
        let next = if draw < limits[usize::from(succeeds)] {
            option
        } else {
            own
        };
        (next, asked)
    }
}

impl Step for ToldStep {
    fn name(&self) -> &'static str {
        "social"
    }

    fn bindings(&self) -> Vec<Binding> {
        let mut bindings = self.base.bindings();
        bindings.push(Binding::new(5, self.told, Access::Read));
        bindings
    }

    fn folds(&self) -> Vec<Folded> {
        self.base.folds()
    }

    fn reads_links(&self) -> bool {
        self.ask.from() == From::Neighbours
    }

    fn hears(&self) -> bool {
        true
    }

    fn modules(&self) -> Vec<Module> {
        let mut modules = self.base.modules();
        // A cell decides only while all its members are up.
        modules.retain(|module| module.name != "part/learning/decides");
        modules.push(self.ask.module());
        modules.push(module!("part/learning/told"));
        modules.push(
            module!("part/learning/social")
                .with("STRATEGIES", self.base.strategies)
                .with("LOOKS", 1)
                .with("SITS_OUT", 0)
                .with("EXPLORES", self.limits.explores)
                .with("EXPLORED_BAD", self.limits.explored[0])
                .with("EXPLORED_GOOD", self.limits.explored[1])
                .with("COPIED_BAD", self.limits.copied[0])
                .with("COPIED_GOOD", self.limits.copied[1]),
        );
        modules
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        let next = &mut *outputs[0][0];
        let own = &view.reads[0][block.start as usize..block.end as usize];
        let mut asked = 0;
        for ((i, next), &own) in block.zip(next.iter_mut()).zip(own) {
            *next = own;
            if self.base.decides(view, i) && view.reads[1][i as usize] & WHOLE != 0 {
                let looks;
                (*next, looks) = self.next(view, i, own);
                asked += u64::from(looks);
            }
        }
        self.base.note_all(view, asked, own, next);
    }

    fn rests(&self, tick: u32) -> bool {
        !self.base.every.is_due(tick)
    }

    fn describe(&self) -> String {
        "looks at another cell's strategy, or tries any; adopts what fares well more readily".to_owned()
    }
}
