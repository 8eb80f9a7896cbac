//! How fast oscillators turn by themselves.

use super::quantile::normal;
use super::{filled, reals, saved, turned};
use crate::error::Error;
use crate::input::locate;
use crate::number::{Permutation, Stream, threefry2x32};
use crate::part::consensus::StartFile;
use crate::plan::Plan;
use crate::words::Words;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;
use std::path::{Path, PathBuf};

/// The frequencies of the oscillators, in radians a unit of time. One that turns by more than half a turn a tick is seen to turn
/// by what is left of whole turns, as by a stroboscope.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Frequencies {
    /// Density (width/π) / ((ω − mean)² + width²), the case that Kuramoto solved.
    Lorentz(Lorentz),
    /// Normally distributed.
    Gauss(Gauss),
    /// Evenly distributed over mean ± half_width.
    Uniform(Uniform),
    /// All the same.
    Constant(Constant),
    /// From a file: one number a line (`#` comments allowed), or a one-dimensional .npy array. Or a Parquet or .npz table, as
    /// `run --save` writes it: its column `frequency`, in 2^-32 turns a tick, by `id` or else by `node`, in any order.
    File(StartFile),
}

/// Which numbers of a distribution the nodes get.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Draw {
    /// Its quantiles (k + ½)/n for k = 0..n, dealt out at random: the swarm has the distribution as exactly as n numbers can.
    #[default]
    Stratified,
    /// Each node draws by itself.
    Independent,
}

/// A Lorentz (Cauchy) distribution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lorentz {
    /// The half width at half maximum, γ.
    #[schemars(range(min = 0.0, max = 1_000_000.0))]
    pub width: f64,
    /// The centre.
    #[serde(default)]
    #[schemars(range(min = -1_000_000.0, max = 1_000_000.0))]
    pub mean: f64,
    /// Which numbers of it.
    #[serde(default)]
    pub draw: Draw,
}

/// A normal distribution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gauss {
    /// The standard deviation.
    #[schemars(range(min = 0.0, max = 1_000_000.0))]
    pub sigma: f64,
    /// The mean.
    #[serde(default)]
    #[schemars(range(min = -1_000_000.0, max = 1_000_000.0))]
    pub mean: f64,
    /// Which numbers of it.
    #[serde(default)]
    pub draw: Draw,
}

/// An even distribution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Uniform {
    /// How far it reaches to either side of the mean.
    #[schemars(range(min = 0.0, max = 1_000_000.0))]
    pub half_width: f64,
    /// The mean.
    #[serde(default)]
    #[schemars(range(min = -1_000_000.0, max = 1_000_000.0))]
    pub mean: f64,
    /// Which numbers of it.
    #[serde(default)]
    pub draw: Draw,
}

/// One frequency for all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Constant {
    /// The frequency.
    #[serde(default)]
    #[schemars(range(min = -1_000_000.0, max = 1_000_000.0))]
    pub value: f64,
}

/// The permutation that deals the quantiles out; topologies and faults use others.
const DEAL: u32 = u32::MAX;
/// The second counter word of the frequencies' draws; the phases' is 0.
const DRAW: u32 = 1;

impl Frequencies {
    pub(super) fn file_mut(&mut self) -> Option<&mut PathBuf> {
        match self {
            Self::File(file) => Some(&mut file.file),
            _ => None,
        }
    }

    /// What each node turns by itself in a tick of `step` units of time.
    pub(super) fn turns(&self, step: f64, plan: &Plan, seed: u32, folder: &Path) -> Result<Words, Error> {
        let nodes = plan.nodes();
        let place = (plan, plan.column("consensus.frequency")?);
        let lay = |draw: Draw, frequency: &(dyn Fn(f64) -> f64 + Sync)| {
            let deal = Permutation::random(nodes, seed, DEAL);
            filled(place, |i| {
                let share = match draw {
                    // A permutation moves no fewer than three.
                    Draw::Stratified if nodes < 3 => middle(i.into(), nodes.into()),
                    Draw::Stratified => middle(deal.permuted(i).into(), nodes.into()),
                    Draw::Independent => {
                        let [high, low] = threefry2x32([seed, Stream::Start as u32], [i, DRAW]);
                        middle(u64::from(high) << 20 | u64::from(low) >> 12, 1 << 52)
                    }
                };
                turned(frequency(share) * step)
            })
        };
        match self {
            Self::Lorentz(lorentz) => lay(lorentz.draw, &|share| {
                lorentz.mean + lorentz.width * libm::tan(PI * (share - 0.5))
            }),
            Self::Gauss(gauss) => lay(gauss.draw, &|share| gauss.mean + gauss.sigma * normal(share)),
            Self::Uniform(uniform) => lay(uniform.draw, &|share| {
                uniform.mean + uniform.half_width * (2.0 * share - 1.0)
            }),
            Self::Constant(constant) => {
                let word = turned(constant.value * step);
                filled(place, |_| word)
            }
            Self::File(file) => {
                let key = "consensus.frequencies.file";
                if let Some(words) = saved(key, "frequency", &locate(folder, &file.file), plan)? {
                    return Ok(words);
                }
                let numbers = reals::read(key, folder, &file.file, nodes)?;
                filled(place, |i| turned(numbers[i as usize] * step))
            }
        }
    }
}

/// (k + ½)/n: strictly between 0 and 1.
fn middle(k: u64, n: u64) -> f64 {
    (k as f64 + 0.5) / n as f64
}
