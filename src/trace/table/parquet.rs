//! Parquet: columns of integers, decimals, floating-point numbers, times, or texts.

use super::roles::Roles;
use crate::digits::grouped;
use crate::error::Error;
use crate::error::excerpt;
use crate::input::Meter;
use crate::table::{Item, Reader};
use crate::trace::cell::Cell;
use crate::trace::log::{Draft, FILE, Log};
use std::fs::File;

/// Reads the whole table.
pub(in crate::trace) fn read(file: File, log: &mut Log<'_>) -> Result<(), Error> {
    let length = file.metadata().map_or(0, |about| about.len());
    let reader = Reader::open(file).map_err(|reason| broken(log.name(), &reason))?;
    let names = reader.names().to_vec();
    let roles = Roles::find(&names, log)?;
    let wanted = roles.wanted();
    for &at in &wanted {
        if let Err(kind) = reader.shape(at) {
            let message = format!("{kind}; it must hold numbers, times or texts");
            return Err(log.error(format!("column '{}' {message}", excerpt(names[at].as_bytes()))));
        }
    }
    let needed = reader.memory(&wanted).map_err(|reason| broken(log.name(), &reason))?;
    let jobs = reader.rows().saturating_mul(size_of::<Draft>() as u64);
    let meter = Meter::new(log.name(), None);
    meter.add(length);
    let held = needed.saturating_add(jobs);
    if let Err(error) = meter.allow(held, held) {
        let rows = grouped(reader.rows());
        return Err(Error::invalid(
            FILE,
            format!("{error} ({rows} rows, {} bytes)", grouped(held)),
        ));
    }
    let mut row = 0;
    let name = log.name().to_owned();
    let broken = |reason: String| broken(&name, &reason);
    reader.read(&wanted, broken, |columns| {
        let value = |column, at: usize| {
            let place = wanted.binary_search(&column);
            place.map_or(Cell::Null, |place| cell(&columns[place][at]))
        };
        for at in 0..columns.first().map_or(0, Vec::len) {
            row += 1;
            roles.take(row, row, log, |column| value(column, at))?;
        }
        Ok(())
    })?;
    log.lines = row;
    Ok(())
}

fn broken(name: &str, reason: &str) -> Error {
    let reason: String = reason.chars().take(200).flat_map(char::escape_debug).collect();
    let message = format!("{name}: is no readable Parquet file ({reason}); fetch or write it again");
    Error::invalid(FILE, message)
}

/// What stands in a row.
fn cell(item: &Item) -> Cell<'_> {
    match item {
        Item::Null => Cell::Null,
        Item::Integer(value) => Cell::Integer(*value),
        Item::Float(value) => Cell::Float(*value),
        Item::Decimal { unscaled, scale } => Cell::Decimal {
            unscaled: *unscaled,
            scale: *scale,
        },
        Item::Time { nanoseconds, zoned } => Cell::Date {
            nanoseconds: *nanoseconds,
            zoned: *zoned,
        },
        Item::Flag(value) => Cell::Integer((*value).into()),
        Item::Text(text) => Cell::Text(text),
    }
}
