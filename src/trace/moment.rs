//! Times as logs write them: seconds, dates, and durations.
//!
//! Times are whole microseconds, so that ticks follow by integer division: the same for a time written 0.3, 3e-1, or held as a
//! float. Further decimals are rounded to the nearest.

use super::reason::Kind;
use jiff::civil;
use jiff::fmt::temporal::{Pieces, SpanParser};
use jiff::tz::Offset;
use serde::Serialize;

/// Microseconds in a second.
pub(super) const SECOND: i64 = 1_000_000;

/// The latest time in seconds: in microseconds it fits 64 bits.
pub(super) const LATEST: i64 = 9_000_000_000_000;

/// The latest date, and the earliest before 1970, in seconds: ten thousand years, so that their differences fit as well.
const LATEST_DATE: i64 = 10_000 * 366 * 86_400;

/// What a log's times count from. Those of a log are all of one kind, or they could not be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Clock {
    /// Seconds from a start that the log does not say.
    Seconds,
    /// Dates and times of day without a zone. They are taken as they stand, so that a change to or from summer time shows as a gap
    /// or an overlap of an hour.
    LocalDates,
    /// Dates and times of day with a zone, or with an offset.
    Dates,
}

impl Clock {
    /// As in "times are seconds".
    pub(super) fn called(self) -> &'static str {
        match self {
            Self::Seconds => "seconds",
            Self::LocalDates => "dates without a zone",
            Self::Dates => "dates with a zone",
        }
    }
}

/// A time of a log, in microseconds; of dates since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Time {
    pub(super) microseconds: i64,
    pub(super) clock: Clock,
}

impl Time {
    pub(super) fn seconds(microseconds: i64) -> Self {
        Self {
            microseconds,
            clock: Clock::Seconds,
        }
    }

    /// A date, so many nanoseconds after 1970.
    pub(super) fn date(nanoseconds: i128, zoned: bool) -> Result<Self, Kind> {
        let microseconds = i64::try_from(rounded(nanoseconds, 1000)).map_err(|_| Kind::OutOfRange)?;
        if microseconds.abs() > LATEST_DATE * SECOND {
            return Err(Kind::OutOfRange);
        }
        let clock = if zoned { Clock::Dates } else { Clock::LocalDates };
        Ok(Self { microseconds, clock })
    }
}

/// To the nearest, halves away from 0.
fn rounded(value: i128, unit: i128) -> i128 {
    let half = if value < 0 { -unit / 2 } else { unit / 2 };
    value.saturating_add(half) / unit
}

/// Words for what is not known, as tables and the tools that write them have them.
const UNKNOWN: [&str; 6] = ["unknown", "none", "null", "na", "n/a", "nat"];

/// Whether a value stands for what is not known.
pub(super) fn is_unknown(text: &[u8]) -> bool {
    text.is_empty()
        || UNKNOWN
            .iter()
            .any(|unknown| text.eq_ignore_ascii_case(unknown.as_bytes()))
}

/// A time: seconds, a date, or a time of day as so many seconds.
pub(super) fn time(text: &[u8]) -> Result<Time, Kind> {
    match seconds(text) {
        Err(Kind::NotANumber) => date(text).or_else(|_| duration(text).map(Time::seconds)),
        seconds => seconds.map(Time::seconds),
    }
}

/// A span of time: seconds, `[D-]HH:MM:SS` or `MM:SS` as Slurm writes them, `N days HH:MM:SS` as Python does, `PT1H` of ISO 8601.
pub(super) fn span(text: &[u8]) -> Result<i64, Kind> {
    match seconds(text) {
        Err(Kind::NotANumber) => match duration(text) {
            Err(Kind::NotANumber) if date(text).is_ok() => Err(Kind::Date),
            span => span,
        },
        seconds => seconds,
    }
}

pub(super) fn from_whole(seconds: i64) -> Result<i64, Kind> {
    if (-LATEST..=LATEST).contains(&seconds) {
        Ok(seconds * SECOND)
    } else {
        Err(Kind::OutOfRange)
    }
}

pub(super) fn from_float(seconds: f64) -> Result<i64, Kind> {
    if seconds.is_nan() {
        Err(Kind::NotANumber)
    } else if seconds.abs() > LATEST as f64 {
        Err(Kind::OutOfRange)
    } else {
        Ok((seconds * SECOND as f64).round() as i64)
    }
}

/// `unscaled` / 10^`scale` seconds.
pub(super) fn from_decimal(unscaled: i128, scale: u32) -> Result<i64, Kind> {
    let power = |exponent: u32| 10_i128.checked_pow(exponent);
    let microseconds = match scale.checked_sub(6) {
        // Beyond 10^38 nothing is left of it.
        Some(digits) => power(digits).map_or(Some(0), |unit| Some(rounded(unscaled, unit))),
        None => power(6 - scale).and_then(|unit| unscaled.checked_mul(unit)),
    };
    let limit = i128::from(LATEST) * i128::from(SECOND);
    microseconds
        .filter(|value| (-limit..=limit).contains(value))
        .and_then(|value| i64::try_from(value).ok())
        .ok_or(Kind::OutOfRange)
}

