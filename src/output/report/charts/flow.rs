//! A ledger as a flow: what came in, and what has become of it, in bands whose heights are amounts.

use super::figure;
use crate::output::report::drawing::{Anchor, Drawing, Form, Role};

/// What has become of a part.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    pub name: String,
    pub amount: f64,
}

/// A ledger.
#[derive(Clone, Debug)]
pub struct Flow {
    pub title: String,
    pub source: Share,
    pub shares: Vec<Share>,
    pub unit: String,
}

/// Draws it.
pub fn draw(flow: &Flow, width: f32) -> Drawing {
    let narrow = width < 500.0;
    let shares: Vec<&Share> = flow.shares.iter().filter(|share| share.amount > 0.0).collect();
    let gap = 26.0;
    let room = if narrow { 150.0 } else { 190.0 };
    let high = room + gap * shares.len() as f32;
    let mut drawing = Drawing::new(width, high + 24.0, flow.title.clone());
    let all = flow
        .source
        .amount
        .max(shares.iter().map(|share| share.amount).sum())
        .max(1.0);
    let tall = |amount: f64| (f64::from(room) * amount / all) as f32;
    let (left, right) = if narrow { (8.0, 150.0) } else { (170.0, 470.0) };
    let block = 14.0;
    let percent = |amount: f64| figure(100.0 * amount / all);
    let source = tall(flow.source.amount).max(1.0);
    let tip = format!("{}: {} {}", flow.source.name, figure(flow.source.amount), flow.unit);
    drawing.value(Form::Rect([left, 12.0, block, source]), Role::Ink, tip);
    let words = format!("{} {}", figure(flow.source.amount), flow.source.name);
    if narrow {
        drawing.text([left, high + 16.0], Anchor::Start, Role::Ink, words);
    } else {
        drawing.text([left - 10.0, 12.0 + source / 2.0 + 4.0], Anchor::End, Role::Ink, words);
    }
    let (mut from, mut to) = (12.0, 12.0);
    for (k, share) in shares.iter().enumerate() {
        let tall = tall(share.amount);
        let seen = tall.max(1.0);
        let (a, b) = (left + block, right);
        // A band along a curve that is level at both ends.
        let bend = |t: f32| t * t * (3.0 - 2.0 * t);
        let edge = |down: f32, steps: &mut dyn Iterator<Item = u32>| -> Vec<[f32; 2]> {
            steps
                .map(|step| {
                    let t = step as f32 / 20.0;
                    [a + (b - a) * t, from + (to - from) * bend(t) + down]
                })
                .collect()
        };
        let mut outline = edge(0.0, &mut (0..=20));
        outline.extend(edge(seen, &mut (0..=20).rev()));
        let tip = format!(
            "{}: {} {}, {} %",
            share.name,
            figure(share.amount),
            flow.unit,
            percent(share.amount)
        );
        drawing.value(Form::Area(outline, 0.55), Role::Series(k), tip);
        drawing.put(Form::Rect([right, to, block, seen]), Role::Series(k));
        let words = match narrow {
            true => format!("{} {} %", share.name, percent(share.amount)),
            false => format!("{} {} ({} %)", figure(share.amount), share.name, percent(share.amount)),
        };
        drawing.text(
            [right + block + 8.0, to + seen / 2.0 + 4.5],
            Anchor::Start,
            Role::Ink,
            words,
        );
        from += tall;
        to += seen.max(1.0) + gap;
    }
    drawing
}
