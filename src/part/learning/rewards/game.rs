//! The reward `game`: what a node's strategy brings it against those of its neighbours, added up over its links. Twin of the payoffs'
//! reading: `shaders/part/learning/payoff-*.wgsl`.

use super::bandit::Bits;
use crate::error::Error;
use crate::fault::Domain;
use crate::part::learning::MOST;
use crate::part::learning::reward::{Given, Rewards};
use crate::part::learning::site::Site;
use crate::part::learning::steps::PlayStep;
use crate::plan::{Access, Binding, ColumnId, Extent};
use crate::scenario::BELIEF_LIMIT;
use crate::shader::{Module, module};
use crate::step::View;
use crate::words::Words;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A game that nodes play with all their neighbours.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Game {
    /// What a strategy (its row) brings against another (its column): whole numbers, as many rows as columns.
    #[schemars(length(min = 1, max = 16), inner(length(min = 1, max = 16)))]
    pub payoffs: Vec<Vec<i32>>,
    /// Whether a node plays with itself, too.
    #[serde(default, rename = "self")]
    pub with_self: bool,
}

/// Where a payoff comes from.
#[derive(Clone, Debug)]
pub enum Payoffs {
    /// A column of them.
    Column(ColumnId),
    /// 1 for success, 0 for failure.
    Bits(Bits),
}

impl Payoffs {
    /// What node j's strategy brings it. `reads` is the place of the column among those that the step reads.
    #[inline]
    #[must_use]
    pub fn of(&self, view: &View<'_>, reads: usize, j: u32, option: u32) -> i32 {
        match self {
            Self::Column(_) => view.reads[reads][j as usize] as i32,
            Self::Bits(bits) => i32::from(bits.succeeds(j, option, view.tick)),
        }
    }

    /// What i, whose payoff is `own`, hears of it.
    #[inline]
    #[must_use]
    pub fn told(&self, view: &View<'_>, reads: usize, (j, i): (u32, u32), option: u32, own: i32) -> i32 {
        match self {
            Self::Column(_) => {
                let word = view.reads[reads][j as usize];
                view.traffic.told(j, i, word, own as u32) as i32
            }
            Self::Bits(bits) => i32::from(bits.told(&view.traffic, (j, i), option)),
        }
    }

    /// What the step binds besides.
    pub fn bindings(&self) -> Vec<Binding> {
        match self {
            Self::Column(column) => vec![Binding::new(4, *column, Access::Read)],
            Self::Bits(bits) => bits.bindings(),
        }
    }

    /// The shader's side: `payoff` and `told_payoff`.
    pub fn modules(&self) -> Vec<Module> {
        match self {
            Self::Column(_) => vec![module!("part/learning/payoff-column")],
            Self::Bits(bits) => {
                let mut modules = bits.modules();
                modules.push(module!("part/learning/payoff-bit"));
                modules
            }
        }
    }
}

impl Game {
    /// The greatest payoff or loss of one game.
    fn greatest(&self) -> u32 {
        self.payoffs
            .iter()
            .flatten()
            .map(|payoff| payoff.unsigned_abs())
            .max()
            .unwrap_or(0)
    }

    fn check(&self, degree: u32) -> Result<(), Error> {
        let key = "learning.reward.payoffs";
        let rows = self.payoffs.len();
        if let Some((at, row)) = self.payoffs.iter().enumerate().find(|(_, row)| row.len() != rows) {
            let message = format!(
                "has {} numbers, but there are {rows} rows; give each as many",
                row.len()
            );
            return Err(Error::invalid(format!("{key}[{at}]"), message));
        }
        let games = u64::from(degree) + u64::from(self.with_self);
        let (greatest, limit) = (u64::from(self.greatest()), BELIEF_LIMIT as u64);
        if greatest * games > limit {
            let message = format!(
                "has {greatest}, which {games} games of a node could add up to {}; at most {limit} is possible: take payoffs up to {}",
                greatest * games,
                limit / games.max(1)
            );
            return Err(Error::invalid(key, message));
        }
        Ok(())
    }
}

impl Rewards for Game {
    fn strategies(&self, _named: usize) -> Result<usize, Error> {
        let rows = self.payoffs.len();
        if rows > MOST {
            let message = format!("has {rows} rows; at most {MOST} are possible");
            return Err(Error::invalid("learning.reward.payoffs", message));
        }
        Ok(rows)
    }

    fn domain(&self) -> Option<Domain> {
        // A payoff, within the range of beliefs.
        Some(Domain::Belief)
    }

    fn plan(&self, site: &mut Site<'_, '_>) -> Result<Given, Error> {
        self.check(site.draft.topology().largest_degree())?;
        let words: Vec<u32> = self.payoffs.iter().flatten().map(|&payoff| payoff as u32).collect();
        let table = site
            .draft
            .column("learning.payoffs", Extent::Table(words.len() as u32), false);
        site.draft.first(table, Words::from(&*words));
        let payoff = site.draft.column("learning.payoff", Extent::Node, false);
        site.draft.show(crate::shown::Shown::signed(
            "payoff",
            "",
            "what the node's strategy brought it before the last decision",
            payoff,
        ));
        site.draft
            .step(PlayStep::new(site.base(), payoff, (table, words), self.with_self));
        Ok(Given::Payoff(Payoffs::Column(payoff)))
    }

    fn about(&self) -> String {
        let with_self = if self.with_self { ", and with itself" } else { "" };
        format!(
            "a game of {} strategies with every neighbour{with_self}",
            self.payoffs.len()
        )
    }
}
