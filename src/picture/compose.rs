//! The page: headline above, the network in the middle, legend and caption below.

use super::colour::{GREY, INK, Rgb};
use super::font::{self, Weight};
use super::legend::Key;
use super::marks::{self, Frame};
use super::scene::{Anchor, Mark, Scene};
use super::{Network, Size, view};
use crate::digits::grouped;

/// In 1600ths of the width.
const MARGIN: f32 = 64.0;

/// Lays out the page.
pub(super) fn compose(network: &Network<'_>, size: Size) -> Scene {
    let unit = size.width as f32 / 1600.0;
    let (left, right) = (MARGIN * unit, size.width as f32 - MARGIN * unit);
    let view = view::look(network.positions);
    let key = Key::new(network);
    let caption = caption(network, &key);
    let lines = font::wrapped(&caption, 22.0 * unit, right - left);

    let (mut head, mut base) = (Vec::new(), 28.0 * unit);
    for (text, size, weight, colour) in [
        (network.title, 46.0 * unit, Weight::Medium, INK),
        (network.subtitle, 28.0 * unit, Weight::Regular, GREY),
    ] {
        if !text.is_empty() {
            base += 1.32 * size;
            head.push(line(text.to_owned(), left, base, size, weight, colour));
        }
    }
    let legend_height = key.legend(left, right, 0.0, unit).1;
    let caption_height = lines.len() as f32 * 32.0 * unit;
    let between = if legend_height > 0.0 && caption_height > 0.0 {
        14.0 * unit
    } else {
        0.0
    };
    let foot = legend_height + between + caption_height + 44.0 * unit;
    let top = base + 50.0 * unit;
    let bottom = foot + 36.0 * unit;

    let (least, most) = marks::bounds(&view);
    let extent = most - least;
    let aspect = if extent.x > 1e-9 {
        (extent.y / extent.x) as f32
    } else {
        1.0
    };
    let fitting = (top + bottom + (right - left) * aspect).clamp(0.6 * size.width as f32, size.width as f32);
    let height = size.height.unwrap_or(fitting.round() as u32);

    let inset = 24.0 * unit;
    let frame = Frame {
        size: (size.width, height),
        least: [left + inset, top],
        // A legend of many lines must not push the network off the page.
        most: [right - inset, (height as f32 - bottom).max(top + 0.2 * height as f32)],
        unit,
    };
    let mut marks = marks::marks(network, &view, &key, frame);
    marks.extend(head);
    let start = height as f32 - foot;
    marks.extend(key.legend(left, right, start, unit).0);
    for (number, text) in lines.into_iter().enumerate() {
        let base = start + legend_height + between + (number as f32 * 32.0 + 22.0) * unit;
        marks.push(line(text, left, base, 22.0 * unit, Weight::Regular, GREY));
    }
    Scene {
        width: size.width,
        height,
        title: network.title.to_owned(),
        description: format!("{} {caption}", network.subtitle).trim().to_owned(),
        marks,
    }
}

fn line(text: String, x: f32, y: f32, size: f32, weight: Weight, colour: Rgb) -> Mark {
    Mark::Text {
        text,
        at: [x, y],
        anchor: Anchor::Start,
        size,
        weight,
        colour,
    }
}

fn caption(network: &Network<'_>, key: &Key) -> String {
    let left_out = match key.left_out() {
        0 => String::new(),
        1 => "One link that leads round the outside to the opposite side is not drawn.".to_owned(),
        count => format!(
            "{} links that lead round the outside to the opposite side are not drawn.",
            grouped(count as u64)
        ),
    };
    format!("{} {left_out}", network.caption).trim().to_owned()
}
