//! Axes: from numbers to pixels, with marks at round numbers (as Heckbert 1990 chooses them).

use crate::output::report::drawing::{Anchor, Drawing, Role};

/// An axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    low: f64,
    high: f64,
    from: f32,
    to: f32,
    is_log: bool,
}

impl Scale {
    /// Of values within these, over these pixels. What is no range becomes one.
    pub fn new([low, high]: [f64; 2], [from, to]: [f32; 2]) -> Self {
        let (low, high) = match (low.is_finite() && high.is_finite(), high > low) {
            (true, true) => (low, high),
            (true, false) => {
                let room = if low == 0.0 { 1.0 } else { low.abs() * 0.1 };
                (low - room, low + room)
            }
            _ => (0.0, 1.0),
        };
        Self {
            low,
            high,
            from,
            to,
            is_log: false,
        }
    }

    /// Of values from 0 on, by the logarithm of one more.
    pub fn log1(high: f64, pixels: [f32; 2]) -> Self {
        Self {
            is_log: true,
            ..Self::new([0.0, high.max(1.0)], pixels)
        }
    }

    /// The same with round ends.
    pub fn nice(mut self, count: usize) -> Self {
        let step = self.step(count);
        self.low = (self.low / step).floor() * step;
        self.high = (self.high / step).ceil() * step;
        self
    }

    fn step(&self, count: usize) -> f64 {
        let raw = (self.high - self.low) / count.max(1) as f64;
        let power = 10f64.powf(raw.log10().floor());
        let step = [1.0, 2.0, 2.5, 5.0, 10.0]
            .into_iter()
            .find(|step| step * power >= raw * 0.999);
        step.unwrap_or(10.0) * power
    }

    /// Where a value is.
    pub fn at(&self, value: f64) -> f32 {
        let share = match self.is_log {
            true => value.max(0.0).ln_1p() / self.high.ln_1p(),
            false => (value - self.low) / (self.high - self.low),
        };
        self.from + (self.to - self.from) * share.clamp(-0.02, 1.02) as f32
    }

    /// About so many round numbers on it.
    pub fn ticks(&self, count: usize) -> Vec<f64> {
        if self.is_log {
            let all = (0..10).flat_map(|power| [1.0, 3.0].map(|step| step * 10f64.powi(power)));
            let mut ticks: Vec<f64> = std::iter::once(0.0)
                .chain(all)
                .filter(|&tick| tick <= self.high)
                .collect();
            while ticks.len() > count.max(2) + 2 {
                let kept = ticks.iter().copied().enumerate().filter(|(k, _)| k % 2 == 0);
                ticks = kept.map(|(_, tick)| tick).collect();
            }
            return ticks;
        }
        let step = self.step(count);
        let first = (self.low / step - 1e-9).ceil() as i64;
        let last = (self.high / step + 1e-9).floor() as i64;
        (first..=last.min(first + 50)).map(|k| k as f64 * step).collect()
    }

    /// Draws it below a plot of this height, with a grid.
    pub fn below(&self, drawing: &mut Drawing, top: f32, bottom: f32, count: usize, name: &str) {
        for tick in self.ticks(count) {
            let x = self.at(tick);
            drawing.line([[x, top], [x, bottom]], 1.0, Role::Grid);
            drawing.text([x, bottom + 17.0], Anchor::Middle, Role::Grey, figure(tick));
        }
        let middle = (self.from + self.to) / 2.0;
        let name = super::intervals::cut(name, 2.0 * middle.min(drawing.width - middle), 13.0);
        drawing.text([middle, bottom + 36.0], Anchor::Middle, Role::Grey, name);
    }

    /// Draws it left of a plot, with a grid.
    pub fn left(&self, drawing: &mut Drawing, left: f32, right: f32, count: usize) {
        for tick in self.ticks(count) {
            let y = self.at(tick);
            drawing.line([[left, y], [right, y]], 1.0, Role::Grid);
            drawing.text([left - 6.0, y + 4.0], Anchor::End, Role::Grey, figure(tick));
        }
    }
}

/// A number for a person: integers with commas, others with four digits that mean something.
pub fn figure(value: f64) -> String {
    if !value.is_finite() {
        return "not known".to_owned();
    }
    let value = if value == 0.0 { 0.0 } else { value };
    let size = value.abs();
    if value.fract() == 0.0 && size < 1e15 {
        return crate::output::text::grouped(value as i64).replace('-', "\u{2212}");
    }
    let text = match size {
        10_000.0..1e15 => return crate::output::text::grouped(value.round() as i64).replace('-', "\u{2212}"),
        1000.0..10_000.0 => {
            let tenths = (size * 10.0).round();
            let whole = crate::output::text::grouped((tenths / 10.0).floor() as i64);
            let sign = if value < 0.0 { "-" } else { "" };
            format!("{sign}{whole}.{}", tenths % 10.0)
        }
        1e-4..1000.0 => {
            let digits = (3 - size.log10().floor() as i32).max(0) as usize;
            let text = format!("{value:.digits$}");
            match text.contains('.') {
                true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
                false => text,
            }
        }
        _ => format!("{value:.3e}"),
    };
    text.replace('-', "\u{2212}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_digits_that_mean_something() {
        let expected = [
            (0.0, "0"),
            (-0.0, "0"),
            (12.0, "12"),
            (-1234567.0, "\u{2212}1,234,567"),
            (0.69672, "0.6967"),
            (12.3456, "12.35"),
            (1234.56, "1,234.6"),
            (1e-7, "1.000e\u{2212}7"),
            (0.5, "0.5"),
            (f64::NAN, "not known"),
        ];
        for (value, text) in expected {
            assert_eq!(figure(value), text);
        }
    }

    #[test]
    fn axes_have_round_numbers_within_them() {
        let scale = Scale::new([0.13, 9.7], [0.0, 100.0]);
        assert_eq!(scale.ticks(5), [2.0, 4.0, 6.0, 8.0]);
        let nice = scale.nice(5);
        assert_eq!(nice.ticks(5), [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]);
        assert_eq!([nice.at(0.0), nice.at(10.0)], [0.0, 100.0]);
        // Of one value, of none, of what is no number.
        for range in [[5.0, 5.0], [0.0, 0.0], [f64::NAN, 1.0], [f64::INFINITY, 0.0]] {
            let scale = Scale::new(range, [0.0, 10.0]);
            assert!(!scale.ticks(4).is_empty() && scale.at(1.0).is_finite(), "{range:?}");
        }
        let log = Scale::log1(1000.0, [0.0, 10.0]);
        assert_eq!((log.at(0.0), log.at(1000.0)), (0.0, 10.0));
        assert!(log.ticks(4).len() <= 6);
    }
}
