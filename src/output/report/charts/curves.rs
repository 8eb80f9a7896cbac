//! A figure over an axis of numbers, a line for each of what else varies, with intervals.

use super::{Scale, figure};
use crate::output::report::drawing::{Anchor, Drawing, Form, Role, Shape, dashes};

/// A line.
#[derive(Clone, Debug)]
pub struct Curve {
    pub name: String,
    /// Where, the value, its interval.
    pub points: Vec<(f64, f64, Option<[f64; 2]>)>,
}

/// Draws them.
pub fn draw(curves: &[Curve], title: &str, axis: &str, unit: &str, width: f32) -> Drawing {
    let narrow = width < 500.0;
    let (left, right, top, bottom) = (70.0, width - if narrow { 14.0 } else { 200.0 }, 26.0, 270.0);
    let foot = if narrow { 20.0 * curves.len() as f32 } else { 0.0 };
    let mut drawing = Drawing::new(width, bottom + 48.0 + foot, title);
    let points = || curves.iter().flat_map(|curve| curve.points.iter());
    let fold = |values: &mut dyn Iterator<Item = f64>| {
        values.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], value| {
            [low.min(value), high.max(value)]
        })
    };
    let across = fold(&mut points().map(|point| point.0));
    let room = (across[1] - across[0]) * 0.03;
    let x = Scale::new([across[0] - room, across[1] + room], [left, right]);
    let [low, high] = fold(&mut points().flat_map(|point| point.2.unwrap_or([point.1; 2])));
    let low = if low > 0.0 && low < 0.5 * high { 0.0 } else { low };
    let y = Scale::new([low, high], [bottom, top]).nice(5);
    x.below(&mut drawing, top, bottom, if narrow { 3 } else { 6 }, axis);
    y.left(&mut drawing, left, right, 5);
    drawing.text([left, 14.0], Anchor::Start, Role::Grey, unit);
    for (k, curve) in curves.iter().enumerate() {
        // Side by side where they would hide each other.
        let aside = 3.0 * (k as f32 - (curves.len() as f32 - 1.0) / 2.0);
        let place = |at: f64, value: f64| [x.at(at) + aside, y.at(value)];
        let line = curve.points.iter().map(|point| place(point.0, point.1)).collect();
        drawing.put(Form::Line(line, 2.0, dashes(k)), Role::Series(k));
        let bars = curve
            .points
            .iter()
            .filter_map(|point| point.2.map(|[a, b]| [place(point.0, a), place(point.0, b)]));
        let mut bars: Vec<[[f32; 2]; 2]> = bars.collect();
        // Where there are very many they would be all that is seen.
        if bars.len() <= 40 {
            let ends = bars
                .iter()
                .flatten()
                .map(|[x, y]| [[x - 3.5, *y], [x + 3.5, *y]])
                .collect::<Vec<_>>();
            bars.extend(ends);
        }
        drawing.put(Form::Strokes(bars, 1.5), Role::Series(k));
        for (at, value, interval) in &curve.points {
            let interval = interval.map_or_else(String::new, |[a, b]| format!(" ({} to {})", figure(a), figure(b)));
            let tip = format!(
                "{}, {axis} {}: {}{interval} {unit}",
                curve.name,
                figure(*at),
                figure(*value)
            );
            drawing.value(Form::Point(place(*at, *value), 4.5, Shape::of(k)), Role::Series(k), tip);
        }
        let [a, b] = if narrow {
            [left, bottom + 60.0 + 20.0 * k as f32]
        } else {
            [right + 14.0, top + 14.0 + 22.0 * k as f32]
        };
        drawing.put(
            Form::Line(vec![[a, b - 4.0], [a + 26.0, b - 4.0]], 2.0, dashes(k)),
            Role::Series(k),
        );
        drawing.put(Form::Point([a + 13.0, b - 4.0], 4.0, Shape::of(k)), Role::Series(k));
        drawing.text([a + 34.0, b], Anchor::Start, Role::Ink, curve.name.clone());
    }
    drawing
}
