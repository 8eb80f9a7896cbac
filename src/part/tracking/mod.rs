//! The rule `tracking`: what a scenario says of it, and the plan that it makes.

mod step;

pub use step::TrackStep;

use super::average::Rounding;
use super::consensus::signal::{Signal, Signals, reach};
use super::consensus::{BELIEF, rule};
use super::consensus::{Start, beliefs_of_all};
use crate::column::{ColumnId, Extent};
use crate::draft::Draft;
use crate::error::Error;
use crate::fault::{Domain, Liars};
use crate::part::average::AverageStep;
use crate::part::consensus::BeliefGauge;
use crate::part::consensus::SignalStep;
use crate::part::{Part, Place, Stage};
use crate::plan::Plan;
use crate::shown::Shown;
use crate::words::Words;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The section whose load cells can follow.
const WORK: &str = "work";

/// Parameters of the rule `tracking`: dynamic average consensus (Spanos, Olfati-Saber, Murray 2005; Zhu, Martínez 2010).
///
/// Every node has an input that changes. Its belief gains what its input gains, and diffuses as in the rule average: so the sum of
/// the beliefs is the sum of the inputs at every tick, and each belief follows the average of all inputs. Of an input that a node
/// could not take in, because it was down, it makes up for all at once. A node that comes back having forgotten everything begins
/// again with its input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tracking {
    /// How the flows of the diffusion become integers.
    #[serde(default)]
    pub rounding: Rounding,
    /// How the inputs change: one signal, or a list of signals that add up.
    #[serde(default, skip_serializing_if = "Signals::is_empty")]
    pub signal: Signals,
    /// In place of a signal, the column of the swarm whose words, as signed integers, are the inputs, as in "faults.status". It must stay
    /// within the range of beliefs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// The beliefs at tick 0, which are the inputs that signals change.
    pub start: Start,
    /// Where cells agree that work: who of their agents lies about what a cell tells others, and what it then tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub liars: Option<Liars>,
}

impl Tracking {
    /// Adds the column of the inputs, and the steps that write it if there are any.
    fn input(&self, draft: &mut Draft<'_>) -> Result<ColumnId, Error> {
        let signals = self.signal.list();
        let Some(name) = &self.input else {
            if signals.is_empty() {
                let message = "is missing; say how the inputs change, as in signal = { kind = \"drift\", low = -3, high = 5 }, or give \
                               the input = \"…\" that is to be followed";
                return Err(Error::invalid("consensus.signal", message));
            }
            let base = draft.column("consensus.base", Extent::Node, false);
            draft.fix(base);
            let input = draft.column("consensus.input", Extent::Node, false);
            let chosen = signals.iter().any(|signal| signal.who().is_some());
            let chosen = chosen.then(|| draft.column("consensus.chosen", Extent::Node, false));
            if let Some(chosen) = chosen {
                draft.fix(chosen);
            }
            self.signal.check_names()?;
            for ((number, signal), place) in (0..).zip(signals).zip(self.signal.places()) {
                let key = format!("consensus.signal{}", self.signal.place(number as usize));
                let change = signal.change(draft, &place, &key)?;
                if let Some(tick) = signal.ends() {
                    draft.changes_in(tick);
                }
                let step = SignalStep::new(change, input, (number == 0).then_some(base));
                let whom = chosen
                    .filter(|_| signal.who().is_some())
                    .map(|chosen| (chosen, 1 << number));
                draft.step(step.for_chosen(whom));
            }
            return Ok(input);
        };
        if !signals.is_empty() {
            let message = format!("is {name}, but a signal is given too; leave one of them out");
            return Err(Error::invalid("consensus.input", message));
        }
        draft.foreign(name).map_err(|known| {
            let known = match known.as_slice() {
                [] => "this swarm has none; give a signal instead".to_owned(),
                known => format!("this swarm has: {}", known.join(", ")),
            };
            let message = format!("is {name}, which is no column that beliefs can follow; {known}");
            Error::invalid("consensus.input", message)
        })
    }
}

impl Part for Tracking {
    fn reads(&self) -> Vec<&str> {
        let load = self
            .signal
            .list()
            .iter()
            .any(|signal| matches!(signal, Signal::Load(_)));
        // A column's name begins with the section that it is of.
        let input = self.input.as_deref().and_then(|input| input.split('.').next());
        let input = input.filter(|section| *section != self.place().section);
        load.then_some(WORK).into_iter().chain(input).collect()
    }

    fn place(&self) -> Place {
        rule("tracking")
    }

    fn stage(&self) -> Stage {
        Stage::Consensus
    }

    fn domain(&self) -> Option<Domain> {
        Some(Domain::Belief)
    }

    fn later(&self, ticks: u32) -> usize {
        let comes = |signal: &&Signal| matches!(signal, Signal::Step(step) if step.tick >= ticks);
        self.signal.list().iter().filter(comes).count()
    }

    fn files(&mut self) -> Vec<(String, &mut PathBuf)> {
        self.start.files()
    }

    fn liars(&self) -> Option<&Liars> {
        self.liars.as_ref()
    }

    fn plan(&self, draft: &mut Draft<'_>) -> Result<(), Error> {
        let belief = draft.conserved(BELIEF);
        draft.show(Shown::belief(belief));
        let seen = draft.basis("consensus.seen");
        let input = self.input(draft)?;
        draft.show(Shown::signed(
            "input",
            "belief",
            "the input that the node follows",
            input,
        ));
        let carry = match self.rounding {
            Rounding::Quasi => Some(draft.link_ends(
                "consensus.carry",
                "consensus.rounding",
                "quasi",
                "golden, which keeps none",
            )?),
            _ => None,
        };
        let injected = draft.injected();
        draft.step(TrackStep::new(input, belief, seen));
        draft
            .step(AverageStep::new(self.rounding, draft.topology(), draft.seed(), belief, carry).with_ledger(injected));
        let destroyed = draft.destroyed();
        let has_faults = draft.has_faults();
        draft.gauge(BeliefGauge {
            lies_change: draft.lies_change(),
            has_faults,
            belief,
            is_conserved: true,
            basis: Some(seen),
            injected,
            destroyed,
        });
        Ok(())
    }

    fn start(&self, plan: &Plan, seed: u32, folder: &Path) -> Result<Vec<(ColumnId, Words)>, Error> {
        // All of them, as it is said how far they reach.
        let base = beliefs_of_all(&self.start, plan, seed, folder)?;
        let column = |name| plan.column(name);
        let mut words = vec![
            (column("consensus.belief")?, base.clone()),
            (column("consensus.seen")?, base.clone()),
        ];
        let signals = self.signal.list();
        if !signals.is_empty() {
            let capacity = plan.work().map_or(0, |work| work.capacity);
            reach(&self.signal, &base, plan.ticks, capacity)?;
            words.push((column("consensus.base")?, base.clone()));
            words.push((column("consensus.input")?, base));
            if signals.iter().any(|signal| signal.who().is_some()) {
                let chosen = self.signal.chosen(&*plan.topology, seed)?;
                words.push((column("consensus.chosen")?, chosen));
            }
        }
        Ok(words)
    }
}
