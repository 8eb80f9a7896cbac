//! Values with intervals, one below the other: means of variants, or their differences from a baseline.

use super::{Scale, figure};
use crate::output::report::drawing::{Anchor, Drawing, Form, Role, Shape};
use tetraswarm::picture::paper;

/// One row.
#[derive(Clone, Debug)]
pub struct Row {
    pub name: String,
    pub value: Option<f64>,
    pub interval: Option<[f64; 2]>,
    /// A second one, drawn thinner.
    pub other: Option<[f64; 2]>,
    pub role: Role,
    pub shape: Shape,
    /// What is said of it.
    pub note: String,
    /// Single values, drawn small.
    pub points: Vec<f64>,
}

/// What is drawn besides.
#[derive(Clone, Debug, Default)]
pub struct Setting {
    pub title: String,
    pub axis: String,
    /// Whether 0 is on the axis, with a line.
    pub zero: bool,
    /// The zone within which a difference does not matter.
    pub zone: Option<[f64; 2]>,
}

/// A name in no more than two lines of so many pixels.
pub(super) fn fitted(name: &str, room: f32, size: f32) -> Vec<String> {
    // The page's letters may be wider than those that are measured.
    let fits = |text: &str| 1.18 * paper::width(text, size, false) <= room;
    if fits(name) {
        return vec![name.to_owned()];
    }
    let letters: Vec<char> = name.chars().collect();
    let longest = |from: usize| {
        let mut end = letters.len();
        while end > from + 1 && !fits(&letters[from..end].iter().collect::<String>()) {
            end -= 1;
        }
        end
    };
    let mut end = longest(0);
    // Rather where a word ends.
    let soft = (end / 2..end)
        .rev()
        .find(|&k| [' ', ',', '=', '.', '_', '-'].contains(&letters[k]));
    end = soft.map_or(end, |k| k + 1);
    let mut rest = longest(end);
    let first: String = letters[..end].iter().collect();
    let mut second: String = letters[end..rest].iter().collect();
    if rest < letters.len() {
        rest = rest.saturating_sub(1).max(end);
        second = letters[end..rest].iter().collect::<String>() + "\u{2026}";
    }
    vec![first.trim_end().to_owned(), second.trim_start().to_owned()]
}

/// A name in one line of so many pixels.
pub(super) fn cut(name: &str, room: f32, size: f32) -> String {
    match &fitted(name, room - size, size)[..] {
        [whole] => whole.clone(),
        lines => format!("{}\u{2026}", lines[0].trim_end()),
    }
}

/// Draws them.
pub fn draw(rows: &[Row], setting: &Setting, width: f32) -> Drawing {
    let narrow = width < 500.0;
    let step = if narrow { 52.0 } else { 34.0 };
    let left = if narrow { 10.0 } else { 210.0 };
    let right = width - if narrow { 12.0 } else { 128.0 };
    let top = 10.0;
    let bottom = top + step * rows.len() as f32;
    let mut drawing = Drawing::new(width, bottom + 44.0, setting.title.clone());
    let values = rows.iter().flat_map(|row| {
        let ends = row.interval.into_iter().chain(row.other).flatten();
        row.value.into_iter().chain(ends).chain(row.points.iter().copied())
    });
    let zone = setting.zone.into_iter().flatten();
    let zero = setting.zero.then_some(0.0);
    let all: Vec<f64> = values
        .chain(zone)
        .chain(zero)
        .filter(|value| value.is_finite())
        .collect();
    let low = all.iter().copied().fold(f64::INFINITY, f64::min);
    let high = all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let count = if narrow { 3 } else { 6 };
    let scale = Scale::new([low, high], [left, right]).nice(count);
    if let Some([low, high]) = setting.zone {
        let (a, b) = (scale.at(low), scale.at(high));
        drawing.put(Form::Rect([a, top, b - a, bottom - top]), Role::Zone);
    }
    scale.below(&mut drawing, top, bottom, count, &setting.axis);
    if setting.zero {
        let x = scale.at(0.0);
        drawing.line([[x, top], [x, bottom]], 1.5, Role::Ink);
    }
    for (k, row) in rows.iter().enumerate() {
        let head = top + step * k as f32;
        let y = if narrow { head + 38.0 } else { head + step / 2.0 };
        if narrow {
            let name = cut(&row.name, right - left - 84.0, 13.0);
            drawing.text([left, head + 18.0], Anchor::Start, Role::Ink, name);
        } else {
            let lines = fitted(&row.name, left - 22.0, 13.0);
            let first = y + 4.5 - 7.0 * (lines.len() - 1) as f32;
            for (line, text) in lines.into_iter().enumerate() {
                let at = [left - 12.0, first + 14.0 * line as f32];
                drawing.text(at, Anchor::End, Role::Ink, text);
            }
        }
        let shown = row.value.map_or_else(|| "not known".to_owned(), figure);
        let at = if narrow {
            [right, head + 18.0]
        } else {
            [right + 14.0, y + 4.5]
        };
        let anchor = if narrow { Anchor::End } else { Anchor::Start };
        drawing.text(
            at,
            anchor,
            if row.value.is_some() { Role::Ink } else { Role::Grey },
            shown,
        );
        if !row.points.is_empty() {
            let dots = row.points.iter().map(|point| [scale.at(*point), y + 8.0]);
            drawing.put(Form::Dots(dots.collect(), 1.8), Role::Neutral);
        }
        if let Some([a, b]) = row.other {
            drawing.put(
                Form::Line(vec![[scale.at(a), y], [scale.at(b), y]], 1.2, &[3.0, 3.0]),
                row.role,
            );
        }
        if let Some([a, b]) = row.interval {
            let (a, b) = (scale.at(a), scale.at(b));
            drawing.line([[a, y], [b, y]], 3.0, row.role);
            let ends = [a, b].map(|x| [[x, y - 6.0], [x, y + 6.0]]);
            drawing.put(Form::Strokes(ends.to_vec(), 2.0), row.role);
        }
        if let Some(value) = row.value {
            let interval = row
                .interval
                .map_or_else(String::new, |[a, b]| format!(", {} to {}", figure(a), figure(b)));
            let note = if row.note.is_empty() {
                String::new()
            } else {
                format!(": {}", row.note)
            };
            let tip = format!("{}: {}{interval}{note}", row.name, figure(value));
            drawing.value(Form::Point([scale.at(value), y], 5.5, row.shape), row.role, tip);
        }
    }
    drawing
}
