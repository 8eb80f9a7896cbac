//! Reduces a picture to 256 colours by median cut (Heckbert 1982): a third of the bytes, and no difference to the eye, as a
//! picture has few colours and their shades.

use super::colour::Rgb;
use std::collections::BTreeMap;

/// The most colours of a palette.
const MOST: usize = 256;

/// A palette and for each pixel the index of its colour.
pub(super) fn reduced(pixels: &[Rgb]) -> (Vec<Rgb>, Vec<u8>) {
    let mut counts: BTreeMap<Rgb, u32> = BTreeMap::new();
    let mut last: Option<(Rgb, u32)> = None;
    // Most pixels are like the one before.
    for &pixel in pixels {
        match &mut last {
            Some((colour, count)) if *colour == pixel => *count += 1,
            _ => {
                if let Some((colour, count)) = last.replace((pixel, 1)) {
                    *counts.entry(colour).or_default() += count;
                }
            }
        }
    }
    if let Some((colour, count)) = last {
        *counts.entry(colour).or_default() += count;
    }
    let mut crates = vec![Crate::new(counts.into_iter().collect())];
    while crates.len() < MOST {
        let widest = (0..crates.len()).max_by(|&a, &b| crates[a].merit.total_cmp(&crates[b].merit));
        let Some(at) = widest.filter(|&at| crates[at].merit > 0.0) else {
            break;
        };
        let (lower, upper) = crates.swap_remove(at).halves();
        crates.extend([lower, upper]);
    }
    let palette: Vec<Rgb> = crates.iter().map(Crate::middle).collect();
    let index: BTreeMap<Rgb, u8> = crates
        .iter()
        .enumerate()
        .flat_map(|(at, one)| one.colours.iter().map(move |&(colour, _)| (colour, at as u8)))
        .collect();
    let mut memory = (Rgb(0, 0, 0), index.get(&Rgb(0, 0, 0)).copied().unwrap_or(0));
    let indices = pixels.iter().map(|&pixel| {
        if pixel != memory.0 {
            memory = (pixel, index.get(&pixel).copied().unwrap_or(0));
        }
        memory.1
    });
    let indices = indices.collect();
    (palette, indices)
}

/// Some colours that lie together, with how many pixels have them.
struct Crate {
    colours: Vec<(Rgb, u32)>,
    /// The channel over which they are spread most.
    axis: usize,
    /// How much is gained by halving it.
    merit: f64,
}

fn channel(Rgb(red, green, blue): Rgb, axis: usize) -> u8 {
    [red, green, blue][axis]
}

impl Crate {
    fn new(colours: Vec<(Rgb, u32)>) -> Self {
        // By the root of the number of pixels: rare colours, such as the legend's, count too.
        let value =
            |axis: usize, &(colour, count): &(Rgb, u32)| (f64::from(channel(colour, axis)), f64::from(count).sqrt());
        let total: f64 = colours.iter().map(|one| value(0, one).1).sum();
        let variance = |axis: usize| {
            let mean = colours
                .iter()
                .map(|one| value(axis, one))
                .map(|(v, c)| v * c)
                .sum::<f64>()
                / total;
            let squares = colours
                .iter()
                .map(|one| value(axis, one))
                .map(|(v, c)| (v - mean) * (v - mean) * c);
            squares.sum::<f64>()
        };
        let spread = [variance(0), variance(1), variance(2)];
        let axis = (0..3).max_by(|&a, &b| spread[a].total_cmp(&spread[b])).unwrap_or(0);
        let merit = if colours.len() > 1 { spread[axis] } else { 0.0 };
        Self { colours, axis, merit }
    }

    /// Two, cut at the mean of the widest channel; both hold something.
    fn halves(mut self) -> (Self, Self) {
        let axis = self.axis;
        self.colours
            .sort_unstable_by_key(|&(colour, _)| (channel(colour, axis), colour));
        let mean = channel(self.middle(), axis);
        let cut = self
            .colours
            .partition_point(|&(colour, _)| channel(colour, axis) <= mean);
        let upper = self.colours.split_off(cut.clamp(1, self.colours.len() - 1));
        (Self::new(self.colours), Self::new(upper))
    }

    /// The mean colour.
    fn middle(&self) -> Rgb {
        let total: u64 = self.colours.iter().map(|&(_, count)| u64::from(count)).sum();
        let mean = |axis: usize| {
            let sum: u64 = self
                .colours
                .iter()
                .map(|&(c, count)| u64::from(channel(c, axis)) * u64::from(count))
                .sum();
            ((sum + total / 2) / total.max(1)) as u8
        };
        Rgb(mean(0), mean(1), mean(2))
    }
}
