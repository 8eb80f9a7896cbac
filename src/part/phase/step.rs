//! Phases that pull at each other. Twin of `shaders/part/phase/step.wgsl`.
//!
//! Kuramoto (*Self-entrainment of a population of coupled non-linear oscillators*, 1975), one Euler step a tick:
//! θ_i += ω_i + (K/d_i) Σ_j sin(θ_j − θ_i). A phase is a `u32` of which 2^32 are one turn, so that it wraps by itself; ω_i is what
//! a node turns by itself in a tick. d_i is the number of links, or of draws, whether or not their messages arrive: one that is
//! lost is a term that is missing, as for networks whose links come and go.
//!
//! In integers: the sines are Q15 and their sum S is exact; their mean is m = ⌊2^16·S/d⌋, in 2^-31 of about 1, and the pull is
//! ⌊m·C/2^32⌋ with the coupling C in units that make that a phase. Where d is above 2^16, S and d lose the bits that d has
//! too many, first. Rounding is always down, so that all devices agree; it moves all phases alike, by 2^-32 of a turn at most.

mod block;
mod lanes;
mod links;
mod swarm;

use crate::column::{Access, Binding, ColumnId, Reach};
use crate::hear::ask::Ask;
use crate::number::multiply_high;
use crate::shader::{Module, module};
use crate::step::{Outputs, Scratch, Step, View};
use std::f64::consts::TAU;
use std::ops::Range;

/// Of that many sines the sum fits 32 bits, and the mean has all its digits.
const FEW: u32 = 1 << 16;

/// Whose phases pull at a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pull {
    /// All its neighbours'.
    Neighbours,
    /// Those of nodes drawn anew in every tick, so many, with replacement.
    Draws(Ask, u32),
}

/// The step and its parameters.
#[derive(Clone, Copy, Debug)]
pub struct PhaseStep {
    phase: ColumnId,
    frequency: ColumnId,
    pull: Pull,
    coupling: Coupling,
}

/// How far a mean sine of 1 turns a phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coupling(u32);

impl Coupling {
    /// The most radians a tick that there is room for.
    pub const MOST: f64 = 3.0;

    /// So many radians a tick, 0 to [`Self::MOST`]; others are clamped.
    #[must_use]
    pub fn new(radians: f64) -> Self {
        // A mean sine of 1 is 32767·2^16 once biased, so that its pull is that times C/2^32. Even, so that half of it is exact.
        let halves = radians.clamp(0.0, Self::MOST) / TAU * (2f64.powi(47) / 32_767.0);
        Self(2 * halves.round() as u32)
    }

    /// The word that the shader is given.
    #[must_use]
    pub fn word(self) -> u32 {
        self.0
    }

    /// The pull of a mean sine from [`mean_sine`].
    #[inline(always)]
    #[must_use]
    pub fn pull(self, mean: u32) -> u32 {
        multiply_high(mean, self.0).wrapping_sub(self.0 >> 1)
    }
}

/// The mean of `count` sines (at least 1) whose sum this is, in 2^-31 and with 2^31 added: ⌊2^16·sum/count⌋ + 2^31.
#[must_use]
pub fn mean_sine(sum: i64, count: u32) -> u32 {
    let excess = (u32::BITS - (count - 1).leading_zeros()).saturating_sub(16);
    let divisor = ((count - 1) >> excess) + 1;
    let biased = ((sum >> excess) as u32).wrapping_add(divisor << 15);
    let (whole, rest) = (biased / divisor, biased % divisor);
    (whole << 16) + (rest << 16) / divisor
}

impl PhaseStep {
    /// The step on a column of phases and one of what each node turns by itself in a tick.
    #[must_use]
    pub fn new(phase: ColumnId, frequency: ColumnId, pull: Pull, coupling: Coupling) -> Self {
        Self {
            phase,
            frequency,
            pull,
            coupling,
        }
    }
}

impl Step for PhaseStep {
    fn name(&self) -> &'static str {
        "phase"
    }

    fn bindings(&self) -> Vec<Binding> {
        let reach = match self.pull {
            Pull::Neighbours => Reach::Links,
            Pull::Draws(..) => Reach::Anywhere,
        };
        vec![
            Binding::new(0, self.phase, Access::Read).within(reach),
            Binding::new(1, self.phase, Access::Next),
            Binding::new(2, self.frequency, Access::Read).within(Reach::Own),
        ]
    }

    fn reads_links(&self) -> bool {
        self.pull == Pull::Neighbours
    }

    fn hears(&self) -> bool {
        true
    }

    fn modules(&self) -> Vec<Module> {
        let mut modules = vec![
            module!("lib/sine"),
            module!("lib/sine-tabled").with("SINE_GROUP", 256),
            module!("part/phase/pull").with("COUPLING", self.coupling.word()),
        ];
        match self.pull {
            Pull::Neighbours => modules.push(module!("part/phase/sines-neighbours")),
            Pull::Draws(ask, samples) => {
                modules.extend([ask.module(), module!("part/phase/sines-asked").with("SAMPLES", samples)]);
            }
        }
        modules.push(module!("part/phase/step"));
        modules
    }

    fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, scratch: &mut Scratch) {
        block::run(self, view, block, outputs, scratch);
    }

    fn describe(&self) -> String {
        let radians = f64::from(self.coupling.word()) * 32_767.0 / 2f64.powi(48) * TAU;
        match self.pull {
            Pull::Neighbours => format!("all neighbours pull by at most {radians:.6} radians"),
            Pull::Draws(_, samples) => format!("{samples} nodes drawn from all pull by at most {radians:.6} radians"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_is_exact_for_few_and_close_for_many() {
        for count in [1, 2, 3, 4, 7, 100, 65_535, 65_536] {
            for sum in [
                -1,
                0,
                1,
                12_345,
                -32_767 * i64::from(count),
                32_767 * i64::from(count),
                i64::from(count) - 1,
            ] {
                let sum = sum.clamp(-32_767 * i64::from(count), 32_767 * i64::from(count));
                let expected = (sum * 65_536).div_euclid(count.into()) + (1 << 31);
                assert_eq!(i64::from(mean_sine(sum, count)), expected, "{sum} of {count}");
            }
        }
        for count in [65_537, 100_000, 1 << 20, (1 << 28) - 2] {
            for share in [-1.0, -0.3, 0.0, 0.7, 1.0] {
                let sum = (share * 32_767.0 * f64::from(count)) as i64;
                let mean = f64::from(mean_sine(sum, count)) - 2f64.powi(31);
                assert!(
                    (mean / (32_767.0 * 65_536.0) - share).abs() < 1e-4,
                    "{share} of {count}"
                );
            }
        }
    }

    #[test]
    fn a_mean_sine_of_one_turns_by_the_coupling() {
        for radians in [0.0, 1e-6, 0.05, 1.0, Coupling::MOST] {
            let coupling = Coupling::new(radians);
            for count in [1, 3, 4, 64] {
                for sign in [-1, 1] {
                    let pull = coupling.pull(mean_sine(sign * 32_767 * i64::from(count), count)) as i32;
                    let turned = f64::from(pull) / 4_294_967_296.0 * TAU;
                    assert!((turned - sign as f64 * radians).abs() < 3e-9, "{radians}: {turned}");
                }
                assert_eq!(coupling.pull(mean_sine(0, count)), 0);
            }
        }
    }
}
