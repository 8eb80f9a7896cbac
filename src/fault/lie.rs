//! What liars tell. Each behaviour is a shader, `shaders/fault/lie-NAME.wgsl`, with the same function `lie`.

use crate::error::Error;
use crate::number::BELIEF_LIMIT;
use crate::number::{Stream, link_phase, multiply_high, stream_key, threefry2x32};
use crate::shader::{Module, module};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the words are that nodes tell each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// Beliefs, within ±2^28.
    Belief,
    /// Opinions, numbered from 1 to this; 0 is none.
    Opinion(u32),
    /// Phases: 2^32 are one turn.
    Phase,
    /// Nothing that could be a lie: cells do work, and what their liars do is fixed.
    Work,
}

/// What a liar tells in place of what it holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Behaviour {
    /// Always the same.
    Constant(Constant),
    /// More, or less, from tick to tick, until the end of the range.
    Ramp(Ramp),
    /// Something else in every tick, drawn evenly from low..=high; the same to everybody.
    Random(Span),
    /// Always `low` to about half of all listeners and always `high` to the others.
    TwoFaced(Span),
    /// Of opinions, to each listener the one after its own; of phases, the opposite of its own; of work, wrong results, and votes
    /// against the truth.
    Against(Against),
}

/// One value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Constant {
    /// The belief, the opinion's number, or the phase in 2^-32 turns.
    pub value: i64,
}

/// A value that changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ramp {
    /// What is told in tick 0.
    pub value: i64,
    /// By how much it grows each tick.
    #[schemars(range(min = -268_435_456, max = 268_435_456))]
    pub slope: i64,
    /// Left out, it stops at the end of the range. Otherwise it begins again whenever it has grown by this, a power of two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 2, max = 268_435_456))]
    pub period: Option<u32>,
}

/// Two values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// The lower.
    pub low: i64,
    /// The upper, at least the lower.
    pub high: i64,
}

/// Nothing to choose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Against {}

/// A behaviour with its numbers worked out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lie {
    /// Always this.
    Constant {
        /// The word.
        value: u32,
    },
    /// value + slope · tick, up to the last tick in which that is within range.
    Ramp {
        /// In tick 0.
        value: u32,
        /// A tick.
        slope: u32,
        /// The last tick of the climb.
        last: u32,
        /// The bits that are kept of what it has grown by.
        mask: u32,
    },
    /// low + ⌊draw · width / 2^32⌋.
    Random {
        /// The least.
        low: u32,
        /// How many values; 0 for 2^32.
        width: u32,
        /// What the draws depend on.
        seed: u32,
    },
    /// One of two, by a hash of liar and listener.
    TwoFaced {
        /// The one.
        low: u32,
        /// The other.
        high: u32,
        /// What the hash depends on.
        key: u32,
    },
    /// The opinion after the listener's.
    AgainstOpinion {
        /// How many there are.
        opinions: u32,
    },
    /// The phase opposite to the listener's.
    AgainstPhase,
}

