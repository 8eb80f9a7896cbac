//! Parquet: columns of integers or floating-point numbers, of any width.

use super::Roles;
use crate::error::Error;
use crate::topology::import::excerpt;
use crate::work::trace::cell::Cell;
use crate::work::trace::log::Log;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::DataType;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;
use parquet::file::metadata::ParquetMetaData;
use std::fmt::Display;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Rows that are in memory at a time.
const ROWS: usize = 1 << 13;

/// Reads the whole table.
pub(in crate::work::trace) fn read(file: File, log: &mut Log<'_>) -> Result<(), Error> {
    let builder = guarded(|| ParquetRecordBatchReaderBuilder::try_new(file)).map_err(|reason| broken(log, &reason))?;
    let schema = builder.schema().clone();
    let names: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
    let roles = Roles::find(&names, log)?;
    let wanted = roles.wanted();
    for &at in &wanted {
        let kind = schema.field(at).data_type();
        if !kind.is_integer() && !matches!(kind, DataType::Float32 | DataType::Float64) {
            let message = format!("holds {kind}; it must hold integers, or 32 or 64-bit floats");
            return Err(log.error(format!("column '{}' {message}", excerpt(names[at].as_bytes()))));
        }
    }
    readable(builder.metadata(), &wanted, &names, log)?;
    let mask = ProjectionMask::roots(builder.parquet_schema(), wanted.iter().copied());
    let builder = builder.with_projection(mask).with_batch_size(ROWS);
    let mut batches = guarded(|| builder.build()).map_err(|reason| broken(log, &reason))?;
    let mut row = 0;
    while let Some(batch) = guarded(|| batches.next().transpose()).map_err(|reason| broken(log, &reason))? {
        take(&batch, &wanted, &roles, &mut row, log)?;
    }
    log.lines = row;
    Ok(())
}

/// What the parquet crate reads, or why it does not. Of some damaged files it says so by a panic, which must not end the caller:
/// whatever it leaves behind is dropped, not read.
fn guarded<T, E: Display>(read: impl FnOnce() -> Result<T, E>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(read) => read.map_err(|error| error.to_string()),
        Err(_) => Err("its pages contradict each other".to_owned()),
    }
}

fn broken(log: &Log<'_>, reason: &str) -> Error {
    let reason: String = reason.chars().take(200).flat_map(char::escape_debug).collect();
    log.error(format!(
        "is no readable Parquet file ({reason}); fetch or write it again"
    ))
}

/// Refuses compressions that are not built in.
fn readable(about: &ParquetMetaData, wanted: &[usize], names: &[String], log: &Log<'_>) -> Result<(), Error> {
    for chunk in about.row_groups().iter().flat_map(|group| group.columns()) {
        let name = chunk.column_path().parts().first();
        let is_wanted = wanted.iter().any(|&at| name == Some(&names[at]));
        let compression = chunk.compression();
        let is_built_in = matches!(
            compression,
            Compression::UNCOMPRESSED | Compression::SNAPPY | Compression::GZIP(_)
        );
        if is_wanted && !is_built_in {
            return Err(log.error(format!(
                "is compressed by {compression}, which cannot be read; write it uncompressed or with snappy or gzip"
            )));
        }
    }
    Ok(())
}

/// Takes the rows of a batch, whose columns are those of `wanted`.
fn take(batch: &RecordBatch, wanted: &[usize], roles: &Roles, row: &mut u64, log: &mut Log<'_>) -> Result<(), Error> {
    let columns: Vec<Vec<Cell<'_>>> = batch.columns().iter().map(cells).collect();
    let value = |column, at: usize| {
        let place = wanted.binary_search(&column);
        place.map_or(Cell::Null, |place| columns[place][at])
    };
    for at in 0..batch.num_rows() {
        *row += 1;
        let cell = |column| value(column, at);
        roles.take(*row, *row, log, cell)?;
    }
    Ok(())
}

/// The values of a column in a batch.
fn cells(array: &ArrayRef) -> Vec<Cell<'static>> {
    macro_rules! cells {
        ($kind:ty, $cell:ident) => {{
            let values = array.as_primitive::<$kind>().iter();
            values
                .map(|value| value.map_or(Cell::Null, |value| Cell::$cell(value.into())))
                .collect()
        }};
    }
    match array.data_type() {
        DataType::Int8 => cells!(Int8Type, Integer),
        DataType::Int16 => cells!(Int16Type, Integer),
        DataType::Int32 => cells!(Int32Type, Integer),
        DataType::Int64 => cells!(Int64Type, Integer),
        DataType::UInt8 => cells!(UInt8Type, Integer),
        DataType::UInt16 => cells!(UInt16Type, Integer),
        DataType::UInt32 => cells!(UInt32Type, Integer),
        DataType::UInt64 => cells!(UInt64Type, Integer),
        DataType::Float32 => cells!(Float32Type, Float),
        DataType::Float64 => cells!(Float64Type, Float),
        _ => vec![Cell::Null; array.len()],
    }
}

#[cfg(test)]
mod tests {
    use super::guarded;

    #[test]
    fn a_panic_of_the_reader_is_an_error() {
        let panics = || -> Result<u32, String> { panic!("a damaged page") };
        assert_eq!(guarded(panics), Err("its pages contradict each other".to_owned()));
        assert_eq!(guarded(|| Err::<u32, _>("cut")), Err("cut".to_owned()));
        assert_eq!(guarded(|| Ok::<_, String>(7)), Ok(7));
    }
}
