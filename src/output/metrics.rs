//! Rows of measurements on their way into a table: one row for each measured tick, in typed columns that say what they hold and in
//! which unit.

use std::fs::File;
use std::io::{self, Write};
use tetraswarm::gauge::{Figure, Measurement, Number};
use tetraswarm::table::{Heading, Kind, Values, Writer, read_group};

/// Rows that have been measured, a column for each figure.
#[derive(Debug, Default)]
pub struct Rows {
    headings: Vec<Heading>,
    columns: Vec<Values>,
    last_tick: Option<u32>,
    count: usize,
}

fn heading(figure: &Figure) -> Heading {
    Heading {
        name: figure.name.clone(),
        unit: figure.unit.into(),
        about: figure.about.into(),
        kind: match figure.number {
            Number::I32(_) => Kind::I32,
            Number::I64(_) => Kind::I64,
            Number::U32(_) => Kind::U32,
            Number::U64(_) => Kind::U64,
            Number::F64(_) => Kind::F64,
            Number::Text(_) => Kind::Text,
        },
        is_optional: figure.may_be_null,
    }
}

/// An empty column for a figure.
fn column(figure: &Figure) -> Values {
    match figure.number {
        Number::I32(_) => Values::I32(Vec::new()),
        Number::I64(_) => Values::I64(Vec::new()),
        Number::U32(_) => Values::U32(Vec::new()),
        Number::U64(_) => Values::U64(Vec::new()),
        Number::F64(_) => Values::F64(Vec::new()),
        Number::Text(_) => Values::Text(Vec::new()),
    }
}

/// Puts a figure under the others of its column; false if it is of another kind.
fn put(column: &mut Values, number: Number) -> bool {
    match (column, number) {
        (Values::I32(column), Number::I32(value)) => column.push(value),
        (Values::I64(column), Number::I64(value)) => column.push(value),
        (Values::U32(column), Number::U32(value)) => column.push(value),
        (Values::U64(column), Number::U64(value)) => column.push(value),
        (Values::F64(column), Number::F64(value)) => column.push(value),
        (Values::Text(column), Number::Text(value)) => column.push(value),
        _ => return false,
    }
    true
}

fn clear(column: &mut Values) {
    match column {
        Values::I32(column) => column.clear(),
        Values::I64(column) => column.clear(),
        Values::U32(column) => column.clear(),
        Values::U64(column) => column.clear(),
        Values::F64(column) => column.clear(),
        Values::Flag(column) => column.clear(),
        Values::Text(column) => column.clear(),
    }
}

fn truncate(column: &mut Values, count: usize) {
    match column {
        Values::I32(column) => column.truncate(count),
        Values::I64(column) => column.truncate(count),
        Values::U32(column) => column.truncate(count),
        Values::U64(column) => column.truncate(count),
        Values::F64(column) => column.truncate(count),
        Values::Flag(column) => column.truncate(count),
        Values::Text(column) => column.truncate(count),
    }
}

impl Rows {
    /// Takes a row; the first says what columns there are.
    ///
    /// # Errors
    /// If it has other figures than the first.
    pub fn push(&mut self, row: &Measurement) -> io::Result<()> {
        self.last_tick = Some(row.tick);
        self.count += 1;
        let figures = row.figures();
        if self.headings.is_empty() {
            self.headings = figures.iter().map(heading).collect();
            self.columns = figures.iter().map(column).collect();
        }
        let is_alike = figures.len() == self.headings.len()
            && figures
                .into_iter()
                .zip(&mut self.columns)
                .all(|(figure, column)| put(column, figure.number));
        if is_alike {
            return Ok(());
        }
        let message = format!("the row of tick {} has other figures than the first", row.tick);
        Err(io::Error::other(message))
    }

    /// What columns there are, by a row that is not taken.
    pub fn like(row: &Measurement) -> Self {
        let figures = row.figures();
        Self {
            headings: figures.iter().map(heading).collect(),
            columns: figures.iter().map(column).collect(),
            ..Self::default()
        }
    }

    /// Reads the rows of a table up to `last` in the place of those that there are, from one of its groups; answers whether that is all
    /// of them.
    ///
    /// # Errors
    /// Those of the file; also if its columns are others.
    pub fn read(&mut self, from: &File, group: usize, last: u32) -> io::Result<bool> {
        let mut columns = read_group(from, group, &self.headings)?;
        let Some(Values::U32(ticks)) = columns.first() else {
            return Err(io::Error::other("it has no ticks"));
        };
        let (all, kept) = (ticks.len(), ticks.partition_point(|tick| *tick <= Some(last)));
        self.last_tick = kept.checked_sub(1).and_then(|at| ticks[at]);
        columns.iter_mut().for_each(|column| truncate(column, kept));
        (self.columns, self.count) = (columns, kept);
        Ok(kept == all)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The tick of the last one there ever was.
    pub fn last_tick(&self) -> Option<u32> {
        self.last_tick
    }

    /// How many columns there are; 0 before the first row.
    pub fn columns(&self) -> usize {
        self.headings.len()
    }

    /// Forgets the rows, not what columns there are.
    pub fn clear(&mut self) {
        self.columns.iter_mut().for_each(clear);
        self.count = 0;
    }

    /// Writes a table of these rows. `about` is what its metadata say of the run.
    ///
    /// # Errors
    /// Those of `to`.
    pub fn write(&self, about: &[(String, String)], to: &mut (dyn Write + Send)) -> io::Result<()> {
        let mut table = self.table(about, to)?;
        table.group(|at| Ok(&self.columns[at]))?;
        table.finish().map(drop)
    }

    /// Begins a table of the same columns.
    ///
    /// # Errors
    /// Those of `to`.
    pub fn table<W: Write + Send>(&self, about: &[(String, String)], to: W) -> io::Result<Writer<W>> {
        Writer::new(to, self.headings.clone(), about)
    }
}
