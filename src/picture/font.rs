//! The shapes and widths of letters: Roboto, reduced to what a picture's text may hold (see font/README.md).

use std::sync::LazyLock;
use ttf_parser::{Face, GlyphId, OutlineBuilder};

/// How heavy a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Medium,
}

static REGULAR: LazyLock<Face<'static>> = LazyLock::new(|| parse(include_bytes!("font/Roboto-Regular-subset.ttf")));
static MEDIUM: LazyLock<Face<'static>> = LazyLock::new(|| parse(include_bytes!("font/Roboto-Medium-subset.ttf")));

fn parse(bytes: &'static [u8]) -> Face<'static> {
    Face::parse(bytes, 0).expect("the font is part of the program")
}

fn face(weight: Weight) -> &'static Face<'static> {
    match weight {
        Weight::Regular => &REGULAR,
        Weight::Medium => &MEDIUM,
    }
}

/// Each letter's shape and how far left of it the line's letters reach, in ems; what the font lacks is a box.
fn letters(text: &str, weight: Weight) -> impl Iterator<Item = (GlyphId, f32)> {
    let face = face(weight);
    let em = f32::from(face.units_per_em());
    text.chars().scan(0.0, move |pen, letter| {
        let glyph = face.glyph_index(letter).unwrap_or(GlyphId(0));
        let at = *pen;
        *pen += f32::from(face.glyph_hor_advance(glyph).unwrap_or(0)) / em;
        Some((glyph, at))
    })
}

/// The width of a line of text in pixels.
pub(super) fn width(text: &str, size: f32, weight: Weight) -> f32 {
    let face = face(weight);
    let advance = |glyph| f32::from(face.glyph_hor_advance(glyph).unwrap_or(0)) / f32::from(face.units_per_em());
    letters(text, weight)
        .last()
        .map_or(0.0, |(glyph, at)| at + advance(glyph))
        * size
}

/// The outline of a line of text that starts at the origin, in pixels, y pointing down.
pub(super) fn outline(text: &str, size: f32, weight: Weight, left: f32, base: f32) -> tiny_skia::PathBuilder {
    let face = face(weight);
    let mut pen = Pen {
        path: tiny_skia::PathBuilder::new(),
        scale: size / f32::from(face.units_per_em()),
        left,
        base,
    };
    for (glyph, at) in letters(text, weight) {
        pen.left = left + at * size;
        // A space has no outline.
        let _ = face.outline_glyph(glyph, &mut pen);
    }
    pen.path
}

/// Copies outlines to where they belong.
struct Pen {
    path: tiny_skia::PathBuilder,
    scale: f32,
    left: f32,
    base: f32,
}

impl Pen {
    fn place(&self, x: f32, y: f32) -> (f32, f32) {
        (self.left + x * self.scale, self.base - y * self.scale)
    }
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.place(x, y);
        self.path.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.place(x, y);
        self.path.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.place(x1, y1), self.place(x, y));
        self.path.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) = (self.place(x1, y1), self.place(x2, y2), self.place(x, y));
        self.path.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}

/// A text in lines that are no wider than this many pixels, broken at spaces.
pub(super) fn wrapped(text: &str, size: f32, widest: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(&format!("{line} {word}"), size, Weight::Regular) <= widest => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
