//! Parquet, column by column: numbers, times, decimals, truth values and texts of columns that are in no list or group.
//!
//! What reading takes of memory is known before it is taken, and bounded. Of some damaged files the parquet crate says so by a panic,
//! which neither ends the caller nor is printed.

use super::arrow;
use super::pages::{self, Checked};
use crate::quiet::quietly;
use parquet::basic::{ConvertedType, Encoding, LogicalType, TimeUnit, Type as Physical};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_column_reader};
use parquet::data_type::{AsBytes, DataType};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::ColumnDescriptor;
use std::fmt::Display;
use std::fs::File;

/// Rows that are in memory at a time.
const ROWS: usize = 1 << 13;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Item {
    /// None.
    Null,
    /// An integer of any width.
    Integer(i128),
    /// A floating-point number.
    Float(f64),
    /// `unscaled` / 10^`scale`.
    Decimal {
        /// All its digits.
        unscaled: i128,
        /// How many of them are behind the point.
        scale: u32,
    },
    /// A date, or a date and a time of day.
    Time {
        /// Since the start of 1970.
        nanoseconds: i128,
        /// Whether that is in UTC, or wherever the table was written.
        zoned: bool,
    },
    /// Yes or no.
    Flag(bool),
    /// Text.
    Text(Box<[u8]>),
}

/// How the values of a column become items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Integers, whose words are without sign if they are `unsigned`.
    Integer {
        /// Whether they are.
        unsigned: bool,
    },
    /// Floating-point numbers.
    Float,
    /// Numbers with so many digits behind the point.
    Decimal(u32),
    /// Times.
    Time {
        /// Nanoseconds in a unit.
        unit: i64,
        /// As [`Item::Time`].
        zoned: bool,
    },
    /// Truth values.
    Flag,
    /// Texts.
    Text,
}

/// A Parquet file.
pub(crate) struct Reader {
    file: File,
    parquet: SerializedFileReader<File>,
    names: Vec<String>,
    /// Of each name, the place among the columns of the format's own; nothing for a list or a group.
    leaves: Vec<Option<usize>>,
    rows: u64,
    /// Of each name, the decimals of seconds that spans of time have, if it holds such.
    spans: Vec<Option<u32>>,
}

