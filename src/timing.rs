//! Who acts in a tick: a pure function of node and tick, without a column and without an election.
//!
//! Every kind but `rotation` and `bernoulli` gives node i a phase θ_i and lets it act by the carry rule: node i acts in tick
//! t iff (θ_i + t·R) mod 2^32 < R, with R = round(rate · 2^32). Each node's own actions are then as even as
//! integers allow, whatever its phase (Hajek 1985; Altman, Gaujal, Hordijk 2000); the phases decide how even
//! the swarm is as a whole. A link carries messages in a tick iff at least one of its ends acts.
//!
//! Every kind is a shader of its name in `shaders/timing/`, with the same function `is_active`.

mod own;

pub use own::{OwnSchedule, TimingKind};

use crate::geometry::GOLDEN;
use crate::number::{Stream, multiply_high, threefry2x32, threshold};
use crate::own::{Own, Tagged};
use crate::shader::{Module, module};
use crate::topology::Ids;
use multiversion::multiversion;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};

/// The scenario's `[timing]`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Timing {
    /// Every node acts in every tick.
    #[default]
    Synchronous,
    /// Node i has the phase i·G, in turns, with G = 0.618…, the golden ratio less 1: even for any number of nodes, and for any part of
    /// them that is present.
    Golden(Rate),
    /// Node i acts in tick t if the fraction of (i + t)·G is below the rate, with G = 0.618…, the golden ratio less 1: neighbours on a
    /// ring never act together when the rate is at most 0.381966, which is 1 − G.
    Rotation(Rate),
    /// Every node draws anew in every tick.
    Bernoulli(Rate),
    /// Random phases.
    RandomPhase(Rate),
    /// Phases i/n of a turn: ideal while all n nodes are there.
    Equispaced(Rate),
    /// Phases by the binary van der Corput sequence.
    BitReversal(Rate),
    /// One that a program of a user's own has registered.
    #[serde(skip_deserializing)]
    #[schemars(skip)]
    Own(Own<dyn TimingKind>),
}

/// As its section: the word, and its keys.
impl Serialize for Timing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (k, keys) = match self {
            Self::Synchronous => {
                return Tagged::<Nothing> {
                    kind: Self::KINDS[0],
                    keys: &Nothing {},
                }
                .serialize(serializer);
            }
            Self::Own(own) => return own.serialize(serializer),
            Self::Golden(keys) => (1, keys),
            Self::Rotation(keys) => (2, keys),
            Self::Bernoulli(keys) => (3, keys),
            Self::RandomPhase(keys) => (4, keys),
            Self::Equispaced(keys) => (5, keys),
            Self::BitReversal(keys) => (6, keys),
        };
        let kind = Self::KINDS[k];
        Tagged { kind, keys }.serialize(serializer)
    }
}

/// No keys.
#[derive(Serialize)]
struct Nothing {}

/// How often a node acts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// Share of the ticks in which a node acts, above 0, at most 1. At 1 every kind is synchronous.
    #[serde(default = "half")]
    #[schemars(range(min = 2.4e-10, max = 1.0))]
    pub rate: f64,
}

fn half() -> f64 {
    0.5
}

impl Timing {
    /// Every kind's name.
    pub const KINDS: [&'static str; 7] = [
        "synchronous",
        "golden",
        "rotation",
        "bernoulli",
        "random-phase",
        "equispaced",
        "bit-reversal",
    ];

    /// The timing of this kind, or nothing if there is none of that name.
    #[must_use]
    pub fn named(kind: &str, rate: f64) -> Option<Self> {
        let rate = Rate { rate };
        Some(match kind {
            "synchronous" => Self::Synchronous,
            "golden" => Self::Golden(rate),
            "rotation" => Self::Rotation(rate),
            "bernoulli" => Self::Bernoulli(rate),
            "random-phase" => Self::RandomPhase(rate),
            "equispaced" => Self::Equispaced(rate),
            "bit-reversal" => Self::BitReversal(rate),
            _ => return None,
        })
    }

    /// The stateless function for a swarm of `nodes` nodes.
    #[must_use]
    pub fn schedule(&self, nodes: u32, seed: u32) -> Schedule {
        let (kind, rate) = match self {
            Self::Synchronous => return Schedule::Always,
            Self::Own(own) => return Schedule::Own(own.get().schedule(nodes, seed)),
            Self::Golden(r) => (Phase::Golden, r),
            Self::RandomPhase(r) => (Phase::Random { seed }, r),
            Self::Equispaced(r) => {
                // Rounded up, so that a phase that is a whole number of 2^-32 turns is not missed by one.
                let step = (1u128 << 64).div_ceil(u128::from(nodes.max(2)));
                (Phase::Equispaced { step: step as u64 }, r)
            }
            Self::BitReversal(r) => (Phase::BitReversal, r),
            Self::Rotation(r) | Self::Bernoulli(r) => (Phase::Golden, r),
        };
        if rate.rate >= 1.0 {
            return Schedule::Always;
        }
        let rate = threshold(rate.rate);
        match self {
            Self::Rotation(_) => Schedule::Rotation { rate },
            Self::Bernoulli(_) => Schedule::Bernoulli { rate, seed },
            _ => Schedule::Carry { phase: kind, rate },
        }
    }
}

