//! A series of any length as one that a chart can hold: of each stretch the least and the greatest value, where they were, so that no
//! peak is lost.

/// How many numbers of series a report holds in all: about a megabyte.
pub const VALUES: usize = 150_000;

/// A series, thinned as it is read.
#[derive(Clone, Debug)]
pub struct Thin {
    /// How many rows come.
    rows: u64,
    /// In how many stretches they are taken together; 0 if every row is kept.
    stretches: u64,
    at: u64,
    stretch: u64,
    low: Option<(f64, f64)>,
    high: Option<(f64, f64)>,
    /// Whether the stretch has any row, and where it began.
    begun: Option<f64>,
    /// Where, and what: nothing where it is not known.
    pub points: Vec<(f64, Option<f64>)>,
    pub first: Option<(f64, f64)>,
    pub last: Option<(f64, f64)>,
    pub least: Option<(f64, f64)>,
    pub greatest: Option<(f64, f64)>,
}

impl Thin {
    /// Of so many rows, of which at most `most` points are kept.
    pub fn new(rows: u64, most: usize) -> Self {
        let most = most.max(16) as u64;
        Self {
            rows: rows.max(1),
            stretches: if rows <= most { 0 } else { most / 2 },
            at: 0,
            stretch: 0,
            low: None,
            high: None,
            begun: None,
            points: Vec::new(),
            first: None,
            last: None,
            least: None,
            greatest: None,
        }
    }

    /// Whether points stand for several rows.
    pub fn is_thinned(&self) -> bool {
        self.stretches > 0
    }

    /// Takes the next row.
    pub fn push(&mut self, tick: f64, value: Option<f64>) {
        if let Some(value) = value {
            let here = (tick, value);
            self.first.get_or_insert(here);
            self.last = Some(here);
            if self.least.is_none_or(|(_, least)| value < least) {
                self.least = Some(here);
            }
            if self.greatest.is_none_or(|(_, greatest)| value > greatest) {
                self.greatest = Some(here);
            }
        }
        if self.stretches == 0 {
            self.points.push((tick, value));
            return;
        }
        let stretch = self.at * self.stretches / self.rows;
        if stretch != self.stretch {
            self.flush();
            self.stretch = stretch;
        }
        self.at += 1;
        self.begun.get_or_insert(tick);
        if let Some(value) = value {
            if self.low.is_none_or(|(_, low)| value < low) {
                self.low = Some((tick, value));
            }
            if self.high.is_none_or(|(_, high)| value > high) {
                self.high = Some((tick, value));
            }
        }
    }

    fn flush(&mut self) {
        match (self.low.take(), self.high.take(), self.begun.take()) {
            (Some(low), Some(high), _) => {
                let (before, after) = if low.0 <= high.0 { (low, high) } else { (high, low) };
                self.points.push((before.0, Some(before.1)));
                if after.0 > before.0 {
                    self.points.push((after.0, Some(after.1)));
                }
            }
            (_, _, Some(tick)) => self.points.push((tick, None)),
            _ => {}
        }
    }

    /// No more rows come.
    pub fn end(&mut self) {
        self.flush();
    }

    /// Whether it has one value all the way, or none.
    pub fn is_constant(&self) -> bool {
        match (self.least, self.greatest) {
            (Some(least), Some(greatest)) => least.1 == greatest.1,
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_peak_is_lost() {
        let mut thin = Thin::new(100_000, 400);
        for tick in 0..100_000 {
            let value = match tick {
                31_415 => 9.0,
                92_653 => -9.0,
                _ => f64::from(tick % 3),
            };
            thin.push(f64::from(tick), Some(value));
        }
        thin.end();
        assert!(
            thin.points.len() <= 400 && thin.points.len() > 300,
            "{}",
            thin.points.len()
        );
        assert!(thin.points.contains(&(31_415.0, Some(9.0))) && thin.points.contains(&(92_653.0, Some(-9.0))));
        assert!(thin.points.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(
            (thin.least, thin.greatest),
            (Some((92_653.0, -9.0)), Some((31_415.0, 9.0)))
        );
    }

    #[test]
    fn what_is_not_known_stays_so() {
        let mut few = Thin::new(3, 100);
        for (tick, value) in [(0.0, None), (1.0, Some(2.0)), (2.0, None)] {
            few.push(tick, value);
        }
        few.end();
        assert_eq!(few.points, [(0.0, None), (1.0, Some(2.0)), (2.0, None)]);
        let mut many = Thin::new(1000, 20);
        (0..1000).for_each(|tick| many.push(f64::from(tick), None));
        many.end();
        assert!(many.points.iter().all(|point| point.1.is_none()) && !many.points.is_empty());
        assert!(many.is_constant() && many.last.is_none());
    }
}