impl Behaviour {
    /// The name in a scenario.
    fn name(&self) -> &'static str {
        match self {
            Self::Constant(_) => "constant",
            Self::Ramp(_) => "ramp",
            Self::Random(_) => "random",
            Self::TwoFaced(_) => "two-faced",
            Self::Against(_) => "against",
        }
    }

    /// Checks the values against what the rule's nodes tell each other. Nothing where neighbours are not lied to.
    pub(super) fn lie(&self, domain: Domain, seed: u32, key: &str) -> Result<Option<Lie>, Error> {
        let (least, most, what) = match domain {
            Domain::Belief => (-i64::from(BELIEF_LIMIT), i64::from(BELIEF_LIMIT), "beliefs are"),
            Domain::Opinion(count) => (1, i64::from(count), "opinions are numbered"),
            Domain::Phase => (0, i64::from(u32::MAX), "phases are, in 2^-32 turns,"),
            Domain::Work if matches!(self, Self::Against(_)) => return Ok(None),
            Domain::Work => {
                let message = format!(
                    "is {}, but agents that work tell no numbers: liars among them execute wrongly and vote against the truth; \
                     use against",
                    self.name()
                );
                return Err(Error::invalid(format!("{key}.kind"), message));
            }
        };
        let word = |value: i64, name: &str| {
            if value < least || value > most {
                let message = format!("is {value}; {what} from {least} to {most}");
                return Err(Error::invalid(format!("{key}.{name}"), message));
            }
            Ok(value as u32)
        };
        let ordered = |span: &Span| {
            if span.low > span.high {
                let message = format!("is {}, above high = {}; exchange the two", span.low, span.high);
                return Err(Error::invalid(format!("{key}.low"), message));
            }
            Ok((word(span.low, "low")?, word(span.high, "high")?))
        };
        Ok(Some(match self {
            Self::Constant(constant) => Lie::Constant {
                value: word(constant.value, "value")?,
            },
            Self::Ramp(ramp) => {
                let value = word(ramp.value, "value")?;
                let room = if ramp.slope > 0 {
                    most - ramp.value
                } else {
                    ramp.value - least
                };
                if let Some(period) = ramp.period {
                    if !period.is_power_of_two() {
                        let message = format!("is {period}; a power of two begins again without a break in 32 bits");
                        return Err(Error::invalid(format!("{key}.period"), message));
                    }
                    word(ramp.value + i64::from(period - 1), "period")?;
                }
                let last = match (domain, ramp.slope, ramp.period) {
                    // Round and round.
                    (Domain::Phase, ..) | (_, 0, _) | (_, _, Some(_)) => i64::from(u32::MAX),
                    (_, slope, None) => room / slope.abs(),
                };
                Lie::Ramp {
                    value,
                    slope: ramp.slope as u32,
                    last: last as u32,
                    mask: ramp.period.map_or(u32::MAX, |period| period - 1),
                }
            }
            Self::Random(span) => {
                let (low, high) = ordered(span)?;
                Lie::Random {
                    low,
                    width: high.wrapping_sub(low).wrapping_add(1),
                    seed,
                }
            }
            Self::TwoFaced(span) => {
                let (low, high) = ordered(span)?;
                Lie::TwoFaced {
                    low,
                    high,
                    key: stream_key(seed, Stream::Lie),
                }
            }
            Self::Against(_) => match domain {
                Domain::Opinion(opinions) => Lie::AgainstOpinion { opinions },
                Domain::Phase => Lie::AgainstPhase,
                Domain::Belief | Domain::Work => {
                    return Err(Error::invalid(
                        format!("{key}.kind"),
                        "is against, which only votes and phases can be; of beliefs use constant, ramp, random or two-faced",
                    ));
                }
            },
        }))
    }
}

impl Lie {
    /// What liar `from` tells `to`, who holds `own`, in `tick`.
    #[inline(always)]
    #[must_use]
    pub fn told(self, from: u32, to: u32, own: u32, tick: u32) -> u32 {
        match self {
            Self::Constant { value } => value,
            Self::Ramp {
                value,
                slope,
                last,
                mask,
            } => value.wrapping_add(slope.wrapping_mul(tick.min(last)) & mask),
            Self::Random { low, width, seed } => {
                let draw = threefry2x32([seed, Stream::Lie as u32], [from, tick])[0];
                low.wrapping_add(if width == 0 { draw } else { multiply_high(draw, width) })
            }
            Self::TwoFaced { low, high, key } => {
                if link_phase(from ^ key, to) >> 31 == 0 {
                    low
                } else {
                    high
                }
            }
            Self::AgainstOpinion { opinions } => {
                if own >= opinions {
                    1
                } else {
                    own + 1
                }
            }
            Self::AgainstPhase => own ^ 0x8000_0000,
        }
    }

    /// The shader's side.
    #[must_use]
    pub fn module(self) -> Module {
        match self {
            Self::Constant { value } => module!("fault/lie-constant").with("LIE_VALUE", value),
            Self::Ramp {
                value,
                slope,
                last,
                mask,
            } => module!("fault/lie-ramp")
                .with("LIE_VALUE", value)
                .with("LIE_SLOPE", slope)
                .with("LIE_LAST", last)
                .with("LIE_MASK", mask),
            Self::Random { low, width, seed } => module!("fault/lie-random")
                .with("LIE_LOW", low)
                .with("LIE_WIDTH", width)
                .with("LIE_SEED", seed),
            Self::TwoFaced { low, high, key } => module!("fault/lie-two-faced")
                .with("LIE_LOW", low)
                .with("LIE_HIGH", high)
                .with("LIE_KEY", key),
            Self::AgainstOpinion { opinions } => module!("fault/lie-against-opinion").with("LIE_OPINIONS", opinions),
            Self::AgainstPhase => module!("fault/lie-against-phase"),
        }
    }
}
