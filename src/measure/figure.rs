//! One figure of a row, with what it means.

use std::borrow::Cow;

/// A number of a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// The column's name.
    pub name: Cow<'static, str>,
    /// What is counted, or the unit.
    pub unit: &'static str,
    /// What it means.
    pub about: &'static str,
    /// The number.
    pub number: Number,
}

/// A figure's value, in a type of its own.
#[derive(Clone, Debug, PartialEq)]
pub enum Number {
    /// 32 bits, signed.
    I32(i32),
    /// 64 bits, signed.
    I64(i64),
    /// 32 bits.
    U32(u32),
    /// 64 bits.
    U64(u64),
    /// A real number.
    F64(f64),
    /// Text.
    Text(String),
}

impl Figure {
    /// A figure.
    #[must_use]
    pub fn new(name: impl Into<Cow<'static, str>>, unit: &'static str, about: &'static str, number: Number) -> Self {
        Self {
            name: name.into(),
            unit,
            about,
            number,
        }
    }
}
