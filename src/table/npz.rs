//! Tables as .npz: an archive of one NumPy array a column, which `numpy.load` reads.
//!
//! NumPy has no null: a column that may lack values is written as 64-bit integers, and −1 stands for none. What Parquet has in its
//! key-value metadata is one more array, `tetraswarm`, without dimensions: a JSON object of texts.

use super::writer::meanings;
use super::{COLUMNS_KEY, Heading, Item, Kind, Values};
use crate::error::escaped;
use crate::quiet::quietly;
use npyz::{DType, NpyFile, TypeChar, WriteOptions, WriterBuilder};
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::ops::Range;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// The array that says what the others are.
const ABOUT: &str = "tetraswarm";

/// The longest head of an array, in bytes: NumPy's own limit is below.
const LONGEST_HEAD: u32 = 1 << 16;

/// The longest text of a column, in characters: each row takes as many as the longest, four bytes each.
const LONGEST_TEXT: usize = 1 << 10;

/// A table on its way into an archive.
pub struct Npz<W: Write + Seek> {
    archive: ZipWriter<W>,
    headings: Vec<Heading>,
    rows: u64,
    about: String,
}

impl<W: Write + Seek> Npz<W> {
    /// Begins a table of so many rows. `about` says what else is known of it, as pairs of a key and a text.
    #[must_use]
    pub fn new(to: W, headings: Vec<Heading>, rows: u64, about: &[(String, String)]) -> Self {
        let pairs = about.iter().map(|(key, value)| (key.as_str(), value.clone()));
        let pairs = pairs.chain([(COLUMNS_KEY, meanings(&headings))]);
        let pairs = pairs.map(|(key, value)| (key.to_owned(), serde_json::Value::String(value)));
        Self {
            archive: ZipWriter::new(to),
            rows,
            about: serde_json::Value::Object(pairs.collect()).to_string(),
            headings,
        }
    }

    /// Writes the whole table, `stretch` rows of a column at a time: of the column at that place among the headings, `values` gives
    /// the rows asked for, and of texts it gives them twice.
    ///
    /// # Errors
    /// Those of the place that is written to, and those of `values`; also if a column is not what its heading says.
    pub fn write(
        mut self,
        stretch: u64,
        mut values: impl FnMut(usize, Range<u64>) -> io::Result<Values>,
    ) -> io::Result<W> {
        let rows = self.rows;
        let stretches = || (0..rows.div_ceil(stretch)).map(|k| k * stretch..((k + 1) * stretch).min(rows));
        for (at, heading) in self.headings.iter().enumerate() {
            let mut width = 1;
            if heading.kind == Kind::Text {
                for rows in stretches() {
                    if let Values::Text(texts) = values(at, rows)? {
                        let longest = texts.iter().flatten().map(|text| text.chars().count()).max();
                        width = width.max(longest.unwrap_or(0));
                    }
                }
                if width > LONGEST_TEXT {
                    let message = format!(
                        "column '{}' has a text of {width} characters, and in .npz each of {rows} rows takes as many, at most \
                         {LONGEST_TEXT}; write .parquet instead",
                        heading.name
                    );
                    return Err(io::Error::other(message));
                }
            }
            let bytes = rows.saturating_mul(if width > 1 { 4 * width as u64 } else { 8 });
            self.archive
                .start_file(npyz::npz::file_name_from_array_name(&heading.name), options(bytes))?;
            let to = &mut self.archive;
            let wrong = |given: &Values| {
                let message = format!(
                    "column '{}' holds {:?}, not {:?}",
                    heading.name,
                    given.kind(),
                    heading.kind
                );
                Err(io::Error::other(message))
            };
            macro_rules! column {
                ($type:ty, $code:expr, $($values:pat => $each:expr),+) => {{
                    let mut array = begin::<$type, _>(to, $code, &[rows])?;
                    for rows in stretches() {
                        match values(at, rows)? {
                            $($values => array.extend($each)?,)+
                            other => return wrong(&other),
                        }
                    }
                    array.finish()?;
                }};
            }
            match heading.kind {
                // Numbers that may be missing: none of ours reaches 2^63.
                Kind::I32 | Kind::I64 | Kind::U32 | Kind::U64 if heading.is_optional => column!(
                    i64, "<i8",
                    Values::I32(all) => all.iter().map(|one| one.map_or(-1, i64::from)),
                    Values::I64(all) => all.iter().map(|one| one.unwrap_or(-1)),
                    Values::U32(all) => all.iter().map(|one| one.map_or(-1, i64::from)),
                    Values::U64(all) => all.iter().map(|one| one.map_or(-1, |one| one as i64))
                ),
                Kind::I32 => column!(i32, "<i4", Values::I32(all) => all.iter().map(|one| one.unwrap_or_default())),
                Kind::I64 => column!(i64, "<i8", Values::I64(all) => all.iter().map(|one| one.unwrap_or_default())),
                Kind::U32 => column!(u32, "<u4", Values::U32(all) => all.iter().map(|one| one.unwrap_or_default())),
                Kind::U64 => column!(u64, "<u8", Values::U64(all) => all.iter().map(|one| one.unwrap_or_default())),
                Kind::F64 => column!(f64, "<f8", Values::F64(all) => all.iter().map(|one| one.unwrap_or(f64::NAN))),
                Kind::Flag => column!(bool, "|b1", Values::Flag(all) => all.iter().map(|one| one.unwrap_or_default())),
                Kind::Text => {
                    column!(String, &format!("<U{width}"), Values::Text(all) => all.into_iter().map(Option::unwrap_or_default))
                }
            }
        }
        self.archive
            .start_file(npyz::npz::file_name_from_array_name(ABOUT), options(0))?;
        let code = format!("<U{}", self.about.chars().count().max(1));
        let mut array = begin::<String, _>(&mut self.archive, &code, &[])?;
        array.push(&self.about)?;
        array.finish()?;
        Ok(self.archive.finish()?)
    }
}

