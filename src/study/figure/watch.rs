//! Watches the rows of a run, and makes its figures of them.

use super::{FigureSpec, How, fixed};
use crate::gauge::{Measurement, Number};
use crate::plan::Plan;
use std::borrow::Cow;

fn number(number: &Number) -> Option<f64> {
    match number {
        Number::I32(value) => value.map(f64::from),
        Number::I64(value) => value.map(|value| value as f64),
        Number::U32(value) => value.map(f64::from),
        Number::U64(value) => value.map(|value| value as f64),
        Number::F64(value) => value.filter(|value| value.is_finite()),
        Number::Text(_) => None,
    }
}

/// Watches the rows of a run.
#[derive(Clone, Debug)]
pub struct Watch<'a> {
    figures: &'a [FigureSpec],
    /// Whether all rows are needed, or the last is enough.
    needs_all: bool,
    /// Where the figures stand in a row.
    places: Option<Vec<usize>>,
    /// Ticks and numbers, of each figure.
    rows: Vec<Vec<(u32, Option<f64>)>>,
    /// Of figures that do not change in a run, their numbers.
    fixed: Vec<Option<f64>>,
}

impl<'a> Watch<'a> {
    pub fn of(figures: &'a [FigureSpec], is_twin: bool) -> Self {
        let is_simple = |figure: &FigureSpec| figure.how == How::Last && figure.until.is_none();
        Self {
            figures,
            needs_all: is_twin || !figures.iter().all(is_simple),
            places: None,
            rows: vec![Vec::new(); figures.len()],
            fixed: Vec::new(),
        }
    }

    /// Finds the figures that do not change in a run, if any is asked for.
    pub fn look(&mut self, plan: &Plan) {
        if self.figures.iter().any(|figure| fixed::is_fixed(&figure.name)) {
            self.fixed = fixed::numbers(plan, self.figures.iter().map(|figure| figure.name.as_str()));
        }
    }

    /// Takes a row as it is measured.
    pub fn row(&mut self, row: &Measurement) {
        if self.needs_all {
            self.take(row);
        }
    }

    /// Takes the last row.
    pub fn last(&mut self, row: &Measurement) {
        let is_known = self
            .rows
            .first()
            .and_then(|rows| rows.last())
            .is_some_and(|(tick, _)| *tick == row.tick);
        if !is_known {
            self.take(row);
        }
    }

    fn take(&mut self, row: &Measurement) {
        let figures = row.figures();
        let places = self.places.get_or_insert_with(|| {
            let place = |spec: &FigureSpec| {
                figures
                    .iter()
                    .position(|figure| figure.name == Cow::Borrowed(spec.name.as_str()))
            };
            self.figures
                .iter()
                .map(|spec| place(spec).unwrap_or(usize::MAX))
                .collect()
        });
        for (rows, place) in self.rows.iter_mut().zip(places) {
            rows.push((row.tick, figures.get(*place).and_then(|figure| number(&figure.number))));
        }
    }

    /// The ticks of its rows.
    pub fn ticks(&self) -> Vec<u32> {
        self.rows
            .first()
            .map_or_else(Vec::new, |rows| rows.iter().map(|(tick, _)| *tick).collect())
    }

    /// Ticks and numbers of each figure.
    pub fn rows(&self) -> &[Vec<(u32, Option<f64>)>] {
        &self.rows
    }

    /// Takes what was read of a run before it went on; of other figures than there are, nothing.
    pub fn recall(&mut self, rows: Vec<Vec<(u32, Option<f64>)>>) {
        if rows.len() == self.figures.len() {
            self.rows = rows;
        }
    }

    /// The numbers of the run, figure by figure.
    pub fn numbers(&self, twin: Option<&Self>, events: &[u32]) -> Vec<Option<f64>> {
        let of = |(k, figure): (usize, &FigureSpec)| {
            if fixed::is_fixed(&figure.name) {
                return self.fixed.get(k).copied().flatten().or(figure.otherwise);
            }
            let others = twin.map_or(&[][..], |twin| &twin.rows[k]);
            figure.of(&self.rows[k], others, events).or(figure.otherwise)
        };
        self.figures.iter().enumerate().map(of).collect()
    }

    /// The numbers of a figure, row by row.
    pub fn series(&self, figure: usize) -> Vec<Option<f64>> {
        self.rows[figure].iter().map(|(_, value)| *value).collect()
    }
}
