//! Runs that are done elsewhere: what whoever does them is told, and answers.

use super::engine::{Outcome, run};
use super::figure::FigureSpec;
use crate::device::{Device, Halt};
use crate::error::Error;
use crate::scenario::{Document, Registry, Scenario};
use serde::{Deserialize, Serialize};
use std::fmt::Debug;

/// Somebody who does runs of a study elsewhere, one at a time.
pub trait Hand: Send + Sync + Debug {
    /// Has [`done`] done elsewhere with this order, and answers what it does; nothing if an end was asked for meanwhile.
    ///
    /// # Errors
    /// Why it could not be done at all.
    fn ask(&self, order: &str, halt: &Halt) -> Option<Result<String, String>>;
}

/// What is to be run.
#[derive(Serialize, Deserialize)]
struct Order {
    scenario: String,
    figures: Vec<FigureSpec>,
    twin: bool,
}

/// What came of it. Figures are told by their bits, so that none is another afterwards.
#[derive(Serialize, Deserialize)]
enum Answer {
    Done {
        figures: Vec<Option<u64>>,
        fingerprint: String,
    },
    GivenUp,
    Failed(String),
}

/// What is to be run, as a text.
///
/// # Errors
/// [`Error::Invalid`] if the scenario holds what no text can.
pub(crate) fn order(scenario: &Scenario, figures: &[FigureSpec], twin: bool) -> Result<String, Error> {
    let order = Order {
        scenario: scenario.to_toml()?,
        figures: figures.to_vec(),
        twin,
    };
    serde_json::to_string(&order).map_err(|error| Error::invalid("the study", error.to_string()))
}

/// Does a run that somebody else has ordered, and answers as a text.
#[must_use]
pub fn done(order: &str, registry: &Registry, device: &dyn Device, halt: &Halt) -> String {
    let answer = match outcome(order, registry, device, halt) {
        Ok(Some(outcome)) => Answer::Done {
            figures: outcome.figures.iter().map(|figure| figure.map(f64::to_bits)).collect(),
            fingerprint: outcome.fingerprint,
        },
        Ok(None) => Answer::GivenUp,
        Err(error) => Answer::Failed(error.to_string()),
    };
    serde_json::to_string(&answer).unwrap_or_default()
}

fn outcome(order: &str, registry: &Registry, device: &dyn Device, halt: &Halt) -> Result<Option<Outcome>, Error> {
    let order: Order = serde_json::from_str(order).map_err(|error| Error::invalid("an order", error.to_string()))?;
    let scenario = Document::parse("the scenario", &order.scenario)?.scenario_with(registry)?;
    run(&scenario, device, &order.figures, order.twin, halt)
}

/// What such an answer says.
pub(crate) fn read(answer: &str) -> Result<Option<Outcome>, String> {
    match serde_json::from_str(answer) {
        Ok(Answer::Done { figures, fingerprint }) => Ok(Some(Outcome {
            figures: figures.into_iter().map(|figure| figure.map(f64::from_bits)).collect(),
            fingerprint,
        })),
        Ok(Answer::GivenUp) => Ok(None),
        Ok(Answer::Failed(message)) => Err(message),
        Err(error) => Err(format!("what was answered is no answer: {error}")),
    }
}
