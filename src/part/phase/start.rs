//! The phases at tick 0.

use super::{filled, reals, saved, turned};
use crate::error::Error;
use crate::input::locate;
use crate::number::{Stream, threefry2x32};
use crate::part::consensus::StartFile;
use crate::plan::Plan;
use crate::words::Words;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::f64::consts::TAU;
use std::path::{Path, PathBuf};

/// The phases at tick 0, in radians.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum PhaseStart {
    /// All are 0.
    Aligned(Aligned),
    /// Drawn evenly from the whole circle.
    Uniform(Everywhere),
    /// Drawn evenly from an arc about 0.
    Spread(PhaseArc),
    /// From a file: one number a line (`#` comments allowed), or a one-dimensional .npy array. Or a Parquet or .npz table, as
    /// `run --save` writes it: its column `phase`, in 2^-32 turns, by `id` or else by `node`, in any order.
    File(StartFile),
}

/// Nothing to choose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Aligned {}

/// Nothing to choose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Everywhere {}

/// A part of the circle.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PhaseArc {
    /// Its length, in radians: from −width/2 to width/2, at most a whole turn.
    #[schemars(range(min = 0.0, max = TAU))]
    pub width: f64,
}

impl PhaseStart {
    pub(super) fn file_mut(&mut self) -> Option<&mut PathBuf> {
        match self {
            Self::File(file) => Some(&mut file.file),
            _ => None,
        }
    }

    pub(super) fn phases(&self, plan: &Plan, seed: u32, folder: &Path) -> Result<Words, Error> {
        let nodes = plan.nodes();
        let place = (plan, plan.column("consensus.phase")?);
        let draw = |i: u32| threefry2x32([seed, Stream::Start as u32], [i, 0])[0];
        match self {
            Self::Aligned(_) => filled(place, |_| 0),
            Self::Uniform(_) => filled(place, draw),
            Self::Spread(arc) => {
                // Up to 2^32, which does not fit a word.
                let width = (arc.width / TAU * 4_294_967_296.0).round() as u64;
                filled(place, |i| {
                    ((u64::from(draw(i)) * width) >> 32).wrapping_sub(width / 2) as u32
                })
            }
            Self::File(file) => {
                let key = "consensus.start.file";
                if let Some(words) = saved(key, "phase", &locate(folder, &file.file), plan)? {
                    return Ok(words);
                }
                let numbers = reals::read(key, folder, &file.file, nodes)?;
                filled(place, |i| turned(numbers[i as usize]))
            }
        }
    }
}
