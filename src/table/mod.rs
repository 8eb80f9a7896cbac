//! Tables of typed columns: what is measured, what became of jobs, and the state itself, as Parquet and as .npz.
//!
//! [`Writer`] writes Parquet a group of rows at a time, so that a table need never be in memory as a whole. Columns have the types of
//! the Parquet format itself, which pandas, polars, DuckDB and Spark read alike; integers are signed and of 64 bits there. What the format has no place for stands in the
//! file's key-value metadata: under `tetraswarm.columns` the unit and the meaning of each column, as one JSON object by the columns'
//! names; and whatever else the caller says of the whole table.

mod arrow;
mod npz;
mod pages;
mod reader;
mod rows;
mod thrift;
mod writer;

pub use npz::Npz;
pub(crate) use npz::read as read_npz;
pub(crate) use reader::{Item, Reader};
pub use rows::{group_count, read_group};
pub use writer::{COLUMNS_KEY, Writer};

use std::borrow::Cow;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 32-bit integers.
    I32,
    /// 64-bit integers.
    I64,
    /// 32-bit integers without sign.
    U32,
    /// 64-bit integers without sign.
    U64,
    /// 64-bit floating-point numbers.
    F64,
    /// Yes or no.
    Flag,
    /// Text.
    Text,
}

/// The head of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// Its name.
    pub name: Cow<'static, str>,
    /// The unit, as in "ticks"; empty for a number or a name.
    pub unit: Cow<'static, str>,
    /// What it means.
    pub about: Cow<'static, str>,
    /// What it holds.
    pub kind: Kind,
    /// Whether a value may be missing, which is null in Parquet.
    pub is_optional: bool,
}

/// Values of a column, row by row; nothing where one is missing, which only columns may have that say so.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Of [`Kind::I32`].
    I32(Vec<Option<i32>>),
    /// Of [`Kind::I64`].
    I64(Vec<Option<i64>>),
    /// Of [`Kind::U32`].
    U32(Vec<Option<u32>>),
    /// Of [`Kind::U64`].
    U64(Vec<Option<u64>>),
    /// Of [`Kind::F64`].
    F64(Vec<Option<f64>>),
    /// Of [`Kind::Flag`].
    Flag(Vec<Option<bool>>),
    /// Of [`Kind::Text`].
    Text(Vec<Option<String>>),
}

impl Values {
    /// What they are.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::I32(_) => Kind::I32,
            Self::I64(_) => Kind::I64,
            Self::U32(_) => Kind::U32,
            Self::U64(_) => Kind::U64,
            Self::F64(_) => Kind::F64,
            Self::Flag(_) => Kind::Flag,
            Self::Text(_) => Kind::Text,
        }
    }

    /// How many there are, with those that are missing.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::I32(values) => values.len(),
            Self::I64(values) => values.len(),
            Self::U32(values) => values.len(),
            Self::U64(values) => values.len(),
            Self::F64(values) => values.len(),
            Self::Flag(values) => values.len(),
            Self::Text(values) => values.len(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
