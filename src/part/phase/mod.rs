//! The rule `phase`: what a scenario says of it, and the plan that it makes.

mod frequencies;
mod gauge;
mod lines;
mod quantile;
mod reals;
mod start;
mod step;

pub use frequencies::{Constant, Draw, Frequencies, Gauss, Lorentz, Uniform};
pub use gauge::{PhaseGauge, Phases, SECTORS};
pub use start::{Aligned, Everywhere, PhaseArc, PhaseStart};
pub use step::{Coupling, PhaseStep, Pull, mean_sine};

use super::consensus::rule;
#[cfg(feature = "tables")]
use super::consensus::table::{self, Wanted};
use crate::column::{ColumnId, Extent};
use crate::draft::Draft;
use crate::error::Error;
use crate::fault::{Domain, Liars};
use crate::gauge::Calls;
use crate::hear::ask::{Ask, From};
use crate::memory;
use crate::part::{Part, Place, Stage};
use crate::plan::Plan;
use crate::shown::Shown;
use crate::words::Words;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::f64::consts::TAU;
use std::path::{Path, PathBuf};

/// Parameters of the rule `phase`: oscillators that pull each other into step (Kuramoto 1975, 1984).
///
/// Each turns by dθ_i/dt = ω_i + (K/d_i) Σ_j sin(θ_j − θ_i), integrated by Euler's method, a step a tick. j runs over its
/// neighbours, of which there are d_i, or over d_i = m nodes drawn from the whole swarm. A message that does not arrive is a term
/// that is missing: d_i stays, so that a share p of losses acts as a coupling of (1 − p)K. In a tick in which a node exchanges
/// nothing it turns by its own frequency; one that is down does not turn at all.
///
/// With m draws a tick the whole swarm couples as Kuramoto's all-to-all model does, but for a noise of sampling, which acts on each
/// phase like a diffusion of at most K²·step/(4m) radians² a unit of time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// The coupling K, in radians a unit of time. With all of the swarm coupled, it falls into step above a critical K: 2·width of a
    /// Lorentz distribution, 1.5958·sigma of a Gauss one, 1.2732·half_width of a uniform one.
    #[schemars(range(min = 0.0, max = 1_000_000.0))]
    pub coupling: f64,
    /// The time that a tick takes. Coupling times step is at most 3 radians.
    #[serde(default = "twentieth")]
    #[schemars(range(min = 0.000_001, max = 0.5))]
    pub step: f64,
    /// Whose phases pull: all neighbours', or those of nodes drawn from the whole swarm, linked or not.
    #[serde(default)]
    pub from: From,
    /// How many nodes an oscillator draws in every tick, with replacement, if it draws from the swarm; 8 if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 64))]
    pub samples: Option<u32>,
    /// How fast each turns by itself.
    pub frequencies: Frequencies,
    /// The phases at tick 0.
    pub start: PhaseStart,
    /// Where cells agree that work: who of their agents lies about what a cell tells others, and what it then tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub liars: Option<Liars>,
}

fn twentieth() -> f64 {
    0.05
}

/// Draws if the scenario says nothing.
const SAMPLES: u32 = 8;

/// Radians as a word, of which 2^32 are one turn: the nearest, whole turns left out.
fn turned(radians: f64) -> u32 {
    let turns = radians / TAU;
    // At most 2^32, which is none.
    ((turns - libm::floor(turns)) * 4_294_967_296.0).round() as u64 as u32
}

/// A column of which each word is made by its node alone, as far as they are wanted.
fn filled((plan, column): (&Plan, ColumnId), word: impl Fn(u32) -> u32 + Sync) -> Result<Words, Error> {
    let mut words = memory::column(plan.nodes(), 3)?;
    plan.fill_in(column, &mut words, 1 << 14, |first, words| {
        for (place, i) in words.iter_mut().zip(first..) {
            *place = word(i);
        }
    });
    Ok(words)
}

