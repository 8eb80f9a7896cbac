//! Tables as Parquet. Integers of every kind are written as signed ones of 64 bits: whoever subtracts rows of unsigned ones in pandas,
//! polars or DuckDB gets what wraps round, or an error.

use super::{Heading, Kind, Values};
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::column::writer::ColumnCloseResult;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type;
use std::borrow::Borrow;
use std::fs::File;
use std::io::{self, Write};
use std::sync::Arc;

/// The key in a file's metadata under which units and meanings of its columns stand.
pub const COLUMNS_KEY: &str = "tetraswarm.columns";

/// A table on its way into a Parquet file.
pub struct Writer<W: Write + Send> {
    file: SerializedFileWriter<W>,
    headings: Vec<Heading>,
}

impl<W: Write + Send> Writer<W> {
    /// Begins a table. `about` says what else is known of it, as pairs of a key and a text.
    ///
    /// # Errors
    /// Those of `to`; also if two columns have one name.
    pub fn new(to: W, headings: Vec<Heading>, about: &[(String, String)]) -> io::Result<Self> {
        let fields = headings
            .iter()
            .map(|heading| field(heading).map(Arc::new))
            .collect::<Result<_>>();
        let schema = fields.and_then(|fields| Type::group_type_builder("table").with_fields(fields).build());
        let schema = schema.map_err(into_io)?;
        let pair = |(key, value): (&str, String)| KeyValue::new(key.to_owned(), value);
        let pairs = about.iter().map(|(key, value)| (key.as_str(), value.clone()));
        let pairs = pairs.chain([(COLUMNS_KEY, meanings(&headings))]).map(pair).collect();
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(concat!("tetraswarm version ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_key_value_metadata(Some(pairs))
            .build();
        let file = SerializedFileWriter::new(to, Arc::new(schema), Arc::new(properties)).map_err(into_io)?;
        Ok(Self { file, headings })
    }

    /// Writes a group of rows, of which `values` gives one column after the other, by its place among the headings: only one need be
    /// in memory at a time.
    ///
    /// # Errors
    /// Those of the place that is written to, and those of `values`; also if a column is not what its heading says, or not as long
    /// as the first.
    pub fn group<V: Borrow<Values>>(&mut self, mut values: impl FnMut(usize) -> io::Result<V>) -> io::Result<()> {
        let mut group = self.file.next_row_group().map_err(into_io)?;
        for (at, heading) in self.headings.iter().enumerate() {
            let values = values(at)?;
            let values = values.borrow();
            if values.kind() != heading.kind {
                let message = format!(
                    "column '{}' holds {:?}, not {:?}",
                    heading.name,
                    values.kind(),
                    heading.kind
                );
                return Err(io::Error::other(message));
            }
            let column = group.next_column().map_err(into_io)?;
            let mut column = column.ok_or_else(|| io::Error::other("there are fewer columns than headings"))?;
            write(&mut column, values, heading)?;
            column.close().map_err(into_io)?;
        }
        group.close().map(drop).map_err(into_io)
    }

    /// Adds the groups of another file that a `Writer` of the same headings wrote, as they are: nothing is unpacked.
    ///
    /// # Errors
    /// Those of both places; also if the file is none of Parquet's, or its columns are others.
    pub fn append(&mut self, from: &File) -> io::Result<()> {
        let reader = SerializedFileReader::new(from.try_clone()?).map_err(into_io)?;
        for of in reader.metadata().row_groups() {
            let mut group = self.file.next_row_group().map_err(into_io)?;
            for column in of.columns() {
                let close = ColumnCloseResult {
                    bytes_written: column.compressed_size() as u64,
                    rows_written: of.num_rows() as u64,
                    metadata: column.clone(),
                    bloom_filter: None,
                    column_index: None,
                    offset_index: None,
                };
                group.append_column(from, close).map_err(into_io)?;
            }
            group.close().map_err(into_io)?;
        }
        Ok(())
    }

    /// Ends the table; without this the file is none.
    ///
    /// # Errors
    /// Those of the place that is written to.
    pub fn finish(self) -> io::Result<W> {
        self.file.into_inner().map_err(into_io)
    }
}

fn field(heading: &Heading) -> Result<Type> {
    let (physical, logical) = match heading.kind {
        Kind::I32 | Kind::I64 | Kind::U32 | Kind::U64 => (Physical::INT64, None),
        Kind::F64 => (Physical::DOUBLE, None),
        Kind::Flag => (Physical::BOOLEAN, None),
        Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
    };
    let repetition = if heading.is_optional {
        Repetition::OPTIONAL
    } else {
        Repetition::REQUIRED
    };
    Type::primitive_type_builder(&heading.name, physical)
        .with_logical_type(logical)
        .with_repetition(repetition)
        .build()
}

/// Units and meanings of the columns.
pub(super) fn meanings(headings: &[Heading]) -> String {
    let meaning = |heading: &Heading| serde_json::json!({ "unit": heading.unit, "description": heading.about });
    let all = headings
        .iter()
        .map(|heading| (heading.name.to_string(), meaning(heading)));
    serde_json::Value::Object(all.collect()).to_string()
}

fn write(column: &mut SerializedColumnWriter<'_>, values: &Values, heading: &Heading) -> io::Result<()> {
    match values {
        Values::I32(values) => put::<Int64Type, _>(column, values, heading, |&value| value.into()),
        Values::U32(values) => put::<Int64Type, _>(column, values, heading, |&value| value.into()),
        Values::I64(values) => put::<Int64Type, _>(column, values, heading, |&value| value),
        Values::U64(values) => {
            if let Some(value) = values.iter().flatten().find(|&&value| i64::try_from(value).is_err()) {
                let message = format!("column '{}' holds {value}, which is more than 63 bits", heading.name);
                return Err(io::Error::other(message));
            }
            put::<Int64Type, _>(column, values, heading, |&value| value as i64)
        }
        Values::F64(values) => put::<DoubleType, _>(column, values, heading, |&value| value),
        Values::Flag(values) => put::<BoolType, _>(column, values, heading, |&value| value),
        Values::Text(values) => {
            put::<ByteArrayType, _>(column, values, heading, |value| ByteArray::from(value.as_str()))
        }
    }
}

fn put<T: DataType, V>(
    column: &mut SerializedColumnWriter<'_>,
    values: &[Option<V>],
    heading: &Heading,
    word: impl Fn(&V) -> T::T,
) -> io::Result<()> {
    let known: Vec<T::T> = values.iter().flatten().map(word).collect();
    let levels: Option<Vec<i16>> = heading
        .is_optional
        .then(|| values.iter().map(|value| i16::from(value.is_some())).collect());
    if levels.is_none() && known.len() != values.len() {
        let message = format!(
            "column '{}' lacks a value, which its heading does not allow",
            heading.name
        );
        return Err(io::Error::other(message));
    }
    let written = column.typed::<T>().write_batch(&known, levels.as_deref(), None);
    written.map(drop).map_err(into_io)
}

/// As the system said it, if it was the system.
pub(super) fn into_io(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(error) => match error.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(error) => io::Error::other(error),
        },
        other => io::Error::other(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heading(name: &'static str, kind: Kind, is_optional: bool) -> Heading {
        Heading {
            name: name.into(),
            unit: "ticks".into(),
            about: "what it means".into(),
            kind,
            is_optional,
        }
    }

    #[test]
    fn every_kind_is_written_with_its_meaning() {
        let headings = vec![
            heading("a", Kind::I32, false),
            heading("b", Kind::U64, true),
            heading("c", Kind::Text, false),
            heading("d", Kind::Flag, false),
            heading("e", Kind::F64, true),
        ];
        let about = [("tetraswarm.seed".to_owned(), "7".to_owned())];
        let mut writer = Writer::new(Vec::new(), headings, &about).unwrap();
        let columns = [
            Values::I32(vec![Some(-3), Some(4)]),
            Values::U64(vec![None, Some(i64::MAX as u64)]),
            Values::Text(vec![Some("zoë".to_owned()), Some(String::new())]),
            Values::Flag(vec![Some(true), Some(false)]),
            Values::F64(vec![Some(0.5), None]),
        ];
        for _ in 0..2 {
            writer.group(|at| Ok(columns[at].clone())).unwrap();
        }
        let content = writer.finish().unwrap();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&content).unwrap();
        let reader = SerializedFileReader::new(file).unwrap();
        assert_eq!(reader.num_row_groups(), 2);
        let rows: Vec<String> = reader
            .get_row_iter(None)
            .unwrap()
            .map(|row| row.unwrap().to_string())
            .collect();
        assert_eq!(rows.len(), 4);
        assert_eq!(rows[0], "{a: -3, b: null, c: \"zoë\", d: true, e: 0.5}");
        assert_eq!(rows[3], "{a: 4, b: 9223372036854775807, c: \"\", d: false, e: null}");
        let pairs = reader.metadata().file_metadata().key_value_metadata().unwrap();
        let find = |key: &str| {
            pairs
                .iter()
                .find(|pair| pair.key == key)
                .unwrap()
                .value
                .clone()
                .unwrap()
        };
        assert_eq!(find("tetraswarm.seed"), "7");
        let meanings: serde_json::Value = serde_json::from_str(&find(COLUMNS_KEY)).unwrap();
        assert_eq!(meanings["b"]["unit"], "ticks");
        assert_eq!(meanings["e"]["description"], "what it means");
    }

    #[test]
    fn what_a_heading_does_not_allow_is_refused() {
        let new = || Writer::new(Vec::new(), vec![heading("a", Kind::I32, false)], &[]).unwrap();
        for wrong in [Values::U32(vec![Some(1)]), Values::I32(vec![None])] {
            let message = new().group(|_| Ok(wrong.clone())).unwrap_err().to_string();
            assert!(message.starts_with("column 'a' "), "{message}");
        }
        let mut table = Writer::new(Vec::new(), vec![heading("a", Kind::U64, false)], &[]).unwrap();
        let message = table.group(|_| Ok(Values::U64(vec![Some(1 << 63)]))).unwrap_err();
        assert!(message.to_string().contains("more than 63 bits"), "{message}");
    }

    #[test]
    fn groups_of_other_files_are_appended_as_they_are() {
        let headings = || vec![heading("a", Kind::U32, false), heading("c", Kind::Text, true)];
        let file = |first: u32| {
            let mut file = tempfile::tempfile().unwrap();
            let mut writer = Writer::new(&mut file, headings(), &[]).unwrap();
            let texts = vec![Some(format!("row {first}")), None];
            let columns = [Values::U32(vec![Some(first), Some(first + 1)]), Values::Text(texts)];
            writer.group(|at| Ok(columns[at].clone())).unwrap();
            writer.finish().unwrap();
            file
        };
        let mut joined = tempfile::tempfile().unwrap();
        let about = [("tetraswarm.seed".to_owned(), "7".to_owned())];
        let mut writer = Writer::new(&mut joined, headings(), &about).unwrap();
        for first in [u32::MAX - 3, 5] {
            writer.append(&file(first)).unwrap();
        }
        writer.finish().unwrap();
        let reader = SerializedFileReader::new(joined).unwrap();
        assert_eq!(reader.num_row_groups(), 2);
        let rows = reader.get_row_iter(None).unwrap().map(|row| row.unwrap().to_string());
        assert_eq!(
            rows.collect::<Vec<_>>(),
            [
                "{a: 4294967292, c: \"row 4294967292\"}",
                "{a: 4294967293, c: null}",
                "{a: 5, c: \"row 5\"}",
                "{a: 6, c: null}",
            ]
        );
        // Those of other columns are refused.
        let other = vec![heading("a", Kind::U32, false)];
        let mut writer = Writer::new(Vec::new(), other, &[]).unwrap();
        assert!(writer.append(&file(0)).is_err());
    }
}
