//! Scripted signals: how the inputs change that the rule `tracking` follows.

mod step;

pub use step::{Change, SignalStep};

use crate::draft::Draft;
use crate::error::{Error, quoted};
use crate::fault::{Crowd, Draw, Selection, places};
use crate::number::BELIEF_LIMIT;
use crate::topology::Topology;
use crate::words::Words;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The most signals that add up: a bit each says whom they reach.
const MOST: usize = 32;

/// One signal, or several that add up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Signals {
    /// One signal.
    One(Signal),
    /// Signals that add up.
    Sum(#[schemars(length(min = 1, max = 32))] Vec<Signal>),
}

impl Default for Signals {
    fn default() -> Self {
        Self::Sum(Vec::new())
    }
}

/// How inputs change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Signal {
    /// From a tick on they differ by a constant.
    Step(Jump),
    /// They grow by a slope that is drawn for each node and stays: a ramp.
    Drift(Drift),
    /// In every tick they differ by something else, drawn evenly for each node and tick.
    Noise(Noise),
    /// They differ by the load of the cell, waiting tasks and the one under execution, as it was at the end of the tick before; 0 in
    /// tick 0. Needs `[work]`.
    Load(Load),
}

/// A step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Jump {
    /// The first tick, counted from 0, in which the inputs differ.
    pub tick: u32,
    /// By how much.
    #[schemars(range(min = -536_870_912, max = 536_870_912))]
    pub by: i32,
    /// Whose inputs. Left out, those of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<Selection>,
    /// A name; what is drawn depends on it. Left out, on the kind, and on which of several nameless ones it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 64))]
    pub name: Option<String>,
}

/// A drift.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Drift {
    /// The least slope, in units a tick; slopes are drawn evenly from low..=high.
    #[schemars(range(min = -268_435_456, max = 268_435_456))]
    pub low: i32,
    /// The greatest slope, at least the least. All have the same where the two are equal.
    #[schemars(range(min = -268_435_456, max = 268_435_456))]
    pub high: i32,
    /// Whose inputs. Left out, those of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<Selection>,
    /// A name; what is drawn depends on it. Left out, on the kind, and on which of several nameless ones it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 64))]
    pub name: Option<String>,
}

/// Noise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Noise {
    /// The most by which an input differs, up or down.
    #[schemars(range(min = 0, max = 268_435_456))]
    pub amplitude: u32,
    /// Whose inputs. Left out, those of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<Selection>,
    /// A name; what is drawn depends on it. Left out, on the kind, and on which of several nameless ones it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 64))]
    pub name: Option<String>,
}

/// The load of a cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Load {
    /// By how much an input differs for each task that the cell holds: the greater, the finer can beliefs tell loads apart.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 1_048_576))]
    pub scale: u32,
    /// Whose inputs. Left out, those of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<Selection>,
}

fn one() -> u32 {
    1
}

impl Signal {
    /// Whose inputs it changes, if not those of all.
    pub(crate) fn who(&self) -> Option<&Selection> {
        match self {
            Self::Step(Jump { who, .. })
            | Self::Drift(Drift { who, .. })
            | Self::Noise(Noise { who, .. })
            | Self::Load(Load { who, .. }) => who.as_ref(),
        }
    }

    fn name(&self) -> Option<&str> {
        match self {
            Self::Step(Jump { name, .. }) | Self::Drift(Drift { name, .. }) | Self::Noise(Noise { name, .. }) => {
                name.as_deref()
            }
            // It draws nothing that a name could tell apart.
            Self::Load(_) => None,
        }
    }

    /// The kind and, of a step, the tick.
    fn what(&self) -> String {
        match self {
            Self::Step(step) => format!("step,{}", step.tick),
            Self::Drift(_) => "drift".to_owned(),
            Self::Noise(_) => "noise".to_owned(),
            Self::Load(_) => "load".to_owned(),
        }
    }

    /// The tick in which it changes inputs for the last time, if it ever is the last.
    pub(crate) fn ends(&self) -> Option<u32> {
        match self {
            Self::Step(step) => Some(step.tick),
            Self::Drift(_) | Self::Noise(_) | Self::Load(_) => None,
        }
    }