fn options(bytes: u64) -> SimpleFileOptions {
    // As numpy.savez: not compressed. The head is small beside 2^20 bytes.
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .large_file(bytes > u64::from(u32::MAX) - (1 << 20))
}

fn begin<T: npyz::Serialize, W: Write>(to: W, code: &str, shape: &[u64]) -> io::Result<npyz::NpyWriter<T, W>> {
    let kind = code.parse().map_err(io::Error::other)?;
    WriteOptions::new()
        .dtype(DType::Plain(kind))
        .shape(shape)
        .writer(to)
        .begin_nd()
}

/// Reads one array of an archive, of one dimension: hands over its values, one after the other. Answers how many there are; nothing
/// if the archive has no array of that name.
///
/// # Errors
/// Those of `take`; what is wrong with the archive.
pub(crate) fn read(
    file: &File,
    name: &str,
    take: impl FnMut(u64, Item) -> Result<(), String>,
) -> Result<Option<u64>, String> {
    quietly(|| array(file, name, take)).unwrap_or_else(|| Err("its parts contradict each other".to_owned()))
}

fn array(
    file: &File,
    name: &str,
    mut take: impl FnMut(u64, Item) -> Result<(), String>,
) -> Result<Option<u64>, String> {
    let mut file = file;
    let text = |error: &dyn std::fmt::Display| error.to_string();
    file.rewind().map_err(|error| text(&error))?;
    let mut archive = ZipArchive::new(io::BufReader::new(file)).map_err(|error| text(&error))?;
    let mut array = match archive.by_name(&npyz::npz::file_name_from_array_name(name)) {
        Ok(array) => array,
        Err(zip::result::ZipError::FileNotFound) => return Ok(None),
        Err(error) => return Err(text(&error)),
    };
    let array = NpyFile::new(headed(&mut array).map_err(|error| text(&error))?).map_err(|error| text(&error))?;
    let [rows] = *array.shape() else {
        return Err(format!(
            "the array '{name}' has the shape {}; it must have one dimension",
            escaped(&format!("{:?}", array.shape()))
        ));
    };
    let DType::Plain(kind) = array.dtype() else {
        return Err(format!("the array '{name}' holds {}", escaped(&array.dtype().descr())));
    };
    macro_rules! items {
        ($type:ty, $item:expr) => {{
            let item = $item;
            let values = array.data::<$type>().map_err(|error| text(&error))?;
            for (row, value) in (0..).zip(values) {
                take(row, item(value.map_err(|error| text(&error))?))?;
            }
        }};
    }
    match (kind.type_char(), kind.num_bytes()) {
        (TypeChar::Bool, _) => items!(bool, Item::Flag),
        (TypeChar::Int, Some(1)) => items!(i8, |value: i8| Item::Integer(value.into())),
        (TypeChar::Int, Some(2)) => items!(i16, |value: i16| Item::Integer(value.into())),
        (TypeChar::Int, Some(4)) => items!(i32, |value: i32| Item::Integer(value.into())),
        (TypeChar::Int, Some(8)) => items!(i64, |value: i64| Item::Integer(value.into())),
        (TypeChar::Uint, Some(1)) => items!(u8, |value: u8| Item::Integer(value.into())),
        (TypeChar::Uint, Some(2)) => items!(u16, |value: u16| Item::Integer(value.into())),
        (TypeChar::Uint, Some(4)) => items!(u32, |value: u32| Item::Integer(value.into())),
        (TypeChar::Uint, Some(8)) => items!(u64, |value: u64| Item::Integer(value.into())),
        (TypeChar::Float, Some(4)) => items!(f32, |value: f32| Item::Float(value.into())),
        (TypeChar::Float, Some(8)) => items!(f64, Item::Float),
        (TypeChar::UnicodeStr, Some(bytes)) if bytes <= 4 * LONGEST_TEXT => {
            items!(String, |value: String| Item::Text(value.into_bytes().into()))
        }
        (TypeChar::ByteStr, Some(bytes)) if bytes <= 4 * LONGEST_TEXT => items!(Vec<u8>, |value: Vec<u8>| {
            let end = value.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
            Item::Text(value[..end].into())
        }),
        _ => return Err(format!("the array '{name}' holds {kind}, which is not read")),
    }
    Ok(Some(rows))
}

