//! The reward `stimulus`: tasks that are called for the more the less is done of them, known to all (Bonabeau, Theraulaz, Deneubourg
//! 1996): a task's stimulus grows by δ a tick, and falls by α times the share of the nodes that do it.

use crate::error::Error;
use crate::fault::Domain;
use crate::part::learning::MOST;
use crate::part::learning::reward::{Given, Rewards};
use crate::part::learning::site::Site;
use crate::part::learning::steps::{StimulusStep, ToilStep};
use crate::plan::{ColumnId, Extent};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Tasks that are called for the more the less is done of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stimulus {
    /// How many tasks there are.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 16))]
    pub tasks: u32,
    /// By how much the stimulus of each grows a tick: δ.
    #[serde(default = "growth")]
    #[schemars(range(min = 0.0, max = 1000.0))]
    pub growth: f64,
    /// By how much it would fall if all nodes did the task: α.
    #[serde(default = "relief")]
    #[schemars(range(min = 0.001, max = 10_000.0))]
    pub relief: f64,
}

fn one() -> u32 {
    1
}

fn growth() -> f64 {
    1.0
}

fn relief() -> f64 {
    3.0
}

/// The stimuli.
#[derive(Clone, Copy, Debug)]
pub struct Stimuli {
    /// A word of the swarm for each task, in 2^-16.
    pub column: ColumnId,
}

/// The names of what is remembered for each task: its stimulus, and how many had done it when that was worked out.
const NAMES: [[&str; 2]; MOST] = [
    ["learning.stimulus_1", "learning.toil_1"],
    ["learning.stimulus_2", "learning.toil_2"],
    ["learning.stimulus_3", "learning.toil_3"],
    ["learning.stimulus_4", "learning.toil_4"],
    ["learning.stimulus_5", "learning.toil_5"],
    ["learning.stimulus_6", "learning.toil_6"],
    ["learning.stimulus_7", "learning.toil_7"],
    ["learning.stimulus_8", "learning.toil_8"],
    ["learning.stimulus_9", "learning.toil_9"],
    ["learning.stimulus_10", "learning.toil_10"],
    ["learning.stimulus_11", "learning.toil_11"],
    ["learning.stimulus_12", "learning.toil_12"],
    ["learning.stimulus_13", "learning.toil_13"],
    ["learning.stimulus_14", "learning.toil_14"],
    ["learning.stimulus_15", "learning.toil_15"],
    ["learning.stimulus_16", "learning.toil_16"],
];

impl Rewards for Stimulus {
    fn strategies(&self, _named: usize) -> Result<usize, Error> {
        Ok(self.tasks as usize)
    }

    fn domain(&self) -> Option<Domain> {
        // Nodes tell each other nothing.
        None
    }

    fn plan(&self, site: &mut Site<'_, '_>) -> Result<Given, Error> {
        if !(0.0..=1000.0).contains(&self.growth) {
            let message = format!("is {}; it is from 0 to 1000", self.growth);
            return Err(Error::invalid("learning.reward.growth", message));
        }
        if !(0.001..=10_000.0).contains(&self.relief) {
            let message = format!("is {}; it is from 0.001 to 10,000", self.relief);
            return Err(Error::invalid("learning.reward.relief", message));
        }
        let column = site.draft.column("learning.stimulus", Extent::Swarm(self.tasks), false);
        let toil = site.draft.column("learning.toil", Extent::Swarm(self.tasks), false);
        site.draft.step(ToilStep::new(site.base(), toil));
        for (task, names) in (0..self.tasks).zip(NAMES) {
            let step = StimulusStep::new(site, task, (column, toil), names, [self.growth, self.relief]);
            site.draft.step(step);
        }
        Ok(Given::Stimuli(Stimuli { column }))
    }

    fn about(&self) -> String {
        format!(
            "stimulus, {} tasks: each is called for by {} more a tick, and by {} less if all did it",
            self.tasks, self.growth, self.relief
        )
    }
}
