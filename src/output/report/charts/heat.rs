//! A figure over two axes: a field for each pair of values, with its number on it, so that no colour need be told from another.

use super::figure;
use super::intervals::cut;
use crate::output::report::drawing::{Anchor, Drawing, Form, Role};

/// A figure over two axes.
#[derive(Clone, Debug)]
pub struct Field {
    pub title: String,
    pub across: (String, Vec<String>),
    pub down: (String, Vec<String>),
    /// Row by row.
    pub values: Vec<Vec<Option<f64>>>,
    pub unit: String,
}

/// Draws it.
pub fn draw(field: &Field, width: f32) -> Drawing {
    let (columns, rows) = (field.across.1.len(), field.down.1.len());
    let narrow = width < 500.0;
    let left = if narrow { 84.0 } else { 170.0 };
    let top = 46.0;
    let wide = ((width - left - 8.0) / columns.max(1) as f32).min(150.0);
    let high = if rows > 24 { 18.0 } else { 34.0 };
    let mut drawing = Drawing::new(width, top + high * rows as f32 + 44.0, field.title.clone());
    let known = || {
        field
            .values
            .iter()
            .flatten()
            .flatten()
            .copied()
            .filter(|value| value.is_finite())
    };
    let low = known().fold(f64::INFINITY, f64::min);
    let most = known().fold(f64::NEG_INFINITY, f64::max);
    let on = |value: f64| {
        if most > low {
            ((value - low) / (most - low)) as f32
        } else {
            0.5
        }
    };
    let middle = left + wide * columns as f32 / 2.0;
    let across = cut(
        &format!("{} (across)", field.across.0),
        2.0 * (width - middle).min(middle),
        13.0,
    );
    drawing.text([middle, 16.0], Anchor::Middle, Role::Grey, across);
    for (k, name) in field.across.1.iter().enumerate() {
        let x = left + wide * (k as f32 + 0.5);
        let text = cut(name, wide - 2.0, 12.0);
        drawing.put(
            Form::Text([x, top - 10.0], Anchor::Middle, 12.0, false, text),
            Role::Ink,
        );
    }
    for (row, name) in field.down.1.iter().enumerate() {
        let y = top + high * row as f32;
        let text = cut(name, left - 10.0, 12.0);
        drawing.put(
            Form::Text([left - 8.0, y + high / 2.0 + 4.0], Anchor::End, 12.0, false, text),
            Role::Ink,
        );
        for column in 0..columns {
            let x = left + wide * column as f32;
            let place = [x + 1.0, y + 1.0, wide - 2.0, high - 2.0];
            let tip = |value: &str| {
                let unit = if field.unit.is_empty() {
                    String::new()
                } else {
                    format!(" {}", field.unit)
                };
                let (across, down) = (&field.across, &field.down);
                format!("{} {}, {} {}: {value}{unit}", across.0, across.1[column], down.0, name)
            };
            match field.values[row][column] {
                Some(value) => {
                    let at = on(value);
                    drawing.value(Form::Rect(place), Role::Heat(at), tip(&figure(value)));
                    let text = figure(value);
                    let size = if wide < 52.0 { 10.0 } else { 12.0 };
                    if 1.18 * tetraswarm::picture::paper::width(&text, size, false) < wide - 4.0 && high > 20.0 {
                        let at_text = [x + wide / 2.0, y + high / 2.0 + 4.0];
                        drawing.put(Form::Text(at_text, Anchor::Middle, size, false, text), Role::OnHeat(at));
                    }
                }
                None => drawing.value(Form::Rect(place), Role::Grid, tip("not known")),
            }
        }
    }
    let y = top + high * rows as f32 + 14.0;
    let steps = 24;
    let bar = (wide * columns as f32).min(220.0);
    for k in 0..steps {
        let x = left + bar * k as f32 / steps as f32;
        drawing.put(
            Form::Rect([x, y, bar / steps as f32 + 0.5, 8.0]),
            Role::Heat(k as f32 / (steps - 1) as f32),
        );
    }
    if low.is_finite() {
        drawing.text([left, y + 24.0], Anchor::Start, Role::Grey, figure(low));
        drawing.text([left + bar, y + 24.0], Anchor::End, Role::Grey, figure(most));
    }
    drawing
}