impl Reader {
    /// Opens a file.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn open(file: File) -> Result<Self, String> {
        let again = file.try_clone().map_err(|error| error.to_string())?;
        let parquet = guarded(|| SerializedFileReader::new(again))?;
        let about = parquet.metadata();
        let schema = about.file_metadata().schema_descr();
        let roots = schema.root_schema().get_fields();
        let names: Vec<String> = roots.iter().map(|root| root.name().to_owned()).collect();
        let mut leaves = vec![None; names.len()];
        for leaf in 0..schema.num_columns() {
            let column = schema.column(leaf);
            if column.path().parts().len() == 1 && column.max_rep_level() == 0 {
                leaves[schema.get_column_root_idx(leaf)] = Some(leaf);
            }
        }
        let rows = |group: &parquet::file::metadata::RowGroupMetaData| u64::try_from(group.num_rows());
        let rows = about.row_groups().iter().map(rows).try_fold(0u64, |sum, rows| {
            let rows = rows.map_err(|_| "a group has a negative number of rows")?;
            sum.checked_add(rows).ok_or("it has more rows than there can be")
        })?;
        let pairs = about.file_metadata().key_value_metadata().into_iter().flatten();
        let said = pairs
            .filter(|pair| pair.key == arrow::KEY)
            .find_map(|pair| pair.value.as_deref());
        let mut spans = said.map(arrow::spans).unwrap_or_default();
        spans.resize(names.len(), None);
        Ok(Self {
            file,
            parquet,
            names,
            leaves,
            rows,
            spans,
        })
    }

    /// The names of its columns.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// What its metadata say under a key.
    #[cfg(feature = "cli")]
    pub(crate) fn says(&self, key: &str) -> Option<&str> {
        let pairs = self.parquet.metadata().file_metadata().key_value_metadata();
        let mut found = pairs.into_iter().flatten().filter(|pair| pair.key == key);
        found.find_map(|pair| pair.value.as_deref())
    }

    /// How many rows it says that it has.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// What a column holds.
    ///
    /// # Errors
    /// Its type, as in "holds lists".
    pub(crate) fn shape(&self, column: usize) -> Result<Shape, String> {
        let Some(leaf) = self.leaves[column] else {
            return Err("holds lists or groups".to_owned());
        };
        let shape = shape(&self.parquet.metadata().file_metadata().schema_descr().column(leaf))?;
        Ok(match (shape, self.spans[column]) {
            // Of a second that many decimals.
            (Shape::Integer { .. }, Some(decimals)) => Shape::Decimal(decimals),
            (shape, _) => shape,
        })
    }

    /// The bytes of memory that reading columns takes at a time.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub(crate) fn memory(&self, columns: &[usize]) -> Result<u64, String> {
        let mut most = 0u64;
        for group in self.parquet.metadata().row_groups() {
            let mut sum = 0u64;
            for leaf in self.leaves_of(columns) {
                let chunk = group.columns().get(leaf).ok_or("a group lacks a column")?;
                let memory = pages::memory(&self.file, chunk).map_err(|error| error.to_string())?;
                sum = sum.saturating_add(memory);
                if chunk.encodings().any(|encoding| encoding == Encoding::DELTA_BYTE_ARRAY) {
                    return Err(
                        "it holds texts as DELTA_BYTE_ARRAY, which is not read; write them as PLAIN or by a dictionary"
                            .to_owned(),
                    );
                }
            }
            most = most.max(sum);
        }
        Ok(most)
    }

    fn leaves_of(&self, columns: &[usize]) -> impl Iterator<Item = usize> {
        columns.iter().filter_map(|&column| self.leaves[column])
    }

    /// Reads columns that have a [`Reader::shape`]: hands over their values, some rows at a time, in the order of `columns`.
    ///
    /// # Errors
    /// Those of `take`; what is wrong with the file, by way of `broken`.
    pub(crate) fn read<E>(
        &self,
        columns: &[usize],
        broken: impl Fn(String) -> E,
        mut take: impl FnMut(&[Vec<Item>]) -> Result<(), E>,
    ) -> Result<(), E> {
        for group in 0..self.parquet.num_row_groups() {
            let mut chunks = guarded(|| self.chunks(group, columns)).map_err(&broken)?;
            let mut left = self.parquet.metadata().row_group(group).num_rows() as u64; // as `open` has seen to
            while left > 0 {
                let rows = ROWS.min(usize::try_from(left).unwrap_or(ROWS));
                let items = guarded(|| {
                    chunks
                        .iter_mut()
                        .map(|chunk| chunk.read(rows))
                        .collect::<Result<Vec<_>, _>>()
                });
                let items = items.map_err(&broken)?;
                if items.iter().any(|items| items.len() != rows) {
                    return Err(broken("a column has fewer values than there are rows".to_owned()));
                }
                take(&items)?;
                left -= rows as u64;
            }
        }
        Ok(())
    }

    /// The chunks of columns in a group.
    fn chunks(&self, group: usize, columns: &[usize]) -> Result<Vec<Chunk>, String> {
        let schema = self.parquet.metadata().file_metadata().schema_descr();
        let group = self.parquet.get_row_group(group).map_err(|error| error.to_string())?;
        let chunk = |(root, leaf): (usize, usize)| {
            let column = schema.column(leaf);
            let pages = group.get_column_page_reader(leaf).map_err(|error| error.to_string())?;
            let is_optional = column.max_def_level() > 0;
            let pages = Box::new(Checked { pages, is_optional });
            Ok(Chunk {
                shape: self.shape(root)?,
                most_level: is_optional.then(|| column.max_def_level()),
                reader: get_column_reader(column, pages),
            })
        };
        columns
            .iter()
            .filter_map(|&root| Some((root, self.leaves[root]?)))
            .map(chunk)
            .collect()
    }
}

/// What the parquet crate reads, or why it does not. Whatever a panic leaves behind is dropped, not read.
fn guarded<T, E: Display>(read: impl FnOnce() -> Result<T, E>) -> Result<T, String> {
    match quietly(read) {
        Some(read) => read.map_err(|error| error.to_string()),
        None => Err("its pages contradict each other".to_owned()),
    }
}

/// A column's chunk, being read.
struct Chunk {
    shape: Shape,
    /// The definition level of a value that is there, where one may be null.
    most_level: Option<i16>,
    reader: ColumnReader,
}

impl Chunk {
    /// The next `rows` values, or fewer at the end.
    fn read(&mut self, rows: usize) -> Result<Vec<Item>, String> {
        let (shape, level) = (self.shape, self.most_level);
        match &mut self.reader {
            ColumnReader::BoolColumnReader(reader) => items(reader, rows, level, |&value| Item::Flag(value)),
            ColumnReader::Int32ColumnReader(reader) => items(reader, rows, level, |&value| match shape {
                Shape::Integer { unsigned: true } => Item::Integer((value as u32).into()),
                shape => whole(shape, value.into()),
            }),
            ColumnReader::Int64ColumnReader(reader) => items(reader, rows, level, |&value| match shape {
                Shape::Integer { unsigned: true } => Item::Integer((value as u64).into()),
                shape => whole(shape, value.into()),
            }),
            ColumnReader::Int96ColumnReader(reader) => {
                items(reader, rows, level, |value| whole(shape, value.to_nanos().into()))
            }
            ColumnReader::FloatColumnReader(reader) => items(reader, rows, level, |&value| Item::Float(value.into())),
            ColumnReader::DoubleColumnReader(reader) => items(reader, rows, level, |&value| Item::Float(value)),
            ColumnReader::ByteArrayColumnReader(reader) => {
                items(reader, rows, level, |value| bytes(shape, value.as_bytes()))
            }
            ColumnReader::FixedLenByteArrayColumnReader(reader) => {
                items(reader, rows, level, |value| bytes(shape, value.as_bytes()))
            }
        }
    }
}

