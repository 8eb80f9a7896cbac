//! What the ids of an edge list are, and what is wrong with it, when the fast reader has met a line out of the ordinary.
//!
//! The answer is a property of the whole file, so all of it is looked at; the rules stand in [`super::edge_list`].

use std::ops::Range;

use rayon::prelude::*;

use super::edge_list::{Line, MAX_ID, split};
use super::error::ImportError;
use super::lines::{Whole, chunks, lines, whole};
use crate::input::{Text, excerpt};

/// What a file holds in which something is out of the ordinary: the first line of each kind of trouble, by its offset,
/// and which kinds of ids there are.
#[derive(Default)]
pub(super) struct Census {
    one_id: Option<usize>,
    stray_return: Option<usize>,
    out_of_range: Option<(usize, String)>,
    almost_number: Option<(usize, String)>,
    integers: bool,
    words: bool,
}

impl Census {
    /// Looks at every line of `body`.
    pub(super) fn of(bytes: &[u8], body: Range<usize>) -> Self {
        let count = |chunk| {
            let mut census = Census::default();
            for (at, line) in lines(bytes, chunk) {
                census.add(at, line);
            }
            census
        };
        // Chunks stay in order, so the first of a kind is the first of the file.
        chunks(bytes, body)
            .into_par_iter()
            .map(count)
            .reduce(Census::default, |earlier, later| Census {
                one_id: earlier.one_id.or(later.one_id),
                stray_return: earlier.stray_return.or(later.stray_return),
                out_of_range: earlier.out_of_range.or(later.out_of_range),
                almost_number: earlier.almost_number.or(later.almost_number),
                integers: earlier.integers || later.integers,
                words: earlier.words || later.words,
            })
    }

    fn add(&mut self, at: usize, line: &[u8]) {
        match split(line) {
            Line::Nothing => {}
            Line::OneId => self.one_id = self.one_id.or(Some(at)),
            Line::StrayReturn => self.stray_return = self.stray_return.or(Some(at)),
            Line::Link(one, other) => {
                self.add_id(at, one);
                self.add_id(at, other);
            }
        }
    }

    fn add_id(&mut self, at: usize, id: &[u8]) {
        match whole(id) {
            Whole::Value(value) if value <= u64::from(MAX_ID) => self.integers = true,
            Whole::Value(_) | Whole::Beyond => {
                self.integers = true;
                self.out_of_range.get_or_insert_with(|| (at, excerpt(id)));
            }
            Whole::Not if starts_like_a_number(id) => {
                self.almost_number.get_or_insert_with(|| (at, excerpt(id)));
            }
            Whole::Not => self.words = true,
        }
    }

    /// The first error of a file in which something is out of the ordinary; none if its ids are words.
    pub(super) fn refuse(self, text: &Text<'_>) -> Result<(), ImportError> {
        let shown = |at| {
            lines(text.bytes(), at..text.bytes().len())
                .next()
                .map_or(String::new(), |(_, line)| excerpt(line))
        };
        let (file, line) = (|| text.name(), |at| text.line(at));
        let mut errors = Vec::new();
        errors.extend(self.one_id.map(|at| {
            (
                at,
                ImportError::OneId {
                    file: file(),
                    line: line(at),
                    text: shown(at),
                },
            )
        }));
        errors.extend(self.stray_return.map(|at| {
            (
                at,
                ImportError::StrayReturn {
                    file: file(),
                    line: line(at),
                    text: shown(at),
                },
            )
        }));
        if self.integers && !self.words {
            errors.extend(self.out_of_range.map(|(at, text)| {
                (
                    at,
                    ImportError::IdOutOfRange {
                        file: file(),
                        line: line(at),
                        text,
                        limit: MAX_ID,
                    },
                )
            }));
            errors.extend(self.almost_number.map(|(at, text)| {
                let allowed = "a whole number, as the other ids of the file are";
                let remedy = "write it without a point, exponent or letters";
                (
                    at,
                    ImportError::Number {
                        file: file(),
                        line: line(at),
                        text,
                        allowed,
                        remedy,
                    },
                )
            }));
        }
        errors
            .into_iter()
            .min_by_key(|(at, _)| *at)
            .map_or(Ok(()), |(_, error)| Err(error))
    }
}

/// Whether an id that is no whole number looks as if it was meant to be one.
fn starts_like_a_number(id: &[u8]) -> bool {
    match id {
        [b'+' | b'-' | b'.', next, ..] => next.is_ascii_digit() || *next == b'.',
        [first, ..] => first.is_ascii_digit(),
        [] => false,
    }
}
