//! Colours: a scale of even perceptual steps that remains ordered for the colour-blind and in print, for white paper.

/// Red, green and blue, sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rgb(pub u8, pub u8, pub u8);

pub(super) const PAPER: Rgb = Rgb(255, 255, 255);
/// Text, and nodes.
pub(super) const INK: Rgb = Rgb(31, 36, 48);
/// Text of less weight.
pub(super) const GREY: Rgb = Rgb(96, 102, 115);

/// Plasma (Smith and van der Walt 2015) in steps of a ninth, without the last two: they are too light for white paper.
const SCALE: [Rgb; 8] = [
    Rgb(13, 8, 135),
    Rgb(70, 3, 159),
    Rgb(114, 1, 168),
    Rgb(156, 23, 158),
    Rgb(189, 55, 134),
    Rgb(216, 87, 107),
    Rgb(237, 121, 83),
    Rgb(251, 159, 58),
];

impl Rgb {
    /// This colour with a share, 0 to 1, of another.
    pub fn mixed(self, other: Self, share: f64) -> Self {
        let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * share.clamp(0.0, 1.0)).round() as u8;
        Self(mix(self.0, other.0), mix(self.1, other.1), mix(self.2, other.2))
    }
}

/// The colour at 0 to 1 on the scale.
pub(super) fn on_scale(at: f64) -> Rgb {
    let at = at.clamp(0.0, 1.0) * (SCALE.len() - 1) as f64;
    let below = (at as usize).min(SCALE.len() - 2);
    SCALE[below].mixed(SCALE[below + 1], at - below as f64)
}

/// The colour of one of so many levels.
pub(super) fn of_level(level: u32, levels: u32) -> Rgb {
    on_scale(f64::from(level) / f64::from(levels.max(2) - 1))
}
