//! Users and tiers: numbers, or words that are numbered in the order of their first appearance.

use super::cell::Mark;
use crate::error::excerpt;
use std::collections::HashMap;

/// The most words that are told.
const TOLD: usize = 16;

/// What a word takes besides its bytes: its place in the map, and what the allocator adds.
const OVERHEAD: u64 = 64;

/// What a column's values are. As long as all are numbers they are what they say; with the first word all become words.
#[derive(Debug, Default)]
pub(super) struct Names {
    numbers: Option<HashMap<Box<[u8]>, u32>>,
    told: Vec<String>,
    bytes: u64,
}

impl Names {
    /// Whether there was a word.
    pub(super) fn are_words(&self) -> bool {
        self.numbers.is_some()
    }

    /// How many different words there are.
    pub(super) fn count(&self) -> usize {
        self.numbers.as_ref().map_or(0, HashMap::len)
    }

    /// The first words, in order.
    pub(super) fn told(&self) -> &[String] {
        &self.told
    }

    /// The bytes that the words take.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The number of a word, or of a number where there are words; `earlier` are the numbers so far, which the first word makes
    /// words as well.
    pub(super) fn number<'a>(&mut self, mark: Mark<'_>, earlier: impl Iterator<Item = &'a mut u32>) -> u32 {
        if self.numbers.is_none() {
            if let Mark::Number(number) = mark {
                // The caller has seen to it that it is in range.
                return u32::try_from(number).unwrap_or(u32::MAX);
            }
            self.numbers = Some(HashMap::new());
            for number in earlier {
                *number = self.of(number.to_string().as_bytes());
            }
        }
        match mark {
            Mark::Word(word) => self.of(word),
            Mark::Number(number) => self.of(number.to_string().as_bytes()),
        }
    }

    fn of(&mut self, word: &[u8]) -> u32 {
        let numbers = self.numbers.get_or_insert_default();
        if let Some(&number) = numbers.get(word) {
            return number;
        }
        // Jobs are counted in fewer bits.
        let number = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
        numbers.insert(word.into(), number);
        self.bytes += word.len() as u64 + OVERHEAD;
        if self.told.len() < TOLD {
            self.told.push(excerpt(word));
        }
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_word_makes_words_of_all() {
        let mut names = Names::default();
        let mut given = Vec::new();
        for number in [7, 3, 7] {
            given.push(names.number(Mark::Number(number), std::iter::empty()));
        }
        assert_eq!(given, [7, 3, 7]);
        assert!(!names.are_words());
        let eve = names.number(Mark::Word(b"eve"), given.iter_mut());
        assert_eq!((given.as_slice(), eve), (&[0, 1, 0][..], 2));
        assert_eq!(names.number(Mark::Number(3), std::iter::empty()), 1);
        assert_eq!(
            (names.count(), names.told()),
            (3, &["7", "3", "eve"].map(str::to_owned)[..])
        );
    }
}
