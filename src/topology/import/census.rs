//! What the ids of an edge list are. The answer is a property of the whole file, so all of it is looked at; the rules stand in
//! [`super::edge_list`].

use super::edge_list::MAX_ID;
use super::lines::{Whole, whole};
use crate::error::ImportError;
use crate::input::{Text, excerpt};

/// Which kinds of ids there are, and the first line of each kind of trouble.
#[derive(Default)]
pub(super) struct Census {
    out_of_range: Option<(u64, String)>,
    almost_number: Option<(u64, String)>,
    integers: bool,
    words: bool,
}

impl Census {
    /// Looks at an id.
    pub(super) fn add_id(&mut self, line: u64, id: &[u8]) {
        match whole(id) {
            Whole::Value(value) if value <= u64::from(MAX_ID) => self.integers = true,
            Whole::Value(_) | Whole::Beyond => {
                self.integers = true;
                self.out_of_range.get_or_insert_with(|| (line, excerpt(id)));
            }
            Whole::Not if starts_like_a_number(id) => {
                self.almost_number.get_or_insert_with(|| (line, excerpt(id)));
            }
            Whole::Not => self.words = true,
        }
    }

    /// Of this and what stands before it.
    pub(super) fn after(self, earlier: Self) -> Self {
        Self {
            out_of_range: earlier.out_of_range.or(self.out_of_range),
            almost_number: earlier.almost_number.or(self.almost_number),
            integers: earlier.integers || self.integers,
            words: earlier.words || self.words,
        }
    }

    /// Whether all ids are integers; else they are words.
    ///
    /// # Errors
    /// The first id that is out of range, or almost a number.
    pub(super) fn are_integers(self, text: &Text<'_>) -> Result<bool, ImportError> {
        if !self.integers || self.words {
            return Ok(false);
        }
        let file = text.name();
        let out_of_range = self.out_of_range.map(|(line, text)| {
            let (file, limit) = (file.clone(), MAX_ID);
            (
                line,
                ImportError::IdOutOfRange {
                    file,
                    line,
                    text,
                    limit,
                },
            )
        });
        let almost_number = self.almost_number.map(|(line, text)| {
            let error = ImportError::Number {
                file: file.clone(),
                line,
                text,
                allowed: "a whole number, as the other ids of the file are",
                remedy: "write it without a point, exponent or letters",
            };
            (line, error)
        });
        let first = [out_of_range, almost_number]
            .into_iter()
            .flatten()
            .min_by_key(|(line, _)| *line);
        first.map_or(Ok(true), |(_, error)| Err(error))
    }
}

/// Whether an id that is no whole number looks as if it was meant to be one.
pub(super) fn starts_like_a_number(id: &[u8]) -> bool {
    match id {
        [b'+' | b'-' | b'.', next, ..] => next.is_ascii_digit() || *next == b'.',
        [first, ..] => first.is_ascii_digit(),
        [] => false,
    }
}
