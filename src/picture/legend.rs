//! What the colours mean: for each link a colour, and the legend that explains it.

use super::colour::{GREY, INK, Rgb, of_level, on_scale};
use super::font::{self, Weight};
use super::lengths::Lengths;
use super::scene::{Anchor, Curve, Mark};
use super::{Colour, Network};

/// How many steps the scale of lengths has.
const STEPS: usize = 24;

/// The colours of a picture.
#[derive(Debug)]
pub(super) struct Key {
    /// For each link the index of its colour.
    pub of: Vec<usize>,
    pub colours: Vec<Rgb>,
    closing: Vec<bool>,
    meaning: Meaning,
}

#[derive(Debug)]
enum Meaning {
    /// The names of the levels that occur, with their indices.
    Levels(Vec<(usize, String)>),
    /// From 1 to the longest, in units of the shortest.
    Lengths(Lengths),
    /// All links are of about the same length.
    None,
}

impl Key {
    pub fn new(network: &Network<'_>) -> Self {
        let closing = network.closing.to_vec();
        match network.colour {
            Colour::Level { of, names } => by_level(of, names, closing),
            Colour::Length => by_length(network, closing),
        }
    }

    /// Whether a link is drawn.
    pub fn shown(&self, link: usize) -> bool {
        !self.closing.get(link).copied().unwrap_or(false)
    }

    /// How many links are not drawn.
    pub fn left_out(&self) -> usize {
        self.closing.iter().filter(|&&left_out| left_out).count()
    }

    pub fn by_level(&self) -> bool {
        matches!(self.meaning, Meaning::Levels(_))
    }

    /// How much wider than others the links of a colour are: those of higher levels are few.
    pub fn weight(&self, colour: usize) -> f32 {
        if self.by_level() {
            (1.0 + 0.3 * colour as f32).min(3.0)
        } else {
            1.0
        }
    }

    /// The legend, from this height downwards, and how high it is; `unit` is a 1600th of the width.
    pub fn legend(&self, left: f32, right: f32, top: f32, unit: f32) -> (Vec<Mark>, f32) {
        match &self.meaning {
            Meaning::None => (Vec::new(), 0.0),
            Meaning::Levels(names) => self.levels(names, left, right, top, unit),
            Meaning::Lengths(lengths) => self.lengths(lengths, left, top, unit),
        }
    }

    fn levels(&self, names: &[(usize, String)], left: f32, right: f32, top: f32, unit: f32) -> (Vec<Mark>, f32) {
        let (size, line) = (24.0 * unit, 38.0 * unit);
        let mut marks = Vec::new();
        let (mut x, mut base) = (left, top + size);
        for (level, name) in names {
            let wide = 58.0 * unit + font::width(name, size, Weight::Regular);
            if x > left && x + wide > right {
                (x, base) = (left, base + line);
            }
            let y = base - 0.35 * size;
            marks.push(swatch(
                self.colours[*level],
                5.0 * unit * self.weight(*level),
                x,
                x + 44.0 * unit,
                y,
            ));
            marks.push(label(name.clone(), x + 58.0 * unit, base, Anchor::Start, size));
            x += wide + 44.0 * unit;
        }
        (marks, base - top + 0.4 * size)
    }

    fn lengths(&self, lengths: &Lengths, left: f32, top: f32, unit: f32) -> (Vec<Mark>, f32) {
        let (size, wide) = (24.0 * unit, 480.0 * unit);
        let name = "link length, in units of the shortest";
        let mut marks = vec![label(name.to_owned(), left, top + size, Anchor::Start, size)];
        let start = left + font::width(name, size, Weight::Regular) + 40.0 * unit;
        let y = top + 0.65 * size;
        let step = wide / STEPS as f32;
        for (at, &colour) in self.colours.iter().enumerate() {
            let x = start + at as f32 * step;
            // A little over the next, so that no paper shows between them.
            let over = if at + 1 < STEPS { 0.5 * unit } else { 0.0 };
            marks.push(swatch(colour, 18.0 * unit, x, x + step + over, y));
        }
        for (tick, at) in lengths.ticks() {
            let x = start + wide * at as f32;
            marks.push(label(
                Lengths::written(tick),
                x,
                top + 2.2 * size,
                Anchor::Middle,
                0.9 * size,
            ));
        }
        (marks, 2.6 * size)
    }
}

fn swatch(colour: Rgb, width: f32, from: f32, to: f32, y: f32) -> Mark {
    Mark::Strokes {
        colour,
        width,
        opacity: 1.0,
        curves: vec![Curve::Line([[from, y], [to, y]])],
    }
}

fn label(text: String, x: f32, y: f32, anchor: Anchor, size: f32) -> Mark {
    Mark::Text {
        text,
        at: [x, y],
        anchor,
        size,
        weight: Weight::Regular,
        colour: if anchor == Anchor::Middle { GREY } else { INK },
    }
}

fn by_level(of: &[u32], names: &[String], closing: Vec<bool>) -> Key {
    let mut present: Vec<u32> = of.to_vec();
    present.sort_unstable();
    present.dedup();
    let levels = present.len() as u32;
    let colours = (0..levels).map(|level| of_level(level, levels)).collect();
    let index = |level: &u32| present.binary_search(level).unwrap_or(0);
    let named = |(at, level): (usize, &u32)| {
        let name = names.get(*level as usize).cloned();
        (at, name.unwrap_or_else(|| format!("level {level}")))
    };
    Key {
        of: of.iter().map(index).collect(),
        colours,
        closing,
        meaning: Meaning::Levels(present.iter().enumerate().map(named).collect()),
    }
}

fn by_length(network: &Network<'_>, closing: Vec<bool>) -> Key {
    let of_link = |&(a, b): &(u32, u32)| {
        let length = network.positions[a as usize].distance(network.positions[b as usize]);
        if length.is_finite() { length } else { 0.0 }
    };
    let lengths: Vec<f64> = network.links.iter().map(of_link).collect();
    let shown = || {
        lengths
            .iter()
            .enumerate()
            .filter(|&(link, _)| !closing.get(link).copied().unwrap_or(false))
    };
    let lengths_shown: Vec<f64> = shown().map(|(_, &length)| length).collect();
    let Some(scale) = Lengths::new(lengths_shown) else {
        return Key {
            of: vec![0; lengths.len()],
            colours: vec![on_scale(0.12)],
            closing,
            meaning: Meaning::None,
        };
    };
    let step = |length: &f64| ((scale.position(*length) * STEPS as f64) as usize).min(STEPS - 1);
    Key {
        of: lengths.iter().map(step).collect(),
        colours: (0..STEPS).map(|at| on_scale(at as f64 / (STEPS - 1) as f64)).collect(),
        closing,
        meaning: Meaning::Lengths(scale),
    }
}
