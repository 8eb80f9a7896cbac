//! A scale on which lengths become colours: half logarithmic, half by rank, so that a few long links do not leave all others in
//! one colour, and still equal colours are about equal lengths.

/// The scale of a network's lengths.
#[derive(Debug)]
pub(super) struct Lengths {
    /// Ascending; those that are as good as 0 count as the shortest.
    sorted: Vec<f64>,
    shortest: f64,
    longest: f64,
}

impl Lengths {
    /// A scale, if the lengths differ by more than a tenth.
    pub fn new(mut lengths: Vec<f64>) -> Option<Self> {
        lengths.sort_unstable_by(f64::total_cmp);
        let longest = *lengths.last()?;
        let shortest = lengths.iter().copied().find(|&length| length > 1e-9 * longest)?;
        (longest > 1.1 * shortest).then_some(Self {
            sorted: lengths,
            shortest,
            longest,
        })
    }

    /// Where on the scale, 0 to 1, a length is.
    pub fn position(&self, length: f64) -> f64 {
        let length = length.clamp(self.shortest, self.longest);
        let logarithm = libm::log(length / self.shortest) / libm::log(self.longest / self.shortest);
        // Lengths that differ by rounding only are of one rank.
        let below = self.sorted.partition_point(|&other| other < length * (1.0 - 1e-9)) as f64;
        let upto = self.sorted.partition_point(|&other| other <= length * (1.0 + 1e-9)) as f64;
        let all = self.sorted.len() as f64;
        let rank = if below + upto < all { below / all } else { upto / all };
        ((logarithm + rank) / 2.0).clamp(0.0, 1.0)
    }

    /// The ends and round numbers between them that leave room for one another, in units of the shortest, and where they are.
    pub fn ticks(&self) -> Vec<(f64, f64)> {
        let at = |tick: f64| (tick, self.position(tick * self.shortest));
        let longest = self.longest / self.shortest;
        let mut ticks = vec![(1.0, 0.0)];
        let mut last = 0.0;
        let round = [1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0, 5.0, 7.0];
        for decade in 0..9 {
            let ticks_here = round
                .iter()
                .map(|step| (step * f64::from(10u32.pow(decade)) * 100.0).round() / 100.0);
            for tick in ticks_here.filter(|tick| *tick < 10.0 || tick.fract() == 0.0) {
                let (tick, here) = at(tick);
                if tick < longest && here > last + 0.13 && here < 0.88 {
                    ticks.push((tick, here));
                    last = here;
                }
            }
        }
        ticks.push((longest, 1.0));
        ticks
    }

    /// A number on the scale.
    pub fn written(tick: f64) -> String {
        match tick {
            t if t >= 1e6 => format!("{t:.1e}"),
            t if t >= 10.0 || t.fract() == 0.0 => format!("{t:.0}"),
            t => format!("{t:.2}").trim_end_matches('0').to_owned(),
        }
    }
}
