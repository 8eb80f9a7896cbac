//! Charts as pictures: lines, areas, discs and texts on white paper, written as SVG or PNG as networks are.

use super::colour::Rgb;
use super::font::{self, Weight};
use super::scene::{Anchor, Curve, Mark, Scene};
use std::io;

/// Red, green and blue.
type Colour = [u8; 3];

/// A place in pixels, y pointing down.
type Place = [f32; 2];

/// Something on the paper.
#[derive(Clone, Debug)]
pub enum Ink {
    /// A line: its width, its dashes (none for a whole one), its points.
    Line(Colour, f32, Vec<f32>, Vec<Place>),
    /// A filled outline, with its opacity.
    Area(Colour, f32, Vec<Place>),
    /// A disc: its centre and its radius.
    Disc(Colour, Place, f32),
    /// A line of text: where its baseline is, which share of its width lies left of there, its size, whether it is heavy.
    Text(Colour, Place, f32, f32, bool, String),
}

impl Ink {
    /// The same, farther down.
    #[must_use]
    pub fn down(mut self, by: f32) -> Self {
        match &mut self {
            Self::Line(_, _, _, points) | Self::Area(_, _, points) => {
                points.iter_mut().for_each(|point| point[1] += by)
            }
            Self::Disc(_, at, _) | Self::Text(_, at, ..) => at[1] += by,
        }
        self
    }
}

/// A sheet of paper.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// What it shows, for those who cannot see it.
    pub title: String,
    /// What it says.
    pub description: String,
    /// In painter's order.
    pub ink: Vec<Ink>,
}

/// The pieces of a line that its dashes leave.
fn dashed(points: &[Place], dashes: &[f32]) -> Vec<Curve> {
    let pairs = points.windows(2).map(|pair| [pair[0], pair[1]]);
    if dashes.iter().all(|&dash| dash <= 0.0) {
        return pairs.map(Curve::Line).collect();
    }
    let mut pieces = Vec::new();
    let (mut at, mut left) = (0, dashes[0]);
    for [a, b] in pairs {
        let length = (b[0] - a[0]).hypot(b[1] - a[1]);
        let along = |share: f32| [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share];
        let mut done = 0.0;
        while done < length {
            let step = left.min(length - done).max(1e-3);
            if at % 2 == 0 {
                pieces.push(Curve::Line([
                    along(done / length),
                    along(((done + step) / length).min(1.0)),
                ]));
            }
            done += step;
            left -= step;
            if left <= 1e-3 {
                at = (at + 1) % dashes.len();
                left = dashes[at].max(0.5);
            }
        }
    }
    pieces
}

/// The width of a line of text in pixels.
#[must_use]
pub fn width(text: &str, size: f32, heavy: bool) -> f32 {
    font::width(text, size, weight(heavy))
}

fn weight(heavy: bool) -> Weight {
    if heavy { Weight::Medium } else { Weight::Regular }
}

fn scene(sheet: &Sheet) -> Scene {
    let rgb = |[red, green, blue]: Colour| Rgb(red, green, blue);
    let mark = |ink: &Ink| match ink {
        Ink::Line(colour, width, dashes, points) => Mark::Strokes {
            colour: rgb(*colour),
            width: *width,
            opacity: 1.0,
            curves: dashed(points, dashes),
        },
        Ink::Area(colour, opacity, points) => Mark::Area {
            colour: rgb(*colour),
            opacity: *opacity,
            points: points.clone(),
        },
        Ink::Disc(colour, centre, radius) => Mark::Discs {
            colour: rgb(*colour),
            radius: *radius,
            centres: vec![*centre],
        },
        Ink::Text(colour, [x, y], back, size, heavy, text) => Mark::Text {
            text: text.clone(),
            at: [x - back * width(text, *size, *heavy), *y],
            anchor: Anchor::Start,
            size: *size,
            weight: weight(*heavy),
            colour: rgb(*colour),
        },
    };
    Scene {
        width: sheet.width,
        height: sheet.height,
        title: sheet.title.clone(),
        description: sheet.description.clone(),
        marks: sheet.ink.iter().map(mark).collect(),
    }
}

/// As an SVG document.
#[must_use]
pub fn svg(sheet: &Sheet) -> String {
    super::svg::write(&scene(sheet))
}

/// As a PNG file of 256 colours.
///
/// # Errors
/// If the encoder fails, which only a lack of memory brings about.
pub fn png(sheet: &Sheet) -> io::Result<Vec<u8>> {
    super::png::write(&scene(sheet))
}
