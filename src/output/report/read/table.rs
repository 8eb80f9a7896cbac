//! Columns of a table that a run has written.

use serde_json::Value;
use std::fs::File;
use std::path::Path;
use tetraswarm::table::{COLUMNS_KEY, Item, Reader};
use tetraswarm::{Error, shown};

/// A table that is open.
pub struct Table {
    reader: Reader,
    name: String,
    meanings: Value,
}

impl Table {
    /// Opens a table.
    ///
    /// # Errors
    /// [`Error::File`] if it cannot be read, [`Error::Invalid`] if it is none.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let file = File::open(path).map_err(|error| Error::file(path, "read the table", error))?;
        let reader = Reader::open(file).map_err(|message| broken(&shown(path), &message))?;
        let meanings = reader
            .says(COLUMNS_KEY)
            .and_then(|text| serde_json::from_str(text).ok());
        Ok(Self {
            name: shown(path),
            meanings: meanings.unwrap_or_default(),
            reader,
        })
    }

    /// How many rows it has.
    pub fn rows(&self) -> u64 {
        self.reader.rows()
    }

    /// The names of its columns.
    pub fn names(&self) -> &[String] {
        self.reader.names()
    }

    /// What its metadata say under a key.
    pub fn says(&self, key: &str) -> Option<&str> {
        self.reader.says(key)
    }

    /// Unit and meaning of a column.
    pub fn meaning(&self, name: &str) -> (String, String) {
        let of = |key: &str| self.meanings[name][key].as_str().unwrap_or_default().to_owned();
        (of("unit"), of("description"))
    }

    /// Where a column is that must be there.
    pub fn column(&self, name: &str) -> Result<usize, Error> {
        let found = self.names().iter().position(|column| column == name);
        found.ok_or_else(|| broken(&self.name, &format!("it has no column '{name}'")))
    }

    /// Hands over the values of columns, some rows at a time.
    pub fn read(&self, columns: &[usize], mut take: impl FnMut(&[Vec<Item>])) -> Result<(), Error> {
        for &column in columns {
            let shape = self.reader.shape(column);
            shape.map_err(|message| broken(&self.name, &format!("the column '{}' {message}", self.names()[column])))?;
        }
        self.reader.read(
            columns,
            |message| broken(&self.name, &message),
            |items| {
                take(items);
                Ok(())
            },
        )
    }
}

fn broken(name: &str, message: &str) -> Error {
    let message =
        format!("cannot be read as a table of a run: {message}; was it changed, or written by another program?");
    Error::invalid(name, message)
}

/// A value as a number, if it is one.
pub fn number(item: &Item) -> Option<f64> {
    match item {
        Item::Integer(value) => Some(*value as f64),
        Item::Float(value) => value.is_finite().then_some(*value),
        Item::Flag(value) => Some(f64::from(u8::from(*value))),
        Item::Decimal { unscaled, scale } => Some(*unscaled as f64 / 10f64.powi(i32::try_from(*scale).unwrap_or(0))),
        Item::Null | Item::Time { .. } | Item::Text(_) => None,
    }
}

/// A value as text, if it is one.
pub fn text(item: &Item) -> Option<String> {
    match item {
        Item::Text(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        _ => None,
    }
}
