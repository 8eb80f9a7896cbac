//! The sides of a box: which numbers of nodes have one, and which box is nearest to a square or a cube.

use super::forms::Form;
use crate::error::Error;
use crate::topology::{Fit, MOST_NODES};

/// What a scenario says of a box; the sides that it leaves open are chosen by the number of nodes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sides {
    pub form: Form,
    pub width: Option<u32>,
    /// Only in space.
    pub height: Option<u32>,
}

/// `cells` as a product of `count` sides, the longest first, each at least `least`, as equal as can be; the others are 1.
fn split(cells: u32, count: usize, least: u32) -> Option<[u32; 3]> {
    match count {
        1 => (cells >= least).then_some([cells, 1, 1]),
        2 => {
            let short = (least..=cells.isqrt()).rev().find(|&side| cells.is_multiple_of(side))?;
            Some([cells / short, short, 1])
        }
        _ => {
            let divisors: Vec<u32> = (least..=cells.isqrt()).filter(|&d| cells.is_multiple_of(d)).collect();
            let boxes = divisors.iter().filter_map(|&depth| {
                let layer = cells / depth;
                let most = layer.isqrt();
                let fits = |&&height: &&u32| height >= depth && height <= most && layer.is_multiple_of(height);
                let height = *divisors.iter().rev().find(fits)?;
                Some([layer / height, height, depth])
            });
            let surface = |&[a, b, c]: &[u32; 3]| {
                let [a, b, c] = [a, b, c].map(u64::from);
                a * b + b * c + c * a
            };
            boxes.min_by_key(surface)
        }
    }
}

impl Sides {
    /// The sides that are given.
    fn given(&self) -> impl Iterator<Item = (&'static str, u32)> {
        let named = [("topology.width", self.width), ("topology.height", self.height)];
        named.into_iter().filter_map(|(key, side)| Some((key, side?)))
    }

    /// How many sides are left open.
    fn open(&self) -> usize {
        self.form.dimensions() - self.given().count()
    }

    /// The least number of nodes of a box as wide and high as given.
    fn unit(&self) -> u64 {
        let sites = u64::from(self.form.sites());
        self.given()
            .fold(sites, |unit, (_, side)| unit.saturating_mul(u64::from(side)))
    }

    /// Refuses given sides that no number of nodes fits.
    fn check(&self) -> Result<(), Error> {
        let least = self.form.least_side();
        let mut unit = u64::from(self.form.sites());
        for (k, (key, side)) in self.given().enumerate() {
            // What there is room for while the sides after it are as short as can be.
            let after = self.form.dimensions() - 1 - k;
            let room = u64::from(MOST_NODES) / (unit * u64::from(least).pow(after as u32));
            if side < least || u64::from(side) > room {
                let beside = match (key, self.width) {
                    ("topology.height", Some(width)) => format!(", {width} wide,"),
                    _ => String::new(),
                };
                return Err(Error::invalid(
                    key,
                    format!(
                        "is {side}; in a box of the topology '{}'{beside} it must be from {least} to {room}",
                        self.form.kind()
                    ),
                ));
            }
            unit *= u64::from(side);
        }
        Ok(())
    }

    /// The numbers of nodes nearest to `nodes` that such a box has. Sides that no number fits are for [`Sides::of`] to refuse:
    /// with them every number is let through.
    pub fn fit(&self, nodes: u32) -> Fit {
        if self.check().is_err() {
            return Fit::at_least(1, nodes);
        }
        let (unit, least) = (self.unit(), self.form.least_side());
        let fits = |cells: &u64| split(*cells as u32, self.open(), least).is_some();
        let (nodes, most) = (u64::from(nodes), u64::from(MOST_NODES) / unit);
        let count = |cells: u64| (cells * unit) as u32;
        Fit {
            below: (1..=nodes / unit).rev().find(fits).map(count),
            above: (nodes.div_ceil(unit).max(1)..=most).find(fits).map(count),
        }
    }

    /// The sides W, H and D of the box of `nodes` nodes, a number that fits.
    ///
    /// # Errors
    /// If a given side is too short or too long for any number of nodes, or does not divide this one.
    pub fn of(&self, nodes: u32) -> Result<[u32; 3], Error> {
        self.check()?;
        let cells = u64::from(nodes) / self.unit();
        let open = split(cells as u32, self.open(), self.form.least_side())
            .filter(|_| cells * self.unit() == u64::from(nodes))
            .ok_or_else(|| {
                Error::invalid(
                    "agents",
                    format!("is {nodes}, which is no such box of '{}'", self.form.kind()),
                )
            })?;
        let mut open = open.into_iter();
        let mut side = |given: Option<u32>| given.or_else(|| open.next()).unwrap_or(1);
        let (width, height) = (side(self.width), side(self.height));
        Ok([width, height, side(None)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_are_nearest_to_the_square_and_the_cube() {
        for cells in 1..2000u32 {
            for least in 1..=3 {
                let sides = |n: u32| (least..=n).filter(move |&d| n.is_multiple_of(d)).collect::<Vec<_>>();
                let plane = sides(cells)
                    .into_iter()
                    .map(|a| (a, cells / a))
                    .filter(|&(a, b)| a >= b && b >= least);
                assert_eq!(
                    split(cells, 2, least).map(|[a, b, _]| (a, b)),
                    plane.min_by_key(|&(a, b)| a + b),
                    "{cells}"
                );
                let space = sides(cells).into_iter().flat_map(|a| {
                    let rest = sides(cells / a).into_iter().map(move |b| [a, b, cells / a / b]);
                    rest.filter(|&[a, b, c]| a >= b && b >= c && c >= least)
                        .collect::<Vec<_>>()
                });
                let surface = |[a, b, c]: [u32; 3]| a * b + b * c + c * a;
                assert_eq!(split(cells, 3, least).map(surface), space.map(surface).min(), "{cells}");
            }
        }
    }
}
