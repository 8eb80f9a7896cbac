//! How much ink the links are: where they would cover the paper several times over, they become transparent, so that a dense
//! network shows its densities rather than a blot.

use super::scene::{Curve, Place};

/// The least opacity: fainter strokes vanish between the 256 steps of a colour.
const FAINTEST: f32 = 0.035;

impl Curve {
    /// The place at 0 to 1 along the curve.
    pub fn at(&self, t: f32) -> Place {
        let s = 1.0 - t;
        let mix = |axis: usize| match self {
            Self::Line([a, b]) => s * a[axis] + t * b[axis],
            Self::Cubic([a, b, c, d]) => {
                s * s * s * a[axis] + 3.0 * s * s * t * b[axis] + 3.0 * s * t * t * c[axis] + t * t * t * d[axis]
            }
        };
        [mix(0), mix(1)]
    }

    /// The length in pixels, of a cubic curve roughly.
    pub fn length(&self) -> f32 {
        let hypot = |a: Place, b: Place| (a[0] - b[0]).hypot(a[1] - b[1]);
        match self {
            Self::Line([a, b]) => hypot(*a, *b),
            Self::Cubic([a, .., d]) => {
                let middle = self.at(0.5);
                hypot(*a, middle) + hypot(middle, *d)
            }
        }
    }
}

/// A grid that counts how many times the paper is covered.
struct Coverage {
    /// Pixels to a square's side.
    side: f32,
    across: usize,
    squares: Vec<f32>,
}

impl Coverage {
    fn square(&self, [x, y]: Place) -> usize {
        let down = self.squares.len() / self.across;
        let column = (x / self.side).clamp(0.0, (self.across - 1) as f32) as usize;
        let row = (y / self.side).clamp(0.0, (down - 1) as f32) as usize;
        row * self.across + column
    }

    /// Spreads each square's ink over those around it, so that it does not matter where the grid lies.
    fn smooth(&mut self) {
        let down = self.squares.len() / self.across;
        for _ in 0..2 {
            for (step, count) in [(1, self.across), (self.across, down)] {
                let before = self.squares.clone();
                for (at, square) in self.squares.iter_mut().enumerate() {
                    let along = at / step % count;
                    let lower = if along > 0 { before[at - step] } else { 0.0 };
                    let upper = if along + 1 < count { before[at + step] } else { 0.0 };
                    *square = before[at] / 2.0 + (lower + upper) / 4.0;
                }
            }
        }
    }

    /// Places along a curve, less than a square apart.
    fn samples(&self, curve: &Curve) -> impl Iterator<Item = Place> + use<> {
        let count = (2.0 * curve.length() / self.side).ceil().clamp(1.0, 1000.0) as usize;
        let curve = *curve;
        (0..count).map(move |k| curve.at((k as f32 + 0.5) / count as f32))
    }
}

/// The opacity of each curve such that the paper along it is covered about `most` times.
pub(super) fn opacities(curves: &[(Curve, f32)], size: (u32, u32), most: f32) -> Vec<f32> {
    let side = size.0 as f32 / 80.0;
    let down = (size.1 as f32 / side).ceil() as usize;
    let mut paper = Coverage {
        side,
        across: 80,
        squares: vec![0.0; 80 * down.max(1)],
    };
    for (curve, width) in curves {
        let places: Vec<Place> = paper.samples(curve).collect();
        let each = curve.length() * width / (side * side) / places.len() as f32;
        for place in places {
            let square = paper.square(place);
            paper.squares[square] += each;
        }
    }
    paper.smooth();
    let mean = |curve: &Curve| {
        let (mut sum, mut count) = (0.0, 0.0f32);
        for place in paper.samples(curve) {
            sum += paper.squares[paper.square(place)];
            count += 1.0;
        }
        sum / count.max(1.0)
    };
    curves
        .iter()
        .map(|(curve, _)| (most / mean(curve)).clamp(FAINTEST, 1.0))
        .collect()
}

/// How far apart the nodes are where most of them are, in pixels: the side of a square per node, by the number of nodes that
/// share a node's square of the grid that would hold one each.
pub(super) fn spacing(places: &[Place], area: f32) -> f32 {
    let side = (area / places.len().max(1) as f32).sqrt();
    let mut squares = std::collections::HashMap::new();
    for [x, y] in places {
        *squares.entry(((x / side) as i64, (y / side) as i64)).or_insert(0u64) += 1;
    }
    let pairs: u64 = squares.values().map(|count| count * count).sum();
    side / (pairs as f32 / places.len().max(1) as f32).sqrt()
}
