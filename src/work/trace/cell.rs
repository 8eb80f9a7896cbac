//! A value of a log as a number.
//!
//! Times are whole microseconds, so that ticks follow by integer division: the same for a time written 0.3, 3e-1, or held as a
//! float. Further decimals are rounded to the nearest.

use super::reason::Kind;
use crate::topology::import::excerpt;

/// Microseconds in a second.
pub(super) const SECOND: i64 = 1_000_000;

/// The latest time in seconds: in microseconds it fits 64 bits.
pub(super) const LATEST: i64 = 9_000_000_000_000;

/// A value as a log holds it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cell<'a> {
    /// Digits.
    Text(&'a [u8]),
    /// An integer of any width.
    Integer(i128),
    /// A floating-point number.
    #[cfg_attr(
        not(any(feature = "tables", test)),
        expect(dead_code, reason = "only Parquet holds such")
    )]
    Float(f64),
    /// Nothing.
    #[cfg_attr(
        not(any(feature = "tables", test)),
        expect(dead_code, reason = "only Parquet holds such")
    )]
    Null,
}

impl Cell<'_> {
    /// Seconds, in microseconds.
    pub(super) fn microseconds(self) -> Result<i64, Kind> {
        match self {
            Self::Text(text) => from_text(text.trim_ascii()),
            Self::Integer(seconds) => i64::try_from(seconds).map_or(Err(Kind::OutOfRange), from_whole),
            Self::Float(seconds) => from_float(seconds),
            Self::Null => Err(Kind::Unknown),
        }
    }

    /// A whole number; decimals that are all 0 do no harm.
    pub(super) fn whole(self) -> Result<i64, Kind> {
        match self {
            Self::Text(text) => {
                if let Some(value) = integer(text.trim_ascii()) {
                    return Ok(value);
                }
            }
            Self::Integer(value) => return i64::try_from(value).map_err(|_| Kind::OutOfRange),
            Self::Float(_) | Self::Null => {}
        }
        let value = self.microseconds()?;
        if value % SECOND == 0 {
            Ok(value / SECOND)
        } else {
            Err(Kind::NotANumber)
        }
    }

    /// For a message.
    pub(super) fn show(self) -> String {
        match self {
            Self::Text(text) => match excerpt(text) {
                shown if shown.is_empty() => "empty".to_owned(),
                shown if from_text(text.trim_ascii()).is_ok() => shown,
                shown => format!("'{shown}'"),
            },
            Self::Integer(value) => value.to_string(),
            Self::Float(value) => format!("{value:?}"),
            Self::Null => "null".to_owned(),
        }
    }
}

fn from_whole(seconds: i64) -> Result<i64, Kind> {
    if (-LATEST..=LATEST).contains(&seconds) {
        Ok(seconds * SECOND)
    } else {
        Err(Kind::OutOfRange)
    }
}

fn from_float(seconds: f64) -> Result<i64, Kind> {
    if seconds.is_nan() {
        Err(Kind::NotANumber)
    } else if seconds.abs() > LATEST as f64 {
        Err(Kind::OutOfRange)
    } else {
        Ok((seconds * SECOND as f64).round() as i64)
    }
}

/// `[+-]?[0-9]+`, if it fits.
fn integer(text: &[u8]) -> Option<i64> {
    let (negative, digits) = signed(text);
    if digits.is_empty() {
        return None;
    }
    let value = digits.iter().try_fold(0_i64, |value, digit| {
        let digit = digit.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value.checked_mul(10)?.checked_add(digit.into())
    })?;
    Some(if negative { -value } else { value })
}

fn signed(text: &[u8]) -> (bool, &[u8]) {
    match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    }
}

fn from_text(text: &[u8]) -> Result<i64, Kind> {
    if text.is_empty() {
        return Err(Kind::Unknown);
    }
    if let Some(seconds) = integer(text) {
        return from_whole(seconds);
    }
    if let Some(decimal) = decimal(text) {
        return decimal;
    }
    let float = std::str::from_utf8(text).ok().and_then(|text| text.parse::<f64>().ok());
    float.map_or(Err(Kind::NotANumber), from_float)
}

/// Digits with a point; none if it is something else.
fn decimal(text: &[u8]) -> Option<Result<i64, Kind>> {
    let (negative, digits) = signed(text);
    let point = digits.iter().position(|&byte| byte == b'.')?;
    let (before, after) = (&digits[..point], &digits[point + 1..]);
    let are_digits = |digits: &[u8]| digits.iter().all(u8::is_ascii_digit);
    if before.len() + after.len() == 0 || !are_digits(before) || !are_digits(after) {
        return None;
    }
    let before = if before.is_empty() { Some(0) } else { integer(before) };
    let Some(seconds) = before.filter(|&seconds| seconds < LATEST) else {
        return Some(Err(Kind::OutOfRange));
    };
    let digit = |place: usize| i64::from(after.get(place).map_or(0, |digit| digit - b'0'));
    let parts = (0..6).fold(0, |parts, place| 10 * parts + digit(place)) + i64::from(digit(6) >= 5);
    let value = seconds * SECOND + parts;
    Some(Ok(if negative { -value } else { value }))
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
            assert_eq!(Cell::Text(text.as_bytes()).microseconds(), Ok(value), "{text}");
        }
        assert_eq!(Cell::Float(0.1 + 0.2).microseconds(), Ok(300_000));
        assert_eq!(Cell::Integer(-3).microseconds(), Ok(-3_000_000));
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
            assert_eq!(Cell::Text(text.as_bytes()).microseconds(), Err(kind), "{text}");
        }
        assert_eq!(
            Cell::Integer(i128::from(u64::MAX)).microseconds(),
            Err(Kind::OutOfRange)
        );
        assert_eq!(Cell::Float(f64::NAN).microseconds(), Err(Kind::NotANumber));
        assert_eq!(Cell::Null.microseconds(), Err(Kind::Unknown));
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
