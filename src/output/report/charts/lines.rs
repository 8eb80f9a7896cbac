//! Series over ticks, as a picture without a page: what a page shows on a canvas.

use super::Scale;
use super::intervals::fitted;
use crate::output::report::drawing::{Anchor, Drawing, Form, Role, dashes};

/// A series: its name and its points.
pub type Series<'a> = (String, &'a [(f64, Option<f64>)]);

/// Draws them, with events marked.
pub fn draw(series: &[Series<'_>], events: &[u64], title: &str, unit: &str, width: f32) -> Drawing {
    let (left, right, top, bottom) = (78.0, width - 190.0, 26.0, 280.0);
    let mut drawing = Drawing::new(width, bottom + 46.0, title);
    let points = || series.iter().flat_map(|(_, points)| points.iter());
    let range = |values: &mut dyn Iterator<Item = f64>| {
        values.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], value| {
            [low.min(value), high.max(value)]
        })
    };
    let x = Scale::new(range(&mut points().map(|point| point.0)), [left, right]);
    let [low, high] = range(&mut points().filter_map(|point| point.1));
    // From 0 on, where that is near.
    let low = if low > 0.0 && low < 0.5 * high { 0.0 } else { low };
    let y = Scale::new([low, high], [bottom, top]).nice(5);
    x.below(&mut drawing, top, bottom, 6, "ticks");
    y.left(&mut drawing, left, right, 5);
    drawing.text([left, 14.0], Anchor::Start, Role::Grey, unit);
    for (k, tick) in events.iter().enumerate() {
        let at = x.at(*tick as f64);
        drawing.put(Form::Line(vec![[at, top], [at, bottom]], 1.5, &[4.0, 3.0]), Role::Ink);
        drawing.text([at, top - 4.0], Anchor::Middle, Role::Ink, format!("{}", k + 1));
    }
    for (k, (name, points)) in series.iter().enumerate() {
        for part in points.split(|point| point.1.is_none()) {
            let known = part.iter().filter_map(|point| Some([x.at(point.0), y.at(point.1?)]));
            drawing.put(Form::Line(known.collect(), 2.0, dashes(k)), Role::Series(k));
        }
        let at = top + 16.0 + 30.0 * k as f32;
        drawing.put(
            Form::Line(vec![[right + 14.0, at - 4.0], [right + 46.0, at - 4.0]], 2.0, dashes(k)),
            Role::Series(k),
        );
        for (line, text) in fitted(name, 128.0, 12.0).into_iter().enumerate() {
            let place = [right + 54.0, at + 13.0 * line as f32];
            drawing.put(Form::Text(place, Anchor::Start, 12.0, false, text), Role::Ink);
        }
    }
    drawing
}