/// A timing with its numbers worked out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// Every node, every tick.
    Always,
    /// The carry rule over fixed phases.
    Carry {
        /// Where each node's phase comes from.
        phase: Phase,
        /// R.
        rate: u32,
    },
    /// (i + t)·G < R.
    Rotation {
        /// R.
        rate: u32,
    },
    /// A draw per node and tick.
    Bernoulli {
        /// R.
        rate: u32,
        /// The scenario's seed.
        seed: u32,
    },
    /// A function of a user's own.
    Own(OwnSchedule),
}

/// θ_i.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// i·G mod 2^32.
    Golden,
    /// A Threefry word.
    Random {
        /// The scenario's seed.
        seed: u32,
    },
    /// ⌊i·step / 2^32⌋ with step = ⌈2^64 / n⌉: exactly ⌊i·2^32 / n⌋ for fewer than 2^16 nodes.
    Equispaced {
        /// The distance of two neighbouring phases, in 2^-64 turns.
        step: u64,
    },
    /// The bits of i, reversed.
    BitReversal,
}

impl Phase {
    #[inline(always)]
    fn of(self, i: u32) -> u32 {
        match self {
            Self::Golden => i.wrapping_mul(GOLDEN),
            Self::Random { seed } => threefry2x32([seed, Stream::Phase as u32], [i, 0])[0],
            Self::Equispaced { step } => i
                .wrapping_mul((step >> 32) as u32)
                .wrapping_add(multiply_high(i, step as u32)),
            Self::BitReversal => i.reverse_bits(),
        }
    }
}

impl Schedule {
    /// Whether node `i` acts in tick `tick`.
    #[inline(always)]
    #[must_use]
    pub fn is_active(self, i: u32, tick: u32) -> bool {
        match self {
            Self::Always => true,
            Self::Carry { phase, rate } => phase.of(i).wrapping_add(tick.wrapping_mul(rate)) < rate,
            Self::Rotation { rate } => i.wrapping_add(tick).wrapping_mul(GOLDEN) < rate,
            Self::Bernoulli { rate, seed } => threefry2x32([seed, Stream::Timing as u32], [i, tick])[0] < rate,
            Self::Own(own) => (own.acts)(own.numbers, i, tick),
        }
    }

    /// Whether every node acts in every tick.
    #[must_use]
    pub fn is_always(self) -> bool {
        self == Self::Always
    }

    /// Sets `masks[l]` to all ones where the l-th of `ids` acts in `tick`, and to zero elsewhere.
    pub fn masks(self, ids: Ids<'_>, tick: u32, masks: &mut [u32]) {
        fill_masks(self, ids, tick, masks);
    }

    /// The shader's side.
    #[must_use]
    pub fn module(self) -> Module {
        match self {
            Self::Always => module!("timing/synchronous"),
            Self::Own(own) => own.module(),
            Self::Rotation { rate } => module!("timing/rotation").with("RATE", rate),
            Self::Bernoulli { rate, seed } => module!("timing/bernoulli").with("RATE", rate).with("SEED", seed),
            Self::Carry { phase, rate } => match phase {
                Phase::Golden => module!("timing/golden").with("RATE", rate),
                Phase::Random { seed } => module!("timing/random-phase").with("RATE", rate).with("SEED", seed),
                Phase::Equispaced { step } => module!("timing/equispaced")
                    .with("RATE", rate)
                    .with("STEP_HIGH", (step >> 32) as u32)
                    .with("STEP_LOW", step as u32),
                Phase::BitReversal => module!("timing/bit-reversal").with("RATE", rate),
            },
        }
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2",
    "x86_64+avx2+fma+bmi1+bmi2"
))]
fn fill_masks(schedule: Schedule, ids: Ids<'_>, tick: u32, masks: &mut [u32]) {
    // The matches stand outside the loops, and the loops are written out by a macro: a closure would not be compiled into
    // them, because it is not known to be called only where the instructions are there.
    macro_rules! fill {
        ($schedule:expr) => {{
            let schedule = $schedule;
            let mask = |active: bool| u32::from(active).wrapping_neg();
            match ids {
                Ids::Run(first) => {
                    for (l, word) in masks.iter_mut().enumerate() {
                        *word = mask(schedule.is_active(first.wrapping_add(l as u32), tick));
                    }
                }
                Ids::Xor { first, mask: bits } => {
                    for (l, word) in masks.iter_mut().enumerate() {
                        *word = mask(schedule.is_active(first.wrapping_add(l as u32) ^ bits, tick));
                    }
                }
                Ids::List(list) => {
                    for (word, &i) in masks.iter_mut().zip(list) {
                        *word = mask(schedule.is_active(i, tick));
                    }
                }
            }
        }};
    }
    match schedule {
        Schedule::Always => masks.fill(u32::MAX),
        Schedule::Rotation { rate } => fill!(Schedule::Rotation { rate }),
        Schedule::Bernoulli { rate, seed } => fill!(Schedule::Bernoulli { rate, seed }),
        Schedule::Own(own) => fill!(Schedule::Own(own)),
        Schedule::Carry { phase, rate } => match phase {
            Phase::Golden => fill!(Schedule::Carry {
                phase: Phase::Golden,
                rate
            }),
            Phase::Random { seed } => {
                fill!(Schedule::Carry {
                    phase: Phase::Random { seed },
                    rate
                })
            }
            Phase::Equispaced { step } => {
                fill!(Schedule::Carry {
                    phase: Phase::Equispaced { step },
                    rate
                })
            }
            Phase::BitReversal => fill!(Schedule::Carry {
                phase: Phase::BitReversal,
                rate
            }),
        },
    }
}
