//! The rule `thresholds`: a node takes a task up the more readily the greater its stimulus is against its own threshold (Bonabeau,
//! Theraulaz, Deneubourg 1996), which may fall with doing and rise with not doing (Theraulaz, Bonabeau, Deneubourg 1998).

use crate::error::Error;
use crate::part::learning::reward::Given;
use crate::part::learning::rule::{Kept, Learns};
use crate::part::learning::site::Site;
use crate::part::learning::steps::{Response, ThresholdsStep};
use crate::plan::Extent;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A node that does nothing meets one of the tasks, each alike, and takes it up with the probability s² / (s² + θ²), s being its
/// stimulus and θ the node's threshold for it; one that does a task lays it down with the probability `quit`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// The least threshold at tick 0; a node has one for each task, drawn evenly.
    #[serde(default = "ten")]
    #[schemars(range(min = 0.0, max = 10_000.0))]
    pub low: f64,
    /// The greatest; the same as `low` if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 10_000.0))]
    pub high: Option<f64>,
    /// The probability to lay a task down.
    #[serde(default = "fifth")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub quit: f64,
    /// By how much a threshold falls each time while its task is done: ξ. With this and `forget` 0 thresholds are fixed.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1000.0))]
    pub learn: f64,
    /// By how much it rises each time while the task is not done: φ.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1000.0))]
    pub forget: f64,
    /// The least that a threshold may fall to.
    #[serde(default = "one")]
    #[schemars(range(min = 0.0, max = 10_000.0))]
    pub least: f64,
    /// The greatest that it may rise to.
    #[serde(default = "thousand")]
    #[schemars(range(min = 0.0, max = 10_000.0))]
    pub most: f64,
}

fn ten() -> f64 {
    10.0
}

fn fifth() -> f64 {
    0.2
}

fn one() -> f64 {
    1.0
}

fn thousand() -> f64 {
    1000.0
}

impl Thresholds {
    fn high(&self) -> f64 {
        self.high.unwrap_or(self.low)
    }

    fn check(&self) -> Result<(), Error> {
        let wide = [
            ("low", self.low, 10_000.0),
            ("high", self.high(), 10_000.0),
            ("quit", self.quit, 1.0),
            ("learn", self.learn, 1000.0),
            ("forget", self.forget, 1000.0),
            ("least", self.least, 10_000.0),
            ("most", self.most, 10_000.0),
        ];
        if let Some((key, value, most)) = wide.iter().find(|(_, value, most)| !(0.0..=*most).contains(value)) {
            let message = format!("is {value}; it is from 0 to {most}");
            return Err(Error::invalid(format!("learning.rule.{key}"), message));
        }
        for (key, low, high, above) in [
            ("low", self.low, self.high(), "high"),
            ("least", self.least, self.most, "most"),
        ] {
            if low > high {
                let message = format!("is {low}, above {above} = {high}; exchange the two");
                return Err(Error::invalid(format!("learning.rule.{key}"), message));
            }
        }
        Ok(())
    }

    fn is_adaptive(&self) -> bool {
        self.learn > 0.0 || self.forget > 0.0
    }
}

/// By how much thresholds have changed.
const CHANGES: Kept = Kept {
    column: "learning.thresholds",
    names: &[
        "threshold_1",
        "threshold_2",
        "threshold_3",
        "threshold_4",
        "threshold_5",
        "threshold_6",
        "threshold_7",
        "threshold_8",
        "threshold_9",
        "threshold_10",
        "threshold_11",
        "threshold_12",
        "threshold_13",
        "threshold_14",
        "threshold_15",
        "threshold_16",
    ],
    is_signed: true,
    about: "by how much the node's threshold for the task of this number has changed, in 2^-16",
};

impl Learns for Thresholds {
    fn plan(&self, site: &mut Site<'_, '_>, given: &Given) -> Result<(), Error> {
        self.check()?;
        let Given::Stimuli(stimuli) = given else {
            let message = "is thresholds, which responds to stimuli; take the reward stimulus, or the rule social";
            return Err(Error::invalid("learning.rule.kind", message));
        };
        let scaled = |value: f64| (value * 65_536.0).round() as u32;
        let response = Response {
            low: scaled(self.low),
            width: scaled(self.high()) - scaled(self.low),
            quit: (self.quit * 2_147_483_648.0).round() as u32,
            learn: scaled(self.learn),
            forget: scaled(self.forget),
            range: [scaled(self.least), scaled(self.most)],
            keys: [
                site.draft.key("learning.threshold"),
                site.draft.key("learning.response"),
            ],
        };
        let strategies = site.strategies;
        let learnt = match self.is_adaptive() {
            false => None,
            true => Some(site.draft.column(CHANGES.column, Extent::Words(strategies), false)),
        };
        if let Some(column) = learnt {
            site.keep(CHANGES, column, strategies);
        }
        site.draft
            .step(ThresholdsStep::new(site.base(), stimuli.column, learnt, response));
        Ok(())
    }

    fn kept(&self) -> Vec<Kept> {
        self.is_adaptive().then_some(CHANGES).into_iter().collect()
    }

    fn about(&self) -> String {
        let learns = match self.is_adaptive() {
            false => String::new(),
            true => format!(
                ", falling by {} with doing and rising by {} with not doing",
                self.learn, self.forget
            ),
        };
        format!(
            "thresholds: {} to {}{learns}; a task is laid down with {}",
            self.low,
            self.high(),
            self.quit
        )
    }
}
