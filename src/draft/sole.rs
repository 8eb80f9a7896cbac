//! What one part of a swarm can say, and not two.

use crate::error::Error;

/// A word for the whole swarm.
#[derive(Debug)]
pub(super) struct Sole<T> {
    /// The function of [`Draft`](super::Draft) that says it, and what it says.
    function: &'static str,
    about: &'static str,
    said: Option<T>,
    /// The sections that have said it.
    by: Vec<&'static str>,
}

impl<T> Sole<T> {
    /// Nothing yet.
    pub fn new(function: &'static str, about: &'static str) -> Self {
        Self {
            function,
            about,
            said: None,
            by: Vec::new(),
        }
    }

    /// A section says it; it may do so again, and its last word counts.
    pub fn put(&mut self, section: &'static str, word: T) {
        self.said = Some(word);
        if !self.by.contains(&section) {
            self.by.push(section);
        }
    }

    /// What was said so far.
    pub fn said(&self) -> Option<T>
    where
        T: Copy,
    {
        self.said
    }

    /// What was said, if anything.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the sections if several have said something.
    pub fn get(self) -> Result<Option<T>, Error> {
        let [first, second, ..] = &self.by[..] else {
            return Ok(self.said);
        };
        let message = format!(
            "and [{second}] both say {}, by Draft::{}, which only one part of a swarm can; leave one of the two out",
            self.about, self.function
        );
        Err(Error::invalid(format!("[{first}]"), message))
    }
}