/// `[+-]?[0-9]+`, if it fits.
pub(super) fn integer(text: &[u8]) -> Option<i64> {
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

/// Seconds, in microseconds.
pub(super) fn seconds(text: &[u8]) -> Result<i64, Kind> {
    if is_unknown(text) {
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

/// A date, or a date and a time of day, of ISO 8601: with or without a zone's offset, which may stand apart, and be called UTC.
fn date(text: &[u8]) -> Result<Time, Kind> {
    let apart = text.iter().rposition(|&byte| byte == b' ').map(|at| text.split_at(at));
    let joined = match apart {
        Some((date, b" UTC" | b" GMT" | b" Z")) => Some([date, b"Z"].concat()),
        Some((date, [b' ', zone @ ..])) if matches!(zone.first(), Some(b'+' | b'-')) => Some([date, zone].concat()),
        _ => None,
    };
    let pieces = Pieces::parse(joined.as_deref().unwrap_or(text)).map_err(|_| Kind::NotANumber)?;
    let offset = pieces.to_numeric_offset();
    if offset.is_none() && pieces.time_zone_annotation().is_some() {
        // A zone's name alone says nothing without its history.
        return Err(Kind::NotANumber);
    }
    let time = pieces.time().unwrap_or(civil::Time::midnight());
    let moment = offset
        .unwrap_or(Offset::UTC)
        .to_timestamp(civil::DateTime::from_parts(pieces.date(), time))
        .map_err(|_| Kind::OutOfRange)?;
    Time::date(moment.as_nanosecond(), offset.is_some())
}

fn duration(text: &[u8]) -> Result<i64, Kind> {
    let (negative, text) = signed(text);
    if text.is_empty() {
        return Err(Kind::NotANumber);
    }
    let (days, rest) = days(text).unwrap_or((0, text));
    let microseconds = if rest.is_empty() {
        Some(0)
    } else if rest.contains(&b':') {
        clock(rest)
    } else {
        None
    };
    let day = 86_400 * SECOND;
    let total = match microseconds {
        Some(part) => days.checked_mul(day).and_then(|days| days.checked_add(part)),
        None if rest.first() == Some(&b'P') => return iso(text, negative),
        None => return Err(Kind::NotANumber),
    };
    total
        .filter(|total| *total <= LATEST * SECOND)
        .map(|total| if negative { -total } else { total })
        .ok_or(Kind::OutOfRange)
}

/// The days at the start, as in `2-`, `2 days `, `1 day, `, and what follows them.
fn days(text: &[u8]) -> Option<(i64, &[u8])> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let days = integer(&text[..digits])?;
    let rest = &text[digits..];
    if let Some(rest) = rest.strip_prefix(b"-") {
        return (!rest.is_empty()).then_some((days, rest));
    }
    let rest = rest.trim_ascii_start();
    let rest = rest.strip_prefix(b"days").or_else(|| rest.strip_prefix(b"day"))?;
    let rest = rest.trim_ascii_start();
    Some((days, rest.strip_prefix(b",").unwrap_or(rest).trim_ascii_start()))
}

/// `HH:MM:SS` or `MM:SS`, the seconds with decimals or without.
fn clock(text: &[u8]) -> Option<i64> {
    let text = text.strip_prefix(b"+").unwrap_or(text);
    let mut parts = text.split(|&byte| byte == b':').rev();
    let seconds = parts.next()?;
    let is_plain = seconds.first().is_some_and(u8::is_ascii_digit) && !seconds.contains(&b'e');
    let mut total = self::seconds(seconds).ok().filter(|_| is_plain)?;
    if total >= 60 * SECOND {
        return None;
    }
    for (unit, limit) in [(60, 60), (3600, i64::MAX)] {
        let Some(part) = parts.next() else { break };
        let is_last = parts.clone().next().is_none();
        let value = integer(part).filter(|_| part[0].is_ascii_digit())?;
        if !is_last && value >= limit {
            return None;
        }
        total = value.checked_mul(unit * SECOND)?.checked_add(total)?;
    }
    parts.next().is_none().then_some(total)
}

/// Of ISO 8601, as in `PT1H30M` and `P1DT2H`; a day is 24 hours.
fn iso(text: &[u8], negative: bool) -> Result<i64, Kind> {
    let span = SpanParser::new().parse_span(text).map_err(|_| Kind::NotANumber)?;
    if span.get_years() != 0 || span.get_months() != 0 {
        return Err(Kind::NotANumber);
    }
    let whole = i128::from(span.get_weeks()) * 604_800
        + i128::from(span.get_days()) * 86_400
        + i128::from(span.get_hours()) * 3600
        + i128::from(span.get_minutes()) * 60
        + i128::from(span.get_seconds());
    let parts = i128::from(span.get_milliseconds()) * 1_000_000
        + i128::from(span.get_microseconds()) * 1000
        + i128::from(span.get_nanoseconds());
    let total = from_decimal(whole * 1_000_000_000 + parts, 9)?;
    Ok(if negative { -total } else { total })
}

/// A time of dates for a person.
pub(super) fn show(microseconds: i64, clock: Clock) -> String {
    let zone = match clock {
        Clock::Seconds => return format!("{} of the log", microseconds / SECOND),
        Clock::LocalDates => "",
        Clock::Dates => "Z",
    };
    let moment = jiff::Timestamp::from_microsecond(microseconds).map(|moment| Offset::UTC.to_datetime(moment));
    moment.map_or_else(|_| microseconds.to_string(), |moment| format!("{moment}{zone}"))
}
