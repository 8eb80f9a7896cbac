//! Parquet: columns of integers, decimals, floating-point numbers, times, or texts.

use super::Roles;
use crate::error::{Error, grouped};
use crate::table::{Item, Reader};
use crate::topology::import::excerpt;
use crate::work::trace::cell::Cell;
use crate::work::trace::log::{Draft, FILE, Log};
use std::fs::File;

/// What a file may take of memory, in bytes, and what each byte of it may besides.
const FREE: u64 = 64 << 20;
const FACTOR: u64 = 32;

/// Reads the whole table.
pub(in crate::work::trace) fn read(file: File, log: &mut Log<'_>) -> Result<(), Error> {
    let length = file.metadata().map_or(0, |about| about.len());
    let reader = Reader::open(file).map_err(|reason| broken(log.name(), &reason))?;
    let names = reader.names().to_vec();
    let roles = Roles::find(&names, log)?;
    let named = [
        Some(&roles.arrival),
        Some(&roles.need),
        roles.tier.as_ref(),
        roles.processors.as_ref(),
        roles.user.as_ref(),
    ];
    let mut wanted: Vec<usize> = named.into_iter().flatten().map(|role| role.0).collect();
    wanted.sort_unstable();
    wanted.dedup();
    for &at in &wanted {
        if let Err(kind) = reader.shape(at) {
            let message = format!("{kind}; it must hold numbers, times or texts");
            return Err(log.error(format!("column '{}' {message}", excerpt(names[at].as_bytes()))));
        }
    }
    let needed = reader.memory(&wanted).map_err(|reason| broken(log.name(), &reason))?;
    let jobs = reader.rows().saturating_mul(size_of::<Draft>() as u64);
    let limit = FREE + FACTOR.saturating_mul(length);
    if needed.saturating_add(jobs) > limit {
        return Err(log.error(format!(
            "its {} rows take {} bytes of memory, more than the {} that a file of {} bytes may take (64 MiB and {FACTOR} bytes for each \
             of its own); cut the log",
            grouped(reader.rows()),
            grouped(needed.saturating_add(jobs)),
            grouped(limit),
            grouped(length)
        )));
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
            let read = roles.job(row, row, log, |column| value(column, at));
            log.take(row, read)?;
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
        Item::Decimal { unscaled, scale } => Cell::Float(*unscaled as f64 / 10f64.powi(*scale as i32)),
        Item::Time { nanoseconds, .. } => Cell::Float(*nanoseconds as f64 / 1e9),
        Item::Flag(value) => Cell::Integer((*value).into()),
        Item::Text(text) => Cell::Text(text),
    }
}
