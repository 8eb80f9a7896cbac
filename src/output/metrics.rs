//! `metrics.parquet`: one row for each measured tick, in typed columns that say what they hold and in which unit.

use arrow_array::{ArrayRef, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray, UInt32Array, UInt64Array};
use arrow_schema::{Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::errors::{ParquetError, Result};
use parquet::file::properties::WriterProperties;
use std::collections::HashMap;
use std::sync::Arc;
use tetraswarm::measure::{Figure, Measurement, Number};

/// The column of one figure over all rows.
fn column(figures: &[Vec<Figure>], at: usize) -> Result<ArrayRef> {
    let numbers = || figures.iter().map(|row| &row[at].number);
    macro_rules! column {
        ($kind:ident as $array:ty) => {{
            let values: Option<Vec<Option<_>>> = numbers()
                .map(|number| match number {
                    Number::$kind(value) => Some(value.clone()),
                    _ => None,
                })
                .collect();
            values.map(|values| Arc::new(<$array>::from_iter(values)) as ArrayRef)
        }};
    }
    let array = match figures[0][at].number {
        Number::I32(_) => column!(I32 as Int32Array),
        Number::I64(_) => column!(I64 as Int64Array),
        Number::U32(_) => column!(U32 as UInt32Array),
        Number::U64(_) => column!(U64 as UInt64Array),
        Number::F64(_) => column!(F64 as Float64Array),
        Number::Text(_) => column!(Text as StringArray),
    };
    array.ok_or_else(|| ParquetError::General(format!("the rows disagree on {}", figures[0][at].name)))
}

/// The content of the file.
pub fn encode(rows: &[Measurement]) -> Result<Vec<u8>> {
    let figures: Vec<Vec<Figure>> = rows.iter().map(Measurement::figures).collect();
    let count = figures.first().map_or(0, Vec::len);
    let arrays: Vec<ArrayRef> = (0..count).map(|at| column(&figures, at)).collect::<Result<_>>()?;
    let fields: Vec<Field> = figures
        .first()
        .into_iter()
        .flatten()
        .zip(&arrays)
        .map(|(figure, array)| {
            let about = [("unit", figure.unit), ("description", figure.about)];
            Field::new(&*figure.name, array.data_type().clone(), figure.may_be_null).with_metadata(HashMap::from(
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
