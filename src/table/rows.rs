//! Reads what a [`Writer`](super::Writer) wrote, a group of rows at a time: the rows of a run that goes on.

use super::writer::into_io;
use super::{Heading, Kind, Values};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::errors::Result;
use parquet::file::reader::{FileReader, SerializedFileReader};
use std::fs::File;
use std::io;

/// How many groups of rows a Parquet file has.
///
/// # Errors
/// Those of the file; also if it is no Parquet file.
pub fn group_count(file: &File) -> io::Result<usize> {
    let reader = SerializedFileReader::new(file.try_clone()?).map_err(into_io)?;
    Ok(reader.num_row_groups())
}

/// The values of a group of rows, column by column, of a file that a [`Writer`](super::Writer) of these headings wrote.
///
/// # Errors
/// Those of the file; also if its columns are others.
pub fn read_group(file: &File, group: usize, headings: &[Heading]) -> io::Result<Vec<Values>> {
    let reader = SerializedFileReader::new(file.try_clone()?).map_err(into_io)?;
    let fields = reader.metadata().file_metadata().schema_descr().columns();
    let is_alike = fields.len() == headings.len()
        && fields.iter().zip(headings).all(|(field, heading)| {
            let is_optional = field.max_def_level() > 0;
            field.name() == heading.name && is_optional == heading.is_optional
        });
    if !is_alike {
        return Err(io::Error::other("its columns are not those of this run"));
    }
    let of = reader.get_row_group(group).map_err(into_io)?;
    let rows = usize::try_from(of.metadata().num_rows()).map_err(io::Error::other)?;
    let column = |(at, heading): (usize, &Heading)| {
        let reader = of.get_column_reader(at).map_err(into_io)?;
        values(reader, heading, rows)
    };
    headings.iter().enumerate().map(column).collect()
}

fn values(reader: ColumnReader, heading: &Heading, rows: usize) -> io::Result<Values> {
    let wrong = || io::Error::other(format!("column '{}' is of another type", heading.name));
    let all = match (heading.kind, reader) {
        (Kind::F64, ColumnReader::DoubleColumnReader(from)) => Values::F64(take(from, heading, rows)?),
        (Kind::Flag, ColumnReader::BoolColumnReader(from)) => Values::Flag(take(from, heading, rows)?),
        (Kind::Text, ColumnReader::ByteArrayColumnReader(from)) => {
            let texts = take(from, heading, rows)?.into_iter();
            let text = |text: parquet::data_type::ByteArray| String::from_utf8(text.data().to_vec());
            let texts = texts.map(|value| value.map(text).transpose());
            Values::Text(texts.collect::<std::result::Result<_, _>>().map_err(io::Error::other)?)
        }
        (kind, ColumnReader::Int64ColumnReader(from)) => {
            let numbers = take(from, heading, rows)?;
            match kind {
                Kind::I64 => Values::I64(numbers),
                Kind::I32 => Values::I32(narrow(numbers)?),
                Kind::U32 => Values::U32(narrow(numbers)?),
                Kind::U64 => Values::U64(narrow(numbers)?),
                _ => return Err(wrong()),
            }
        }
        _ => return Err(wrong()),
    };
    Ok(all)
}

fn narrow<T: TryFrom<i64>>(numbers: Vec<Option<i64>>) -> io::Result<Vec<Option<T>>> {
    let one = |number: i64| T::try_from(number).map_err(|_| io::Error::other(format!("{number} is out of its range")));
    numbers.into_iter().map(|number| number.map(one).transpose()).collect()
}

/// All values of a column, with those that are missing.
fn take<T: DataType>(mut from: ColumnReaderImpl<T>, heading: &Heading, rows: usize) -> io::Result<Vec<Option<T::T>>> {
    let (mut known, mut levels) = (Vec::new(), Vec::new());
    let mut read = || -> Result<()> {
        let mut records = 0;
        while records < rows {
            let (count, _, _) = from.read_records(rows - records, Some(&mut levels), None, &mut known)?;
            if count == 0 {
                break;
            }
            records += count;
        }
        Ok(())
    };
    read().map_err(into_io)?;
    if !heading.is_optional {
        return Ok(known.into_iter().map(Some).collect());
    }
    let mut known = known.into_iter();
    Ok(levels
        .into_iter()
        .map(|level| if level > 0 { known.next() } else { None })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Writer;

    #[test]
    fn what_is_written_is_read_again() {
        let heading = |name: &'static str, kind, is_optional| Heading {
            name: name.into(),
            unit: "".into(),
            about: "".into(),
            kind,
            is_optional,
        };
        let headings = vec![
            heading("a", Kind::I32, false),
            heading("b", Kind::U64, true),
            heading("c", Kind::Text, true),
            heading("d", Kind::Flag, false),
            heading("e", Kind::F64, true),
            heading("f", Kind::U32, false),
        ];
        let columns = [
            Values::I32(vec![Some(-3), Some(4), Some(i32::MAX)]),
            Values::U64(vec![None, Some(i64::MAX as u64), None]),
            Values::Text(vec![Some("zoë".to_owned()), None, Some(String::new())]),
            Values::Flag(vec![Some(true), Some(false), Some(true)]),
            Values::F64(vec![Some(0.5), None, Some(-0.0)]),
            Values::U32(vec![Some(u32::MAX), Some(0), Some(1)]),
        ];
        let mut file = tempfile::tempfile().unwrap();
        let mut writer = Writer::new(&mut file, headings.clone(), &[]).unwrap();
        for _ in 0..2 {
            writer.group(|at| Ok(columns[at].clone())).unwrap();
        }
        writer.finish().unwrap();
        assert_eq!(group_count(&file).unwrap(), 2);
        for group in 0..2 {
            assert_eq!(read_group(&file, group, &headings).unwrap(), columns);
        }
        // Others are refused, whatever differs.
        for at in 0..3 {
            let mut other = headings.clone();
            match at {
                0 => other[0].name = "x".into(),
                1 => other[1].is_optional = false,
                _ => other[4].kind = Kind::Text,
            }
            assert!(read_group(&file, 0, &other).is_err());
        }
        assert!(read_group(&file, 0, &headings[..5]).is_err());
        assert!(group_count(&tempfile::tempfile().unwrap()).is_err());
    }
}
