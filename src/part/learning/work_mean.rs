//! What cells believe the mean score to be: dynamic average consensus over their network, in some ticks.

use super::site::Site;
use crate::column::{Binding, ColumnId, Folded, Reach, Space};
use crate::error::Error;
use crate::gauge::{Accumulator, Figure, Figures, Gauge, Indicator, Measurement, Reading, Seen, Tally};
use crate::part::average::{AverageStep, Rounding};
use crate::part::consensus::{BeliefGauge, Beliefs};
use crate::part::tracking::TrackStep;
use crate::shader::Module;
use crate::shown::Shown;
use crate::step::{Bounds, Outputs, Scratch, Step, View};
use crate::timing::Schedule;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// How the swarm's mean success is believed: by dynamic average consensus, whose sum is that of the scores to the unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mean {
    /// The rule.
    #[serde(default)]
    pub rule: MeanRule,
    /// Ticks between exchanges.
    #[serde(default = "sixteen")]
    #[schemars(range(min = 1, max = 65_536))]
    pub every: u32,
}

/// The rules by which it is believed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MeanRule {
    /// A belief gains what the cell's score gains, and beliefs diffuse (Spanos, Olfati-Saber, Murray 2005).
    #[default]
    Tracking,
}

fn sixteen() -> u32 {
    16
}

impl Default for Mean {
    fn default() -> Self {
        Self {
            rule: MeanRule::Tracking,
            every: sixteen(),
        }
    }
}

/// Adds the columns and steps by which cells believe the mean of `score`; returned is the column of the beliefs.
pub(super) fn mean(site: &mut Site<'_, '_>, score: ColumnId) -> ColumnId {
    let every = site.mean.every;
    let draft = &mut *site.draft;
    let belief = draft.conserved([
        "learning.mean.belief",
        "learning.mean.injected",
        "learning.mean.destroyed",
    ]);
    let about = ("believed_mean", "", "what the cell believes the mean score to be");
    draft.show(Shown::signed(about.0, about.1, about.2, belief));
    let seen = draft.basis("learning.mean.seen");
    let injected = draft.injected();
    let key = draft.key("learning.mean")[0];
    let average = AverageStep::new(Rounding::Random, draft.topology(), key, belief, None).with_ledger(injected);
    draft.step(Seldom {
        step: TrackStep::new(score, belief, seen),
        every,
    });
    draft.step(Seldom { step: average, every });
    let destroyed = draft.destroyed();
    let (has_faults, lies_change) = (draft.has_faults(), draft.lies_change());
    site.mean_gauge = Some(MeanGauge(BeliefGauge {
        belief,
        has_faults,
        is_conserved: true,
        basis: Some(seen),
        injected,
        destroyed,
        lies_change,
    }));
    belief
}

/// A step that is done in the last tick of every so many.
#[derive(Clone, Debug)]
struct Seldom<S> {
    step: S,
    every: u32,
}

impl<S: Step> Step for Seldom<S> {
    fn name(&self) -> &'static str {
        self.step.name()
    }

    fn bindings(&self) -> Vec<Binding> {
        self.step.bindings()
    }

    fn space(&self) -> Space {
        self.step.space()
    }

    fn reads_links(&self) -> bool {
        self.step.reads_links()
    }

    fn hears(&self) -> bool {
        self.step.hears()
    }

    fn modules(&self) -> Vec<Module> {
        self.step.modules()
    }

    fn schedule(&self) -> Option<Schedule> {
        // All cells exchange in the same ticks.
        Some(Schedule::Always)
    }

    fn folds(&self) -> Vec<Folded> {
        self.step.folds()
    }

    fn grain(&self) -> u32 {
        self.step.grain()
    }

    fn turns(&self, bounds: Bounds) -> u64 {
        self.step.turns(bounds)
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, scratch: &mut Scratch) {
        self.step.run(view, block, outputs, scratch);
    }

    fn rests(&self, tick: u32) -> bool {
        tick % self.every != self.every - 1
    }

    fn describe(&self) -> String {
        format!("every {} ticks: {}", self.every, self.step.describe())
    }
}

/// Reads what cells believe the mean score to be.
#[derive(Clone, Debug)]
pub struct MeanGauge(BeliefGauge);

/// What cells believe the mean score to be: figures of beliefs.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Believed(pub Beliefs);

impl Figures for Believed {
    fn figures(&self) -> Vec<Figure> {
        self.0.figures()
    }
}

impl Gauge for MeanGauge {
    fn name(&self) -> &'static str {
        "learning.mean"
    }

    fn columns(&self) -> Vec<(u32, ColumnId)> {
        self.0.columns()
    }

    fn reach(&self) -> Reach {
        self.0.reach()
    }

    fn accumulators(&self) -> Vec<Accumulator> {
        self.0.accumulators()
    }

    fn modules(&self) -> Vec<Module> {
        self.0.modules()
    }

    fn add(&self, seen: &Seen<'_>, nodes: Range<u32>, tally: &mut Tally) {
        self.0.add(seen, nodes, tally);
    }

    fn indicators(&self) -> Vec<Indicator> {
        self.0.indicators()
    }

    fn reading(&self, tally: &Tally, ticks: u32) -> Reading {
        match self.0.reading(tally, ticks).get::<Beliefs>() {
            Some(beliefs) => Reading::new(self.name(), Believed(beliefs.clone())),
            None => self.0.reading(tally, ticks),
        }
    }

    fn is_conserved(&self) -> bool {
        true
    }

    fn audit(&self, first: &Measurement, row: &Measurement) -> Result<(), Error> {
        let (Some(first), Some(now)) = (first.get::<Believed>(), row.get::<Believed>()) else {
            return Ok(());
        };
        // What is there less what came and what went is as at first.
        let net = |of: &Beliefs| {
            i128::from(of.sum) + i128::from(of.kept) - i128::from(of.injected) + i128::from(of.forgotten)
                - i128::from(of.inputs)
        };
        if net(&now.0) == net(&first.0) {
            return Ok(());
        }
        Err(Error::Audit {
            tick: row.tick,
            quantity: "the sum of believed means less the scores",
            expected: net(&first.0),
            found: net(&now.0),
        })
    }
}