/// An integer of a column that holds integers, decimals or times.
fn whole(shape: Shape, value: i128) -> Item {
    match shape {
        Shape::Decimal(scale) => Item::Decimal { unscaled: value, scale },
        Shape::Time { unit, zoned } => Item::Time {
            nanoseconds: value * i128::from(unit),
            zoned,
        },
        _ => Item::Integer(value),
    }
}

/// The bytes of a text or a decimal.
fn bytes(shape: Shape, bytes: &[u8]) -> Item {
    match shape {
        // Two's complement, the highest byte first.
        Shape::Decimal(scale) => match bytes {
            [first, rest @ ..] if bytes.len() <= 16 => Item::Decimal {
                unscaled: rest
                    .iter()
                    .fold(i128::from(*first as i8), |value, &byte| value << 8 | i128::from(byte)),
                scale,
            },
            // More than 16 bytes are checked to be no more than the column's precision; none are a damaged number.
            _ => Item::Null,
        },
        _ => Item::Text(bytes.into()),
    }
}

fn items<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    rows: usize,
    level: Option<i16>,
    item: impl Fn(&T::T) -> Item,
) -> Result<Vec<Item>, String> {
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    let given = level.is_some().then_some(&mut levels);
    let read = reader.read_records(rows, given, None, &mut values);
    read.map_err(|error| error.to_string())?;
    let Some(level) = level else {
        return Ok(values.iter().map(item).collect());
    };
    let mut values = values.iter();
    let next = |&at: &i16| match at == level {
        true => values.next().map(&item).ok_or("a column has fewer values than levels"),
        false => Ok(Item::Null),
    };
    Ok(levels.iter().map(next).collect::<Result<_, _>>()?)
}

/// How a column's values become items.
fn shape(column: &ColumnDescriptor) -> Result<Shape, String> {
    let decimal = |scale: i32| match u32::try_from(scale) {
        Ok(scale) if scale <= 38 && column.type_precision() <= 38 => Ok(Shape::Decimal(scale)),
        _ => Err(format!("holds decimals with {scale} digits behind the point")),
    };
    let time = |unit, zoned| Ok(Shape::Time { unit, zoned });
    let day = time(86_400_000_000_000, false);
    match column.logical_type_ref() {
        Some(LogicalType::Decimal(kind)) => return decimal(kind.scale),
        Some(LogicalType::Timestamp(kind)) => {
            let unit = match kind.unit {
                TimeUnit::MILLIS => 1_000_000,
                TimeUnit::MICROS => 1_000,
                TimeUnit::NANOS => 1,
            };
            return time(unit, kind.is_adjusted_to_u_t_c);
        }
        Some(LogicalType::Date) => return day,
        Some(LogicalType::Integer(kind)) => {
            return Ok(Shape::Integer {
                unsigned: !kind.is_signed,
            });
        }
        Some(LogicalType::String | LogicalType::Enum) | None => {}
        Some(other) => return Err(format!("holds {}", shown(&format!("{other:?}")))),
    }
    let integer = |unsigned| Ok(Shape::Integer { unsigned });
    match column.converted_type() {
        ConvertedType::DECIMAL => return decimal(column.type_scale()),
        // Written before the format could say that a clock has no zone.
        ConvertedType::TIMESTAMP_MILLIS => return time(1_000_000, true),
        ConvertedType::TIMESTAMP_MICROS => return time(1_000, true),
        ConvertedType::DATE => return day,
        ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32 | ConvertedType::UINT_64 => {
            return integer(true);
        }
        ConvertedType::INT_8 | ConvertedType::INT_16 | ConvertedType::INT_32 | ConvertedType::INT_64 => {
            return integer(false);
        }
        ConvertedType::NONE | ConvertedType::UTF8 | ConvertedType::ENUM => {}
        other => return Err(format!("holds {}", shown(&format!("{other:?}")))),
    }
    match column.physical_type() {
        Physical::BOOLEAN => Ok(Shape::Flag),
        Physical::INT32 | Physical::INT64 => integer(false),
        // What Spark and Impala wrote for times.
        Physical::INT96 => time(1, false),
        Physical::FLOAT | Physical::DOUBLE => Ok(Shape::Float),
        // Texts without that word: many writers leave it out.
        Physical::BYTE_ARRAY => Ok(Shape::Text),
        Physical::FIXED_LEN_BYTE_ARRAY => Err("holds bytes".to_owned()),
    }
}

/// The name of a type for a message: as far as it is a word.
fn shown(name: &str) -> String {
    name.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}
