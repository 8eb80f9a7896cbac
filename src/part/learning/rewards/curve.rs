//! The reward `curve`: how well one numeric parameter is chosen, best at one point and worse the farther from it. Twin:
//! `shaders/part/learning/curve.wgsl`.

use crate::error::Error;
use crate::fault::Domain;
use crate::number::{multiply_high, threefry2x32};
use crate::part::learning::reward::{Given, Rewards};
use crate::part::learning::site::Site;
use crate::shader::{Module, module};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A numeric parameter, best at one point and worse the farther from it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Curve {
    /// How many points there are, numbered from 1: a Fibonacci number less 1.
    #[schemars(range(min = 1, max = 75_024))]
    pub points: u32,
    /// The best.
    #[schemars(range(min = 1, max = 75_024))]
    pub peak: u32,
    /// What is seen of a point is off by up to so much either way, drawn anew by each node each time; a point farther from the best is
    /// worse by 1.
    #[serde(default)]
    #[schemars(range(min = 0, max = 1_000_000))]
    pub noise: u32,
}

/// The curve with its numbers worked out.
#[derive(Clone, Copy, Debug)]
pub struct Scores {
    /// How many points there are.
    pub points: u32,
    peak: u32,
    noise: u32,
    key: [u32; 2],
}

impl Scores {
    /// What node i sees of a point.
    #[must_use]
    pub fn of(&self, i: u32, point: u32, tick: u32) -> i32 {
        let away = point.abs_diff(self.peak) as i32;
        if self.noise == 0 {
            return -away;
        }
        let draw = multiply_high(threefry2x32(self.key, [i, tick])[0], 2 * self.noise + 1);
        draw as i32 - self.noise as i32 - away
    }

    /// The shader's side: `score`.
    #[must_use]
    pub fn module(&self) -> Module {
        module!("part/learning/curve")
            .with("PEAK", self.peak)
            .with("NOISE", self.noise)
            .with("NOISE_KEY", self.key[0])
            .with("NOISE_SALT", self.key[1])
    }
}

impl Rewards for Curve {
    fn strategies(&self, _named: usize) -> Result<usize, Error> {
        Ok(1)
    }

    fn domain(&self) -> Option<Domain> {
        // 1 for left, 2 for right.
        Some(Domain::Opinion(2))
    }

    fn plan(&self, site: &mut Site<'_, '_>) -> Result<Given, Error> {
        if self.peak < 1 || self.peak > self.points {
            let message = format!("is {}; the points are 1 to {}", self.peak, self.points);
            return Err(Error::invalid("learning.reward.peak", message));
        }
        if self.noise > 1_000_000 {
            let message = format!("is {}; it is at most 1,000,000", self.noise);
            return Err(Error::invalid("learning.reward.noise", message));
        }
        Ok(Given::Scores(Scores {
            points: self.points,
            peak: self.peak,
            noise: self.noise,
            key: site.draft.key("learning.noise"),
        }))
    }

    fn about(&self) -> String {
        format!(
            "curve over {} points, best at {}, seen with noise up to {}",
            self.points, self.peak, self.noise
        )
    }
}
