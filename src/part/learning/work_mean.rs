//! What cells believe the mean score to be: dynamic average consensus or trimmed means over their network, in some ticks.

use super::site::{Every, Site};
use crate::column::{Access, Binding, ColumnId, Extent, Folded, Reach, Space};
use crate::error::Error;
use crate::gauge::{Accumulator, Figure, Figures, Gauge, Indicator, Measurement, Reading, Seen, Tally};
use crate::part::average::{AverageStep, Rounding};
use crate::part::consensus::{BeliefGauge, Beliefs};
use crate::part::tracking::TrackStep;
use crate::part::trimmed::{MOST_FAULTS, TrimmedStep};
use crate::shader::{Module, module};
use crate::shown::Shown;
use crate::step::{Bounds, Outputs, Scratch, Step, View};
use crate::timing::Schedule;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// How the swarm's mean success is believed.
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
    /// With rule = "trimmed": how many beliefs a cell drops on either side of its own, 1 if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 32))]
    pub faults: Option<u32>,
}

/// The rules by which it is believed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MeanRule {
    /// A belief gains what the cell's score gains, and beliefs diffuse (Spanos, Olfati-Saber, Murray 2005).
    #[default]
    Tracking,
    /// As the rule `trimmed`: a belief restarts from the cell's own score after each epoch, and moves to the mean of what remains when the
    /// greatest and the least beliefs of neighbours are dropped (W-MSR: LeBlanc, Zhang, Koutsoukos, Sundaram 2013). It never leaves the range
    /// of the scores; it need not be their mean.
    Trimmed,
}

fn sixteen() -> u32 {
    16
}

impl Default for Mean {
    fn default() -> Self {
        Self {
            rule: MeanRule::Tracking,
            every: sixteen(),
            faults: None,
        }
    }
}

/// Adds the columns and steps by which cells believe the mean of `score`; returned is the column of the beliefs.
///
/// # Errors
/// [`Error::Invalid`] naming the key of `learning.mean` that does not fit.
pub(super) fn mean(site: &mut Site<'_, '_>, score: ColumnId) -> Result<ColumnId, Error> {
    let every = site.mean.every;
    match (site.mean.rule, site.mean.faults) {
        (MeanRule::Trimmed, faults) => return trimmed(site, every, faults.unwrap_or(1)),
        (MeanRule::Tracking, Some(_)) => {
            let message = "is of the rule trimmed, but learning.mean.rule is tracking, which drops nothing; leave it out, or take trimmed";
            return Err(Error::invalid("learning.mean.faults", message));
        }
        (MeanRule::Tracking, None) => {}
    }
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
    // Scores are far from the ends of the range of beliefs.
    let destroyed = draft.destroyed_by_faults();
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
    Ok(belief)
}

/// The same by trimmed means; [`RestartStep`] has each epoch begin anew.
fn trimmed(site: &mut Site<'_, '_>, every: u32, faults: u32) -> Result<ColumnId, Error> {
    let draft = &mut *site.draft;
    let largest = draft.topology().largest_degree();
    if faults > MOST_FAULTS || faults > 0 && 2 * faults >= largest {
        let most = MOST_FAULTS.min(largest.saturating_sub(1) / 2);
        let message = format!(
            "is {faults}, so that {} neighbours may be dropped, but no cell has more than {largest}; take at most {most}, or a network with more \
             links",
            2 * faults
        );
        return Err(Error::invalid("learning.mean.faults", message));
    }
    let belief = draft.column("learning.mean.belief", Extent::Node, true);
    draft.show(Shown::signed(
        "believed_mean",
        "",
        "what the cell believes the mean score to be",
        belief,
    ));
    draft.step(Seldom {
        step: TrimmedStep::new(faults, belief),
        every,
    });
    site.mean_gauge = Some(MeanGauge(BeliefGauge::of(belief, site.draft.has_faults())));
    Ok(belief)
}

/// At the end of an epoch beliefs begin anew, from each cell's own score. Twin: `shaders/part/learning/restart.wgsl`.
#[derive(Clone, Debug)]
pub struct RestartStep {
    /// The scores.
    pub score: ColumnId,
    /// The beliefs.
    pub belief: ColumnId,
    /// When epochs end.
    pub every: Every,
}

impl Step for RestartStep {
    fn name(&self) -> &'static str {
        "restart"
    }

    fn bindings(&self) -> Vec<Binding> {
        vec![
            Binding::new(0, self.score, Access::Read).within(Reach::Own),
            Binding::new(1, self.belief, Access::Next),
        ]
    }

    fn reads_links(&self) -> bool {
        false
    }

    fn modules(&self) -> Vec<Module> {
        vec![module!("part/learning/restart")]
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, _scratch: &mut Scratch) {
        let scores = &view.reads[0][block.start as usize..block.end as usize];
        outputs[0][0].copy_from_slice(scores);
    }

    fn rests(&self, tick: u32) -> bool {
        !self.every.is_due(tick)
    }

    fn describe(&self) -> String {
        format!(
            "every {} ticks: beliefs begin anew from the cells' own scores",
            self.every.0
        )
    }
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
        self.0.is_conserved
    }

    fn audit(&self, first: &Measurement, row: &Measurement) -> Result<(), Error> {
        let (Some(first), Some(now)) = (first.get::<Believed>(), row.get::<Believed>()) else {
            return Ok(());
        };
        // Trimmed means keep no sum.
        if !self.0.is_conserved {
            return Ok(());
        }
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
