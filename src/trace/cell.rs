//! A value of a log, and what it is: a number, a time, a span of time, a word.

use super::moment::{self, Time};
use super::reason::Kind;
use crate::error::excerpt;

/// A value as a log holds it.
#[derive(Clone, Copy, Debug)]
#[allow(dead_code, reason = "some are held by Parquet only, which not every build reads")]
pub(super) enum Cell<'a> {
    /// What is written there.
    Text(&'a [u8]),
    /// An integer of any width; true is 1.
    Integer(i128),
    /// A floating-point number.
    Float(f64),
    /// A number of so many decimals: `unscaled` / 10^`scale`.
    Decimal {
        /// All of its digits.
        unscaled: i128,
        /// How many of them are decimals.
        scale: u32,
    },
    /// A date, or a date and a time of day.
    Date {
        /// Since the start of 1970.
        nanoseconds: i128,
        /// Whether that is in UTC, or wherever the log was written.
        zoned: bool,
    },
    /// Nothing.
    Null,
}

/// What a value is where numbers and words may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark<'a> {
    /// A whole number, which may be out of range.
    Number(i64),
    /// A word.
    Word(&'a [u8]),
}

impl<'a> Cell<'a> {
    /// A time: seconds, or a date.
    pub(super) fn time(self) -> Result<Time, Kind> {
        match self {
            Self::Text(text) => moment::time(text.trim_ascii()),
            Self::Date { nanoseconds, zoned } => Time::date(nanoseconds, zoned),
            _ => self.span().map(Time::seconds),
        }
    }

    /// A span of time, in microseconds.
    pub(super) fn span(self) -> Result<i64, Kind> {
        match self {
            Self::Text(text) => moment::span(text.trim_ascii()),
            Self::Integer(seconds) => i64::try_from(seconds).map_or(Err(Kind::OutOfRange), moment::from_whole),
            Self::Float(seconds) => moment::from_float(seconds),
            Self::Decimal { unscaled, scale } => moment::from_decimal(unscaled, scale),
            Self::Date { .. } => Err(Kind::Date),
            Self::Null => Err(Kind::Unknown),
        }
    }

    /// A number of seconds, in microseconds.
    pub(super) fn seconds(self) -> Result<i64, Kind> {
        match self {
            Self::Text(text) => moment::seconds(text.trim_ascii()),
            _ => self.span(),
        }
    }

    /// A whole number; decimals that are all 0 do no harm.
    pub(super) fn whole(self) -> Result<i64, Kind> {
        let microseconds = match self {
            Self::Text(text) => {
                let text = text.trim_ascii();
                if let Some(value) = moment::integer(text) {
                    return Ok(value);
                }
                moment::seconds(text)?
            }
            Self::Integer(value) => return i64::try_from(value).map_err(|_| Kind::OutOfRange),
            Self::Float(_) | Self::Decimal { .. } | Self::Null => self.span()?,
            Self::Date { .. } => return Err(Kind::NotANumber),
        };
        if microseconds % moment::SECOND == 0 {
            Ok(microseconds / moment::SECOND)
        } else {
            Err(Kind::NotANumber)
        }
    }

    /// A whole number or a word, which is a text that is no number at all.
    pub(super) fn mark(self) -> Result<Mark<'a>, Kind> {
        match self.text() {
            Some(text) if text.eq_ignore_ascii_case(b"nan") => Err(Kind::Unknown),
            Some(text) if moment::seconds(text) == Err(Kind::NotANumber) => Ok(Mark::Word(text)),
            _ => self.whole().map(Mark::Number),
        }
    }

    /// What is written there, if it is text.
    pub(super) fn text(self) -> Option<&'a [u8]> {
        match self {
            Self::Text(text) => Some(text.trim_ascii()),
            _ => None,
        }
    }

    /// For a message.
    pub(super) fn show(self) -> String {
        match self {
            Self::Text(text) => match excerpt(text) {
                shown if shown.is_empty() => "empty".to_owned(),
                shown if moment::seconds(text.trim_ascii()).is_ok() => shown,
                shown => format!("'{shown}'"),
            },
            Self::Integer(value) => value.to_string(),
            Self::Float(value) => format!("{value:?}"),
            Self::Decimal { unscaled, scale } => format!("{unscaled}e-{scale}"),
            Self::Date { nanoseconds, zoned } => Time::date(nanoseconds, zoned).map_or_else(
                |_| format!("{nanoseconds} ns after 1970"),
                |time| moment::show(time.microseconds, time.clock),
            ),
            Self::Null => "null".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_microseconds_however_they_are_written() {
        for (text, value) in [
            ("0", 0),
            ("+7", 7_000_000),
            ("-1", -1_000_000),
            ("0.3", 300_000),
            (".5", 500_000),
            ("5.", 5_000_000),
            ("-0.25", -250_000),
            ("3e-1", 300_000),
            ("0.30000000000000004", 300_000),
            ("1.0000005", 1_000_001),
            ("0.9999999", 1_000_000),
            ("1e3", 1_000_000_000),
            ("9000000000000", 9_000_000_000_000_000_000),
        ] {
            assert_eq!(Cell::Text(text.as_bytes()).span(), Ok(value), "{text}");
        }
        assert_eq!(Cell::Float(0.1 + 0.2).span(), Ok(300_000));
        assert_eq!(Cell::Integer(-3).span(), Ok(-3_000_000));
    }

    #[test]
    fn what_is_no_time_is_told_apart() {
        for (text, kind) in [
            ("", Kind::Unknown),
            ("nan", Kind::NotANumber),
            ("x", Kind::NotANumber),
            ("1.2.3", Kind::NotANumber),
            (".", Kind::NotANumber),
            ("-", Kind::NotANumber),
            ("inf", Kind::OutOfRange),
            ("9000000000001", Kind::OutOfRange),
            ("9000000000000.5", Kind::OutOfRange),
            ("99999999999999999999", Kind::OutOfRange),
            ("99999999999999999999.5", Kind::OutOfRange),
        ] {
            assert_eq!(Cell::Text(text.as_bytes()).span(), Err(kind), "{text}");
        }
        assert_eq!(Cell::Integer(i128::from(u64::MAX)).span(), Err(Kind::OutOfRange));
        assert_eq!(Cell::Float(f64::NAN).span(), Err(Kind::NotANumber));
        assert_eq!(Cell::Null.span(), Err(Kind::Unknown));
    }

    #[test]
    fn whole_numbers_may_have_decimals_of_zero() {
        assert_eq!(Cell::Text(b"3.0").whole(), Ok(3));
        assert_eq!(Cell::Float(3.0).whole(), Ok(3));
        assert_eq!(Cell::Text(b"9223372036854775807").whole(), Ok(i64::MAX));
        assert_eq!(Cell::Text(b"3.5").whole(), Err(Kind::NotANumber));
        assert_eq!(Cell::Text(b"99999999999999999999").whole(), Err(Kind::OutOfRange));
    }
}
