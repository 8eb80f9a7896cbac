//! Why a line of a log holds no usable job.

use serde::{Serialize, Serializer};
use std::fmt;

/// Why a line was skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// It has fewer columns than the format asks for, or another number than the header.
    Columns,
    /// A value.
    Value(Field, Kind),
}

/// What a value is of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// When it was submitted.
    Arrival,
    /// How long it runs.
    Need,
    /// How many processors it takes.
    Processors,
    /// Its tier, or the queue that decides it.
    Tier,
    /// Whose it is.
    User,
    /// What the log calls it.
    Number,
}

/// What is wrong with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// It is left out, which a Standard Workload writes as -1.
    Unknown,
    /// It is no number, or not a whole one where that is wanted.
    NotANumber,
    /// It is less or more than is allowed.
    OutOfRange,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (field, kind) = match self {
            Self::Columns => return f.write_str("wrong number of columns"),
            Self::Value(field, kind) => (field, kind),
        };
        let field = match field {
            Field::Arrival => "arrival",
            Field::Need => "need",
            Field::Processors => "processors",
            Field::Tier => "tier",
            Field::User => "user",
            Field::Number => "number",
        };
        let kind = match kind {
            Kind::Unknown => "unknown",
            Kind::NotANumber => "not a number",
            Kind::OutOfRange => "out of range",
        };
        write!(f, "{field} {kind}")
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
