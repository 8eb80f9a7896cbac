//! One figure of a row, with what it means.

use crate::digits::{grouped, real};
use std::borrow::Cow;
use std::fmt;

/// A number of a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// The column's name.
    pub name: Cow<'static, str>,
    /// What is counted, or the unit.
    pub unit: &'static str,
    /// What it means.
    pub about: &'static str,
    /// Whether some row may not know it, by whatever rows there are.
    pub may_be_null: bool,
    /// The number.
    pub number: Number,
}

/// A figure's value, in a type of its own; nothing where it is not known, or of nobody.
#[derive(Clone, Debug, PartialEq)]
pub enum Number {
    /// 32 bits, signed.
    I32(Option<i32>),
    /// 64 bits, signed.
    I64(Option<i64>),
    /// 32 bits.
    U32(Option<u32>),
    /// 64 bits.
    U64(Option<u64>),
    /// A real number.
    F64(Option<f64>),
    /// Text.
    Text(Option<String>),
}

impl Number {
    /// For a person: with separated thousands, and of real numbers the digits that matter.
    pub(crate) fn readable(&self) -> String {
        let integer = match self {
            Self::I32(value) => value.map(i128::from),
            Self::I64(value) => value.map(i128::from),
            Self::U32(value) => value.map(i128::from),
            Self::U64(value) => value.map(i128::from),
            Self::F64(Some(value)) if *value >= 0.0 => return real(*value),
            Self::F64(Some(value)) => return format!("-{}", real(-value)),
            Self::F64(None) | Self::Text(_) => return self.to_string(),
        };
        integer.map_or_else(|| self.to_string(), grouped)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::I32(value) => value.map(|value| value.to_string()),
            Self::I64(value) => value.map(|value| value.to_string()),
            Self::U32(value) => value.map(|value| value.to_string()),
            Self::U64(value) => value.map(|value| value.to_string()),
            Self::F64(value) => value.map(|value| value.to_string()),
            Self::Text(value) => value.clone(),
        };
        f.write_str(text.as_deref().unwrap_or("not known"))
    }
}

/// What a figure may be given as: always known, or known or not.
pub trait Value {
    /// Whether some row may not know it.
    const MAY_BE_NULL: bool;

    /// The number.
    fn number(self) -> Number;
}

macro_rules! value {
    ($($of:ident($value:ty)),*) => {$(
        impl Value for $value {
            const MAY_BE_NULL: bool = false;

            fn number(self) -> Number {
                Number::$of(Some(self))
            }
        }

        impl Value for Option<$value> {
            const MAY_BE_NULL: bool = true;

            fn number(self) -> Number {
                Number::$of(self)
            }
        }
    )*};
}

value!(I32(i32), I64(i64), U32(u32), U64(u64), F64(f64), Text(String));

impl Figure {
    /// A figure.
    #[must_use]
    pub fn new<V: Value>(
        name: impl Into<Cow<'static, str>>,
        unit: &'static str,
        about: &'static str,
        value: V,
    ) -> Self {
        Self {
            name: name.into(),
            unit,
            about,
            may_be_null: V::MAY_BE_NULL,
            number: value.number(),
        }
    }
}
