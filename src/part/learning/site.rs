//! What rules and rewards share while a swarm is planned, and what their steps have in common.

use super::ledger;
use super::rule::Kept;
use super::work_mean::{Mean, MeanGauge};
use crate::column::{Access, Binding, ColumnId, Extent, Fold, Folded};
use crate::counters;
use crate::draft::Draft;
use crate::hear::ask::{Ask, From};
use crate::part::work::{Choice, Switch};
use crate::shader::{Module, module};
use crate::shown::{Shown, ShownKind};
use crate::step::View;

/// The learning part in the making.
#[derive(Debug)]
pub struct Site<'a, 'b> {
    /// Where columns and steps go.
    pub draft: &'a mut Draft<'b>,
    /// The doubled column of strategies.
    pub strategy: ColumnId,
    /// How many strategies there are.
    pub strategies: u32,
    /// In which ticks nodes decide.
    pub every: Every,
    /// What the swarm counts: see [`ledger`].
    pub ledger: ColumnId,
    /// What regret is added up in, of a bandit.
    pub account: Option<ColumnId>,
    /// Of work: what each strategy sets, what it takes to change it, and how the mean is believed.
    pub choices: Vec<Choice>,
    pub change: Switch,
    pub mean: Mean,
    /// Whether the strategies are accounted for.
    pub accounts: bool,
    /// Where they are accounted for, if they are: the counters, and the words of when.
    pub account_of_work: Option<[ColumnId; 2]>,
    /// The gauge of the believed mean, if there is one.
    pub mean_gauge: Option<MeanGauge>,
}

/// In which ticks nodes decide: the last of every so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Every(pub u32);

impl Every {
    /// Whether nodes decide in this tick.
    #[must_use]
    pub fn is_due(self, tick: u32) -> bool {
        tick % self.0.max(1) == self.0.max(1) - 1
    }
}

impl<'a, 'b> Site<'a, 'b> {
    pub(super) fn new(draft: &'a mut Draft<'b>, strategy: ColumnId, strategies: u32, every: u32) -> Self {
        let ledger = draft.column(
            "learning.ledger",
            Extent::Swarm(counters::words(ledger::COUNTERS)),
            false,
        );
        Self {
            draft,
            strategy,
            strategies,
            every: Every(every),
            ledger,
            account: None,
            choices: Vec::new(),
            change: Switch { ticks: 0, every },
            mean: Mean::default(),
            accounts: false,
            account_of_work: None,
            mean_gauge: None,
        }
    }

    /// Draws of nodes to look at.
    pub fn ask(&self, from: From) -> Ask {
        Ask::keyed(from, self.draft.key("learning.partner")[0])
    }

    /// Shows the words of a column that nodes remember in saved states.
    pub(super) fn keep(&mut self, kept: Kept, column: ColumnId, words: u32) {
        let kind = if kept.is_signed {
            ShownKind::Signed
        } else {
            ShownKind::Unsigned
        };
        for (at, &name) in (0..words).zip(kept.names) {
            let shown = Shown::new((name, "", kept.about), kind, vec![(column, at)], |words| Some(words[0]));
            self.draft.show(shown);
        }
    }

    /// What all steps that decide share.
    pub(super) fn base(&self) -> Base {
        Base {
            strategy: self.strategy,
            strategies: self.strategies,
            every: self.every,
            ledger: self.ledger,
        }
    }
}

/// What all steps that decide share: they read everybody's strategy, write their own next one, and count.
#[derive(Clone, Copy, Debug)]
pub struct Base {
    /// The strategies.
    pub strategy: ColumnId,
    /// How many there are.
    pub strategies: u32,
    /// When nodes decide.
    pub every: Every,
    /// What is counted.
    pub ledger: ColumnId,
}

impl Base {
    /// The strategies at the slots 0 and 1, the ledger at its own.
    pub fn bindings(&self) -> Vec<Binding> {
        vec![
            Binding::new(0, self.strategy, Access::Read),
            Binding::new(1, self.strategy, Access::Next),
            Binding::new(counters::SLOT, self.ledger, Access::Fold),
        ]
    }

    /// What is counted in the ledger.
    pub fn folds(&self) -> Vec<Folded> {
        let all = 0..counters::words(ledger::COUNTERS);
        vec![Folded::new(self.ledger, all, Fold::Add64)]
    }

    /// The shader's side: `note(place, asked, switched)` and `decides(i, tick)`.
    pub fn modules(&self) -> Vec<Module> {
        vec![
            counters::module(ledger::COUNTERS),
            module!("part/learning/note"),
            module!("part/learning/decides"),
        ]
    }

    /// Whether a node decides in a tick in which nodes do: it is its turn, and it is up and honest.
    #[inline(always)]
    pub fn decides(&self, view: &View<'_>, i: u32) -> bool {
        view.traffic.takes_part(i) && view.traffic.acts(i)
    }

    /// Adds to the ledger.
    pub fn note(&self, view: &View<'_>, asked: u64, switched: u64) {
        let Some(words) = view.folds.first() else { return };
        for (at, by) in [(ledger::ASKED, asked), (ledger::SWITCHED, switched)] {
            if by != 0 {
                counters::add64(words, ledger::COUNTERS as usize, at as usize, by);
            }
        }
    }

    /// Adds the switches between two states to the ledger, and so many looks.
    pub fn note_all(&self, view: &View<'_>, asked: u64, own: &[u32], next: &[u32]) {
        let switched = own
            .iter()
            .zip(next)
            .filter(|&(&own, &next)| is_switch(own, next))
            .count();
        self.note(view, asked, switched as u64);
    }
}

/// Whether a node went from one strategy to another.
#[inline(always)]
pub fn is_switch(own: u32, next: u32) -> bool {
    own != next && own != 0 && next != 0
}