    /// The signal that stands at `place`, which says what it draws, with its numbers worked out.
    pub(crate) fn change(&self, draft: &mut Draft<'_>, place: &str, key: &str) -> Result<Change, Error> {
        let seed = draft.seed();
        Ok(match self {
            Self::Step(step) => Change::Step {
                tick: step.tick,
                by: step.by as u32,
            },
            Self::Drift(drift) => {
                if drift.low > drift.high {
                    let message = format!("is {}, above high = {}; exchange the two", drift.low, drift.high);
                    return Err(Error::invalid(format!("{key}.low"), message));
                }
                Change::Drift {
                    low: drift.low as u32,
                    width: drift.high.abs_diff(drift.low) + 1,
                    key: Change::key(seed, place),
                }
            }
            Self::Noise(noise) => Change::Noise {
                amplitude: noise.amplitude,
                key: Change::key(seed, place),
            },
            Self::Load(load) => {
                let state = draft.foreign("work.state").map_err(|_| {
                    let message =
                        "is the load of cells, but this swarm does no work; give [work] too, or another signal";
                    Error::invalid(key, message)
                })?;
                Change::Load {
                    state,
                    scale: load.scale,
                }
            }
        })
    }

    /// The least and the greatest change in a run of so many ticks, where a cell holds so many tasks at most.
    fn extremes(&self, ticks: u32, capacity: u32) -> [i128; 2] {
        let last = i128::from(ticks.saturating_sub(1));
        match self {
            Self::Step(step) if step.tick >= ticks => [0, 0],
            Self::Step(step) => [i128::from(step.by).min(0), i128::from(step.by).max(0)],
            Self::Drift(drift) => [
                (i128::from(drift.low) * last).min(0),
                (i128::from(drift.high) * last).max(0),
            ],
            Self::Noise(noise) => [-i128::from(noise.amplitude), i128::from(noise.amplitude)],
            Self::Load(load) => [0, i128::from(capacity) * i128::from(load.scale)],
        }
    }
}

impl Signals {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list().is_empty()
    }

    /// All of them.
    #[must_use]
    pub fn list(&self) -> &[Signal] {
        match self {
            Self::One(signal) => std::slice::from_ref(signal),
            Self::Sum(signals) => signals,
        }
    }

    /// Where each of them is, apart from its place in the list: what it draws depends on it.
    pub(crate) fn places(&self) -> Vec<String> {
        let items: Vec<_> = self
            .list()
            .iter()
            .map(|signal| (signal.name(), signal.what()))
            .collect();
        places("consensus.signal", &items)
    }

    /// Refuses a name that two have.
    pub(crate) fn check_names(&self) -> Result<(), Error> {
        let names: Vec<_> = self.list().iter().map(Signal::name).collect();
        for (k, name) in names.iter().enumerate() {
            match names.iter().position(|other| name.is_some() && other == name) {
                Some(first) if first < k => {
                    let message = format!(
                        "is {}, as that of consensus.signal[{first}]; give each its own",
                        quoted(name.unwrap_or(""))
                    );
                    return Err(Error::invalid(format!("consensus.signal[{k}].name"), message));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// What follows the list's key for one of them.
    pub(crate) fn place(&self, number: usize) -> String {
        match self {
            Self::One(_) => String::new(),
            Self::Sum(_) => format!("[{number}]"),
        }
    }

    /// The words that say whom each signal reaches, a bit each.
    pub(crate) fn chosen(&self, topology: &dyn Topology, seed: u32) -> Result<Words, Error> {
        let mut words = Words::zeros(topology.nodes() as usize);
        let crowd = Crowd {
            topology,
            members: 1,
            seed,
            node: "node",
            grows: false,
        };
        let signals = self.list().iter().zip(self.places());
        for (number, (signal, place)) in signals.take(MOST).enumerate() {
            if let Some(who) = signal.who() {
                let key = format!("consensus.signal{}.who", self.place(number));
                let draw = Draw::at(&format!("{place}.who"));
                who.mark(&crowd, &key, draw, 1 << number, &mut words)?;
            }
        }
        Ok(words)
    }
}

/// Says that inputs may leave the range of beliefs within a run of so many ticks, if they may. A cell holds `capacity` tasks
/// at most.
pub(crate) fn reach(signals: &Signals, base: &[u32], ticks: u32, capacity: u32) -> Result<(), Error> {
    let words = || base.iter().map(|&word| i128::from(word as i32));
    let (mut low, mut high) = (words().min().unwrap_or(0), words().max().unwrap_or(0));
    for signal in signals.list() {
        let [least, most] = signal.extremes(ticks, capacity);
        (low, high) = (low + least, high + most);
    }
    let limit = i128::from(BELIEF_LIMIT);
    if low < -limit || high > limit {
        let message = format!(
            "takes the inputs to as much as {low} to {high} in {ticks} ticks; they stay within ±{limit}: give smaller changes, fewer \
             ticks or a narrower start"
        );
        return Err(Error::invalid("consensus.signal", message));
    }
    Ok(())
}
