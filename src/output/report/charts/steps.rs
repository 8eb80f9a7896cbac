//! How times are distributed: which share of all was no longer than a time, for every time; the logarithm makes room for the long ones.

use super::{Scale, figure};
use crate::output::report::drawing::{Anchor, Drawing, Form, Role, Shape, dashes};
use crate::output::report::read::times::Times;

/// The shares that are marked.
pub const MARKED: [f64; 3] = [0.5, 0.9, 0.99];

/// Draws them.
pub fn draw(times: &[&Times], title: &str, unit: &str, width: f32) -> Drawing {
    let narrow = width < 500.0;
    let (left, right, top, bottom) = (46.0, width - if narrow { 12.0 } else { 150.0 }, 12.0, 232.0);
    let foot = if narrow { 20.0 * times.len() as f32 } else { 0.0 };
    let mut drawing = Drawing::new(width, bottom + 46.0 + foot, title);
    let longest = times.iter().map(|of| of.at(1.0)).fold(1.0, f64::max);
    let x = Scale::log1(longest, [left, right]);
    let y = Scale::new([0.0, 1.0], [bottom, top]);
    x.below(&mut drawing, top, bottom, if narrow { 4 } else { 8 }, unit);
    for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let at = y.at(share);
        drawing.line([[left, at], [right, at]], 1.0, Role::Grid);
        drawing.text(
            [left - 6.0, at + 4.0],
            Anchor::End,
            Role::Grey,
            format!("{} %", 100.0 * share),
        );
    }
    for (k, of) in times.iter().enumerate() {
        let count = of.count().max(1.0);
        let mut points = vec![[x.at(0.0), y.at(0.0)]];
        let mut sum = 0.0;
        for (time, tasks) in &of.buckets {
            let before = y.at(sum / count);
            sum += tasks;
            points.push([x.at(*time), before]);
            points.push([x.at(*time), y.at(sum / count)]);
        }
        points.push([right, y.at(1.0)]);
        drawing.put(Form::Line(points, 2.0, dashes(k)), Role::Series(k));
        for share in MARKED {
            let tip = format!("{}: {} % within {} {unit}", of.of, 100.0 * share, figure(of.at(share)));
            let at = [x.at(of.at(share)), y.at(share)];
            drawing.value(Form::Point(at, 4.5, Shape::of(k)), Role::Series(k), tip);
        }
        let [a, b] = if narrow {
            [left, bottom + 58.0 + 20.0 * k as f32]
        } else {
            [right + 14.0, top + 14.0 + 22.0 * k as f32]
        };
        drawing.put(
            Form::Line(vec![[a, b - 4.0], [a + 26.0, b - 4.0]], 2.0, dashes(k)),
            Role::Series(k),
        );
        drawing.put(Form::Point([a + 13.0, b - 4.0], 4.0, Shape::of(k)), Role::Series(k));
        drawing.text([a + 34.0, b], Anchor::Start, Role::Ink, of.of.clone());
    }
    drawing
}