/// The words that a table holds of each node in units of the words themselves, as a state is saved; nothing if the file is no table.
#[cfg(feature = "tables")]
fn saved(key: &str, column: &'static str, path: &Path, plan: &Plan) -> Result<Option<Words>, Error> {
    let range = match column {
        "phase" => 0..=i64::from(u32::MAX),
        _ => i64::from(i32::MIN)..=i64::from(i32::MAX),
    };
    let wanted = Wanted {
        key,
        column,
        range: &range,
    };
    table::read(path, plan, wanted)
}

#[cfg(not(feature = "tables"))]
fn saved(_: &str, _: &'static str, _: &Path, _: &Plan) -> Result<Option<Words>, Error> {
    Ok(None)
}

impl Phase {
    fn pull(&self, seed: u32) -> Result<Pull, Error> {
        match (self.from, self.samples) {
            (From::Neighbours, None) => Ok(Pull::Neighbours),
            (From::Swarm, samples) => Ok(Pull::Draws(Ask::new(From::Swarm, seed), samples.unwrap_or(SAMPLES))),
            (From::Neighbours, Some(samples)) => {
                let message = format!(
                    "is {samples}, but from = \"neighbours\" hears all neighbours and draws none; leave it out, or say from = \"swarm\""
                );
                Err(Error::invalid("consensus.samples", message))
            }
        }
    }
}

impl Part for Phase {
    fn place(&self) -> Place {
        rule("phase")
    }

    fn stage(&self) -> Stage {
        Stage::Consensus
    }

    fn files(&mut self) -> Vec<(String, &mut PathBuf)> {
        let frequencies = self
            .frequencies
            .file_mut()
            .map(|file| ("consensus.frequencies.file".to_owned(), file));
        let start = self
            .start
            .file_mut()
            .map(|file| ("consensus.start.file".to_owned(), file));
        frequencies.into_iter().chain(start).collect()
    }

    fn domain(&self) -> Option<Domain> {
        Some(Domain::Phase)
    }

    fn liars(&self) -> Option<&Liars> {
        self.liars.as_ref()
    }

    fn plan(&self, draft: &mut Draft<'_>) -> Result<(), Error> {
        let radians = self.coupling * self.step;
        if radians > Coupling::MOST {
            let message = format!(
                "is {}, and the coupling {}: a tick could turn a phase by {radians:.3} radians, and more than {} is no longer an \
                 integration; use a step of at most {:.6}",
                self.step,
                self.coupling,
                Coupling::MOST,
                Coupling::MOST / self.coupling
            );
            return Err(Error::invalid("consensus.step", message));
        }
        let pull = self.pull(draft.seed())?;
        let phase = draft.column("consensus.phase", Extent::Node, true);
        let frequency = draft.column("consensus.frequency", Extent::Node, false);
        draft.fix(frequency);
        let shown = ("phase", "2^-32 turns", "the phase of the oscillator");
        draft.show(Shown::unsigned(shown, phase, |word| word));
        let about = "how far the oscillator turns in a tick by itself";
        draft.show(Shown::signed("frequency", "2^-32 turns a tick", about, frequency));
        draft.step(PhaseStep::new(phase, frequency, pull, Coupling::new(radians)));
        draft.gauge(PhaseGauge { phase });
        if let Pull::Draws(_, samples) = pull {
            draft.asks(Calls::Always(samples));
        }
        Ok(())
    }

    fn start(&self, plan: &Plan, seed: u32, folder: &Path) -> Result<Vec<(ColumnId, Words)>, Error> {
        let phases = self.start.phases(plan, seed, folder)?;
        let turns = self.frequencies.turns(self.step, plan, seed, folder)?;
        Ok(vec![
            (plan.column("consensus.phase")?, phases),
            (plan.column("consensus.frequency")?, turns),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn radians_wrap_into_words() {
        assert_eq!(
            [0.0, TAU / 4.0, -TAU / 4.0, TAU, -TAU].map(turned),
            [0, 1 << 30, 3 << 30, 0, 0]
        );
        assert_eq!(turned(-1e-30), 0);
        assert_eq!(turned(1e6 * TAU + TAU / 2.0), 1 << 31);
    }
}
