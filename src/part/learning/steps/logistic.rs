//! The logistic function of whole numbers as integers: 1 / (1 + exp(−s·d)) in 2^-31, the same on every device. Twin of
//! `shaders/part/learning/fermi.wgsl`.
//!
//! A table has the values at d = 0, −2^k, −2·2^k, …, made by additions, multiplications and divisions alone, which IEEE 754 lets no
//! machine do otherwise. Where it reaches down to 2^-31 with k = 0, as for s ≥ 0.0027, every value is within 2^-31 of the function.
//! Otherwise values between are on straight lines: with at least 4096 places over s·d from 0 to 22 they are within 3.5·10^-7.

use crate::part::learning::reals::exponential;

/// The most places of the table, less the last.
const PLACES: u32 = 1 << 13;

/// Where the function is below 2^-31.
const END: f64 = 22.0;

/// The function, and its table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logistic {
    /// The values at −d, for d = 0, 2^shift, 2·2^shift, …; the last is 0, unless the function is ½ everywhere.
    table: Vec<u32>,
    shift: u32,
}

impl Logistic {
    /// The function of a strength s, from 0 to a million.
    #[must_use]
    pub fn new(strength: f64) -> Self {
        let needed = if strength > 0.0 {
            (END / strength).min(4e9) as u32
        } else {
            u32::MAX
        };
        let mut shift = 0;
        while needed >> shift >= PLACES && shift < 31 {
            shift += 1;
        }
        let places = (needed >> shift).min(PLACES - 1) + 1;
        let value = |place: u32| {
            let z = strength * f64::from(place) * f64::from(1u32 << shift);
            let exponential = exponential(z.min(END + 1.0));
            // At most ½.
            (2_147_483_648.0 * (exponential / (1.0 + exponential))).round() as u32
        };
        let mut table: Vec<u32> = (0..=places).map(value).collect();
        if strength * f64::from(places) * f64::from(1u32 << shift) >= END
            && let Some(last) = table.last_mut()
        {
            *last = 0;
        }
        Self { table, shift }
    }

    /// The table, for a device.
    #[must_use]
    pub fn table(&self) -> &[u32] {
        &self.table
    }

    /// How far apart the table's places are, as a power of two.
    #[must_use]
    pub fn shift(&self) -> u32 {
        self.shift
    }

    /// The value at d, in 2^-31.
    #[inline]
    #[must_use]
    pub fn at(&self, d: i32) -> u32 {
        let away = d.unsigned_abs();
        let last = self.table.len() - 1;
        let place = (away >> self.shift) as usize;
        let low = if place >= last {
            self.table[last]
        } else {
            let (here, after) = (self.table[place], self.table[place + 1]);
            let between = away & ((1 << self.shift) - 1);
            // The part of the way, in 2^-16 at most.
            let way = if self.shift > 16 {
                between >> (self.shift - 16)
            } else {
                between
            };
            let bits = self.shift.min(16);
            here - part(here - after, way, bits)
        };
        if d < 0 { low } else { (1 << 31) - low }
    }
}

/// ⌊whole · way / 2^bits⌋ for way below 2^bits, at most 2^16, and whole below 2^31: without leaving 32 bits.
#[inline(always)]
fn part(whole: u32, way: u32, bits: u32) -> u32 {
    let (high, low) = (whole >> 16, whole & 0xFFFF);
    let upper = high * way;
    let lower = low * way;
    // (upper · 2^16 + lower) >> bits.
    (upper << (16 - bits)).wrapping_add(lower >> bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(strength: f64, distances: impl Iterator<Item = i32>) -> f64 {
        let logistic = Logistic::new(strength);
        let of = |d: i32| {
            let exact = 1.0 / (1.0 + (-strength * f64::from(d)).exp());
            (f64::from(logistic.at(d)) / 2_147_483_648.0 - exact).abs()
        };
        distances.map(of).fold(0.0, f64::max)
    }

    #[test]
    fn values_are_within_the_stated_bounds() {
        for strength in [0.003, 0.006, 0.01, 0.3, 1.0, 4.0, 30.0, 1e6] {
            let found = error(strength, -6000..6000);
            assert!(found <= 1.0001 / 2_147_483_648.0, "{strength}: {found}");
        }
        for strength in [1e-3, 3.7e-5, 1e-7, 1e-9] {
            let step = (1.0 + 1e-4 / strength) as usize;
            let most = (23.0_f64 / strength).min(2e9) as i32;
            let found = error(strength, (-most..most).step_by(step));
            assert!(found <= 3.5e-7, "{strength}: {found}");
        }
        assert_eq!(Logistic::new(0.0).at(12_345), 1 << 30);
        assert_eq!(Logistic::new(1.0).at(i32::MIN), 0);
    }

    #[test]
    fn both_sides_are_one_and_it_rises() {
        for strength in [1e-4, 0.01, 0.5] {
            let logistic = Logistic::new(strength);
            assert_eq!(logistic.at(0), 1 << 30);
            for d in 1..100_000 {
                assert_eq!(logistic.at(d) + logistic.at(-d), 1 << 31);
                assert!(logistic.at(d) >= logistic.at(d - 1), "{strength} {d}");
            }
        }
    }
}
