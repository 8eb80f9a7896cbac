//! Why a line of a log holds no usable job.

use serde::{Serialize, Serializer};
use std::fmt;

/// Why a line was skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// It has fewer columns than the format asks for, or another number than the header.
    Columns,
    /// It is a partial execution of a job whose whole line is not there.
    Part,
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
    /// When it began.
    Start,
    /// When it ended.
    End,
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
    /// It is a date where a span of time is wanted.
    Date,
    /// It is a time by another clock than those before it: a date among seconds, or one with a zone among those without.
    OtherClock,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (field, kind) = match self {
            Self::Columns => return f.write_str("wrong number of columns"),
            Self::Part => return f.write_str("partial execution without its whole line"),
            Self::Value(field, kind) => (field, kind),
        };
        let field = match field {
            Field::Arrival => "arrival",
            Field::Need => "need",
            Field::Start => "start",
            Field::End => "end",
            Field::Processors => "processors",
            Field::Tier => "tier",
            Field::User => "user",
            Field::Number => "number",
        };
        let kind = match kind {
            Kind::Unknown => "unknown",
            Kind::NotANumber => "not a number",
            Kind::OutOfRange => "out of range",
            Kind::Date => "a date",
            Kind::OtherClock => "by another clock",
        };
        write!(f, "{field} {kind}")
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
