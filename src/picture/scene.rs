//! What a picture consists of, in painter's order, whatever it is written as.

use super::colour::Rgb;
use super::font::Weight;

/// A place in pixels, y pointing down.
pub(super) type Place = [f32; 2];

/// A line, or a cubic Bézier curve.
#[derive(Clone, Copy, Debug)]
pub(super) enum Curve {
    Line([Place; 2]),
    Cubic([Place; 4]),
}

/// Which side of its place a text lies on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
}

/// Something to be painted over all before it.
#[derive(Clone, Debug)]
pub(super) enum Mark {
    /// Links of one style, with butt ends.
    Strokes {
        colour: Rgb,
        width: f32,
        opacity: f32,
        curves: Vec<Curve>,
    },
    /// Nodes of one style.
    Discs {
        colour: Rgb,
        radius: f32,
        centres: Vec<Place>,
    },
    /// A filled outline.
    Area {
        colour: Rgb,
        opacity: f32,
        points: Vec<Place>,
    },
    /// A line of text.
    Text {
        text: String,
        /// The baseline.
        at: Place,
        anchor: Anchor,
        /// Pixels to the em.
        size: f32,
        weight: Weight,
        colour: Rgb,
    },
}

/// A picture.
#[derive(Clone, Debug)]
pub(super) struct Scene {
    pub width: u32,
    pub height: u32,
    /// What it is a picture of, for those who cannot see it.
    pub title: String,
    pub description: String,
    /// Farthest first.
    pub marks: Vec<Mark>,
}
