//! `metrics.parquet`: one row for each measured tick, in typed columns that say what they hold and in which unit.

use arrow_array::{ArrayRef, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray, UInt32Array, UInt64Array};
use arrow_schema::{Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::errors::Result;
use parquet::file::properties::WriterProperties;
use std::collections::HashMap;
use std::sync::Arc;
use tetraswarm::measure::Measurement;

/// A column of the file.
struct Column {
    name: &'static str,
    unit: &'static str,
    description: &'static str,
    values: fn(&[Measurement]) -> ArrayRef,
}

macro_rules! column {
    ($name:ident as $array:ty, $unit:literal, $description:literal) => {
        Column {
            name: stringify!($name),
            unit: $unit,
            description: $description,
            values: |rows| Arc::new(<$array>::from_iter_values(rows.iter().map(|row| row.$name))),
        }
    };
}

/// The columns, in order.
const COLUMNS: &[Column] = &[
    column!(tick as UInt32Array, "ticks", "Ticks that were done"),
    column!(minimum as Int32Array, "belief", "The least belief"),
    column!(maximum as Int32Array, "belief", "The greatest belief"),
    column!(spread as UInt32Array, "belief", "The greatest belief less the least"),
    column!(
        sum as Int64Array,
        "belief",
        "The exact sum of all beliefs; it never changes"
    ),
    column!(
        disagreement as Float64Array,
        "belief",
        "Root mean square deviation of the beliefs from their mean"
    ),
    column!(active as UInt64Array, "nodes", "Nodes that acted in the last tick"),
    column!(
        messages as UInt64Array,
        "messages",
        "Messages sent in the last tick: two for every link used, one each way"
    ),
    Column {
        name: "fingerprint",
        unit: "hexadecimal",
        description: "64 bits that identify the whole state, as 16 digits",
        values: |rows| {
            Arc::new(StringArray::from_iter_values(
                rows.iter().map(|row| format!("{:016x}", row.fingerprint)),
            ))
        },
    },
];

/// The content of the file.
pub fn encode(rows: &[Measurement]) -> Result<Vec<u8>> {
    let arrays: Vec<ArrayRef> = COLUMNS.iter().map(|column| (column.values)(rows)).collect();
    let fields: Vec<Field> = COLUMNS
        .iter()
        .zip(&arrays)
        .map(|(column, array)| {
            let about = [("unit", column.unit), ("description", column.description)];
            Field::new(column.name, array.data_type().clone(), false).with_metadata(HashMap::from(
                about.map(|(key, value)| (key.to_owned(), value.to_owned())),
            ))
        })
        .collect();
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(Arc::clone(&schema), arrays)?;
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut content = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut content, schema, Some(properties))?;
    writer.write(&batch)?;
    writer.close()?;
    Ok(content)
}
