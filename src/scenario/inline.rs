//! A scenario's text as a table within another text, as a study has it.

use super::Document;
use crate::error::Error;
use std::path::PathBuf;
use toml::{Table, Value};

impl Document {
    /// The whole as a table, with what arguments have overridden so far.
    #[must_use]
    pub fn table(&self) -> Table {
        match self.root.value() {
            Value::Table(table) => table,
            _ => Table::new(),
        }
    }

    /// The scenario in such a table; `name` stands for it in messages, and relative file names in it start at `folder`.
    ///
    /// # Errors
    /// [`Error::Syntax`] if the table cannot be written as TOML.
    pub fn of_table(name: &str, table: &Table, folder: PathBuf) -> Result<Self, Error> {
        let text = toml::to_string(table)
            .map_err(|error| Error::invalid(name, format!("is no TOML: {error}; write it anew")))?;
        let mut document = Self::parse_embedded(name, &text)?;
        document.folder = folder;
        Ok(document)
    }
}