/// The array once more from its start, if its head is no longer than heads are: room is made for one on its own word.
fn headed(array: &mut impl Read) -> io::Result<impl Read> {
    let mut start = [0; 12];
    array.read_exact(&mut start)?;
    let length = match start {
        [0x93, b'N', b'U', b'M', b'P', b'Y', 1, _, low, high, ..] => u32::from(u16::from_le_bytes([low, high])),
        [.., a, b, c, d] => u32::from_le_bytes([a, b, c, d]),
    };
    if length > LONGEST_HEAD {
        let message = format!("an array's head has {length} bytes, more than {LONGEST_HEAD}");
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    Ok(io::Cursor::new(start).chain(array))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let heading = |name: &'static str, kind, is_optional| Heading {
            name: name.into(),
            unit: "".into(),
            about: "".into(),
            kind,
            is_optional,
        };
        let columns = [
            (
                "id",
                Values::Text(["zoë", "", "b", "c", "d"].map(|text| Some(text.to_owned())).to_vec()),
            ),
            ("belief", Values::I32([-5, 7, 0, 1, i32::MIN].map(Some).to_vec())),
            ("decided", Values::U32(vec![Some(3), None, Some(u32::MAX), None, None])),
            ("up", Values::Flag([true, false, true, true, false].map(Some).to_vec())),
        ];
        let headings = columns
            .iter()
            .map(|(name, values)| heading(name, values.kind(), *name == "decided"));
        let about = [("tetraswarm.seed".to_owned(), "7".to_owned())];
        let to = Npz::new(tempfile::tempfile().unwrap(), headings.collect(), 5, &about);
        let cut = |at: usize, rows: Range<u64>| {
            let rows = rows.start as usize..rows.end as usize;
            match &columns[at].1 {
                Values::Text(all) => Values::Text(all[rows].to_vec()),
                Values::I32(all) => Values::I32(all[rows].to_vec()),
                Values::U32(all) => Values::U32(all[rows].to_vec()),
                Values::Flag(all) => Values::Flag(all[rows].to_vec()),
                other => other.clone(),
            }
        };
        let file = to.write(2, |at, rows| Ok(cut(at, rows))).unwrap();
        let all = |name: &str| {
            let mut items = Vec::new();
            let count = read(&file, name, |row, item| {
                assert_eq!(row as usize, items.len());
                items.push(item);
                Ok(())
            });
            (count.unwrap(), items)
        };
        let text = |text: &str| Item::Text(text.as_bytes().into());
        assert_eq!(all("id"), (Some(5), ["zoë", "", "b", "c", "d"].map(text).to_vec()));
        let integers = |values: [i64; 5]| values.map(|value| Item::Integer(value.into())).to_vec();
        assert_eq!(all("belief").1, integers([-5, 7, 0, 1, i32::MIN.into()]));
        assert_eq!(all("decided").1, integers([3, -1, u32::MAX.into(), -1, -1]));
        assert_eq!(all("up").1[..2], [Item::Flag(true), Item::Flag(false)]);
        assert_eq!(all("down"), (None, Vec::new()));
        let message = read(&file, ABOUT, |_, _| Ok(())).unwrap_err();
        assert_eq!(
            message,
            "the array 'tetraswarm' has the shape []; it must have one dimension"
        );
    }
}
