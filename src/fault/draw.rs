//! Which of all possible draws a random selection takes: one of its own, unless it is tied to another on purpose.
//!
//! What stands for a draw comes from where it is written, never from a place in a list: so that an event, a signal or liars more in a
//! scenario leave all others drawn as before.

use crate::number::{HALF_ROUNDS, Permutation, Stream, threefry2x32};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The number of the first permutation that is drawn by a given number; the networks' own have lower ones.
const FIRST_DRAW: u32 = 1 << 16;

/// What ties draws together: selections with the same one draw alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Tie {
    /// A number.
    Number(#[schemars(range(min = 0, max = 65_535))] u32),
    /// A name.
    Name(#[schemars(length(min = 1, max = 64))] String),
}

/// What a draw depends on besides the seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draw([u32; 2]);

impl Draw {
    /// The draw of whatever stands at a place, as in "faults.liars.who".
    #[must_use]
    pub fn at(place: &str) -> Self {
        let hash = hash(place);
        // Apart from the given numbers, and with room for the number of a pair of half-rounds.
        Self([(hash >> 32) as u32 | 1 << 31, hash as u32 & !(HALF_ROUNDS as u32 - 1)])
    }

    /// The draw of all that are tied by this.
    fn tied(tie: &Tie) -> Self {
        match tie {
            Tie::Number(number) => Self([FIRST_DRAW.wrapping_add(*number), 0]),
            Tie::Name(name) => Self::at(&format!("draw:{name}")),
        }
    }

    /// This one, or the one that it is tied to.
    #[must_use]
    pub fn or_tied(self, tie: Option<&Tie>) -> Self {
        tie.map_or(self, Self::tied)
    }

    /// A permutation of so many.
    #[must_use]
    pub fn permutation(self, nodes: u32, seed: u32) -> Permutation {
        let mut keys = [0; HALF_ROUNDS];
        for (pair, k) in keys.as_chunks_mut::<2>().0.iter_mut().zip(0..) {
            *pair = threefry2x32([seed, Stream::Permutation as u32], [self.0[0], self.0[1] | k]);
        }
        Permutation::new(nodes, keys)
    }

    /// What stands for it where there is room for a word.
    #[must_use]
    pub fn word(self) -> u32 {
        self.0[0] ^ self.0[1]
    }
}

/// FNV-1a with 64 bits (Fowler, Noll, Vo 1991).
fn hash(place: &str) -> u64 {
    let bytes = place.bytes().map(u64::from);
    bytes.fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ byte).wrapping_mul(0x0000_0100_0000_01B3)
    })
}

/// Where each item of a list is, apart from its place in it: by its name; or else by what it is, and which of those that are the
/// same without a name.
pub(crate) fn places(section: &str, items: &[(Option<&str>, String)]) -> Vec<String> {
    let nameless = |k: usize| items[..k].iter().filter(|(name, _)| name.is_none());
    let place = |(k, (name, what)): (usize, &(Option<&str>, String))| match name {
        Some(name) => format!("{section}:{name}"),
        None => {
            let number = nameless(k).filter(|(_, other)| other == what).count();
            format!("{section}@{what},{number}")
        }
    };
    items.iter().enumerate().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_the_published_ones() {
        for (text, expected) in [
            ("", 0xCBF2_9CE4_8422_2325),
            ("a", 0xAF63_DC4C_8601_EC8C),
            ("foobar", 0x8594_4171_F739_67E8),
        ] {
            assert_eq!(hash(text), expected);
        }
    }

    #[test]
    fn a_number_draws_the_permutation_of_that_number() {
        let draw = Draw::at("anywhere").or_tied(Some(&Tie::Number(3)));
        assert_eq!(draw.permutation(1000, 7), Permutation::random(1000, 7, (1 << 16) + 3));
    }

    #[test]
    fn what_is_put_in_between_moves_nothing_else() {
        let item = |name: Option<&'static str>, what: &str| (name, what.to_owned());
        let some = vec![
            item(None, "kill,5"),
            item(Some("storm"), "kill,5"),
            item(None, "kill,5"),
            item(None, "kill,6"),
        ];
        let all = places("faults.events", &some);
        assert_eq!(
            all,
            [
                "faults.events@kill,5,0",
                "faults.events:storm",
                "faults.events@kill,5,1",
                "faults.events@kill,6,0"
            ]
        );
        let mut more = some;
        more.insert(0, item(None, "kill,4"));
        more.insert(2, item(Some("flood"), "kill,5"));
        let more = places("faults.events", &more);
        assert!(all.iter().all(|place| more.contains(place)));
    }

    #[test]
    fn draws_at_different_places_share_as_many_as_chance_says() {
        let first = |draw: Draw| -> Vec<u32> {
            let permutation = draw.permutation(10_000, 1);
            (0..1000).map(|k| permutation.permuted(k)).collect()
        };
        let [a, b, again] =
            ["faults.liars.who", "faults.events@kill,5,0", "faults.liars.who"].map(|at| first(Draw::at(at)));
        assert_eq!(a, again);
        // 100 of 1000 and 1000 of 10,000: the standard deviation is 9.
        let both = a.iter().filter(|i| b.contains(i)).count() as f64;
        assert!((both - 100.0).abs() < 4.0 * 9.0, "{both}");
        let tied = |name: &str| first(Draw::at("one").or_tied(Some(&Tie::Name(name.to_owned()))));
        assert_eq!(
            tied("x"),
            first(Draw::at("another").or_tied(Some(&Tie::Name("x".into()))))
        );
        assert_ne!(tied("x"), tied("y"));
    }
}
