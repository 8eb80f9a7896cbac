//! Parquet.

use super::*;
use ::parquet::basic::{BrotliLevel, Compression, Encoding, GzipLevel, LogicalType, Repetition, TimeUnit, ZstdLevel};
use ::parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArray, FixedLenByteArrayType, FloatType,
    Int32Type, Int64Type, Int96, Int96Type,
};
use ::parquet::file::properties::{WriterProperties, WriterPropertiesBuilder, WriterVersion};
use ::parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use ::parquet::schema::types::{Type, TypePtr};
use std::sync::Arc;

/// Writes a column's values.
type Put = Box<dyn Fn(&mut SerializedColumnWriter<'_>)>;

/// A column and its values.
struct Column(TypePtr, Put);

/// A column of any of the format's own types.
fn typed<T: DataType>(
    name: &str,
    logical: Option<LogicalType>,
    build: impl Fn(::parquet::schema::types::PrimitiveTypeBuilder<'_>) -> ::parquet::schema::types::PrimitiveTypeBuilder<'_>,
    values: Vec<Option<T::T>>,
) -> Column {
    let kind = Type::primitive_type_builder(name, T::get_physical_type())
        .with_logical_type(logical)
        .with_repetition(Repetition::OPTIONAL);
    let put = move |column: &mut SerializedColumnWriter<'_>| {
        let levels: Vec<i16> = values.iter().map(|value| value.is_some().into()).collect();
        let known: Vec<T::T> = values.iter().flatten().cloned().collect();
        column.typed::<T>().write_batch(&known, Some(&levels), None).unwrap();
    };
    Column(Arc::new(build(kind).build().unwrap()), Box::new(put))
}

fn plain<T: DataType>(name: &str, logical: Option<LogicalType>, values: &[T::T]) -> Column {
    typed::<T>(name, logical, |kind| kind, values.iter().cloned().map(Some).collect())
}

fn texts(name: &str, values: &[&str]) -> Column {
    let values: Vec<ByteArray> = values.iter().map(|&value| value.into()).collect();
    plain::<ByteArrayType>(name, Some(LogicalType::String), &values)
}

fn integers(name: &str, values: &[i64]) -> Column {
    plain::<Int64Type>(name, None, values)
}

fn written(columns: Vec<Column>, properties: WriterPropertiesBuilder) -> Vec<u8> {
    let fields = columns.iter().map(|column| Arc::clone(&column.0)).collect();
    let schema = Type::group_type_builder("table").with_fields(fields).build().unwrap();
    let mut content = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut content, Arc::new(schema), Arc::new(properties.build())).unwrap();
    let mut group = writer.next_row_group().unwrap();
    for column in &columns {
        let mut to = group.next_column().unwrap().unwrap();
        column.1(&mut to);
        to.close().unwrap();
    }
    group.close().unwrap();
    writer.close().unwrap();
    content
}

fn content(columns: Vec<Column>, compression: Compression) -> Vec<u8> {
    written(columns, WriterProperties::builder().set_compression(compression))
}

fn import(spec: &LogSpec, content: &[u8]) -> Result<Trace, Error> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("t"), content).unwrap();
    read(Path::new("t"), spec, folder.path(), 2)
}

fn refusal(spec: &LogSpec, content: &[u8]) -> String {
    let message = import(spec, content).expect_err("a bad log").to_string();
    // Without the folder.
    message
        .rsplit_once("/t")
        .map_or(message.clone(), |(_, rest)| format!("t{rest}"))
}

fn jobs() -> Vec<Column> {
    vec![
        texts("note", &["a", "b", "c"]),
        plain::<FloatType>("need", None, &[0.0, 2.5, 1.0]),
        integers("arrival", &[100, 101, 103]),
        plain::<Int64Type>("user", Some(LogicalType::integer(64, false)), &[7, 8, 9]),
        plain::<Int32Type>("tier", Some(LogicalType::integer(8, true)), &[0, 1, 0]),
        plain::<Int32Type>("processors", Some(LogicalType::integer(16, false)), &[1, 2, 3]),
    ]
}

#[test]
fn columns_of_any_width_in_any_order() {
    for compression in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::ZSTD(ZstdLevel::default()),
        Compression::BROTLI(BrotliLevel::default()),
        Compression::LZ4_RAW,
        Compression::LZ4,
    ] {
        let read = import(&spec(), &content(jobs(), compression)).unwrap();
        assert_eq!(short(&read), [(1, 0, 1, 1, 0), (2, 1, 3, 2, 1), (3, 3, 1, 3, 0)]);
        assert_eq!((read.jobs[2].user, read.jobs[2].line), (9, 3));
        assert_eq!(
            (read.account.format, read.account.lines, read.account.other),
            (TraceFormat::Parquet, 3, 0)
        );
    }
}

#[test]
fn bad_values_are_errors_or_skipped_and_counted() {
    let with = |arrival: Vec<Option<f64>>| {
        let mut columns = jobs();
        columns[2] = typed::<DoubleType>("arrival", None, |kind| kind, arrival);
        content(columns, Compression::SNAPPY)
    };
    let cases = [
        (None, "is null, that is, unknown", "arrival unknown"),
        (Some(f64::NAN), "is NaN", "arrival not a number"),
        (Some(-1.0), "is -1.0", "arrival out of range"),
        (Some(f64::INFINITY), "is inf", "arrival out of range"),
    ];
    for (bad, message, reason) in cases {
        let content = with(vec![Some(1.0), bad, Some(2.0)]);
        let start = format!("t: row 2: column 'arrival' {message}; it must be seconds from 0");
        let refused = refusal(&spec(), &content);
        assert!(refused.starts_with(&start), "{refused}");
        let read = import(&lenient(), &content).unwrap();
        assert_eq!((read.jobs.len(), read.account.lines), (2, 3));
        assert!(
            read.account.to_string().ends_with(&format!("(1 {reason})")),
            "{}",
            read.account
        );
    }
}

#[test]
fn what_is_no_such_table_is_told() {
    let mut columns = jobs();
    columns[1] = integers("needed", &[1, 2, 3]);
    let message = refusal(&spec(), &content(columns, Compression::SNAPPY));
    assert!(
        message.contains("read as parquet, has no column called need, run time, elapsed or end; did you mean 'needed'? it has: note, needed, arrival"),
        "{message}"
    );
    let mut columns = jobs();
    let bytes = FixedLenByteArray::from(vec![0; 16]);
    columns[1] = typed::<FixedLenByteArrayType>(
        "need",
        Some(LogicalType::Uuid),
        |kind| kind.with_length(16),
        vec![Some(bytes); 3],
    );
    let message = refusal(&spec(), &content(columns, Compression::SNAPPY));
    assert_eq!(
        message,
        "t: column 'need' holds Uuid; it must hold numbers, times or texts"
    );
    let whole = content(jobs(), Compression::SNAPPY);
    for bad in [&b"PAR1"[..], b"PAR1 and then something else", &whole[..whole.len() - 3]] {
        let message = refusal(&lenient(), bad);
        assert!(message.starts_with("t: is no readable Parquet file ("), "{message}");
    }
}

#[test]
fn a_damaged_file_is_read_or_refused() {
    let whole = content(jobs(), Compression::SNAPPY);
    for at in (0..whole.len()).step_by(5) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0xff;
        if let Ok(read) = import(&lenient(), &damaged) {
            let account = &read.account;
            assert_eq!(account.lines, account.jobs + account.skipped() + account.other);
        }
    }
}

/// The need is what each of these columns says in its way: 1, 2 and 3.
#[test]
fn what_other_programs_write_is_read() {
    let some = |values: Vec<FixedLenByteArray>| values.into_iter().map(Some).collect();
    let hundreds = [100, 200, 300];
    let cases = [
        typed::<Int32Type>(
            "need",
            Some(LogicalType::decimal(2, 9)),
            |kind| kind.with_precision(9).with_scale(2),
            hundreds.map(Some).to_vec(),
        ),
        typed::<Int64Type>(
            "need",
            Some(LogicalType::decimal(2, 18)),
            |kind| kind.with_precision(18).with_scale(2),
            hundreds.map(|value| Some(value.into())).to_vec(),
        ),
        typed::<FixedLenByteArrayType>(
            "need",
            Some(LogicalType::decimal(2, 20)),
            |kind| kind.with_length(9).with_precision(20).with_scale(2),
            some(
                hundreds
                    .map(|value: i32| i128::from(value).to_be_bytes()[7..].to_vec().into())
                    .to_vec(),
            ),
        ),
        plain::<BoolType>("need", None, &[true, true, true]),
        plain::<Int32Type>("need", Some(LogicalType::integer(32, false)), &[1, 2, 3]),
        texts("need", &["1", " 2", "3.0"]),
        plain::<DoubleType>("need", None, &[1.0, 2.0, 3.0]),
    ];
    for (k, need) in cases.into_iter().enumerate() {
        let read = import(
            &spec(),
            &content(vec![integers("arrival", &[0, 1, 2]), need], Compression::SNAPPY),
        )
        .unwrap();
        let needs: Vec<u32> = read.jobs.iter().map(|job| job.need).collect();
        assert_eq!(needs, if k == 3 { [1, 1, 1] } else { [1, 2, 3] }, "{k}");
    }
}

/// A table as polars writes it: zstd, dictionaries, every column optional.
#[test]
fn a_table_of_polars_is_read() {
    let columns = vec![
        integers("arrival", &[0, 30, 45]),
        integers("need", &[60, 600, 10]),
        integers("processors", &[1, 8, 2]),
    ];
    let read = import(&spec(), &content(columns, Compression::ZSTD(ZstdLevel::default()))).unwrap();
    let account = &read.account;
    assert_eq!((account.jobs, account.tasks, account.work), (3, 11, 4880));
}

/// Arrivals at 0, 1 and 86 400 seconds after the first.
#[test]
fn times_of_every_unit_are_read() {
    let start = 1_700_000_000_i64;
    let seconds = [start, start + 1, start + 86_400];
    let units = [
        (TimeUnit::MILLIS, 1_000),
        (TimeUnit::MICROS, 1_000_000),
        (TimeUnit::NANOS, 1_000_000_000),
    ];
    let mut cases: Vec<Column> = Vec::new();
    for (unit, factor) in units {
        for zoned in [true, false] {
            let kind = LogicalType::timestamp(zoned, unit);
            cases.push(plain::<Int64Type>(
                "arrival",
                Some(kind),
                &seconds.map(|time| time * factor),
            ));
        }
    }
    let mut old = [Int96::new(), Int96::new(), Int96::new()];
    for (word, second) in old.iter_mut().zip(seconds) {
        let (day, nanos) = (second / 86_400 + 2_440_588, second % 86_400 * 1_000_000_000);
        word.set_data(nanos as u32, (nanos >> 32) as u32, day as u32);
    }
    cases.push(plain::<Int96Type>("arrival", None, &old));
    for (k, arrival) in cases.into_iter().enumerate() {
        let read = import(
            &spec(),
            &content(vec![arrival, integers("need", &[1, 2, 3])], Compression::SNAPPY),
        )
        .unwrap();
        let arrivals: Vec<u32> = read.jobs.iter().map(|job| job.arrival).collect();
        assert_eq!(arrivals, [0, 1, 86_400], "{k}");
    }
    let days = plain::<Int32Type>("arrival", Some(LogicalType::Date), &[19_675, 19_676, 19_676]);
    let read = import(
        &spec(),
        &content(vec![days, integers("need", &[1, 2, 3])], Compression::SNAPPY),
    )
    .unwrap();
    assert_eq!(read.jobs[2].arrival, 86_400);
}

#[test]
fn every_encoding_of_pages_is_read() {
    let many: Vec<i64> = (0..20_000).collect();
    let words: Vec<String> = many.iter().map(|number| format!("{}.0", number % 7 + 1)).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
        for encoding in [None, Some(Encoding::PLAIN), Some(Encoding::DELTA_BINARY_PACKED)] {
            let mut properties = WriterProperties::builder()
                .set_writer_version(version)
                .set_compression(Compression::ZSTD(ZstdLevel::default()))
                .set_dictionary_enabled(encoding.is_none());
            if let Some(encoding) = encoding {
                let of_words = if encoding == Encoding::PLAIN {
                    encoding
                } else {
                    Encoding::DELTA_LENGTH_BYTE_ARRAY
                };
                properties = properties
                    .set_column_encoding("arrival".into(), encoding)
                    .set_column_encoding("need".into(), of_words);
            }
            let content = written(vec![integers("arrival", &many), texts("need", &words)], properties);
            let read = import(&spec(), &content).unwrap();
            assert_eq!(read.jobs.len(), 20_000);
            assert_eq!((read.jobs[19_999].arrival, read.jobs[19_999].need), (19_999, 1));
        }
    }
}

#[test]
fn what_takes_too_much_memory_is_refused_before_it_is_taken() {
    // Ten million rows of one value take next to nothing in the file.
    let rows = 10_000_000;
    let put = move |column: &mut SerializedColumnWriter<'_>| {
        let (values, levels) = (vec![7_i64; 1 << 16], vec![1_i16; 1 << 16]);
        let mut left = rows;
        while left > 0 {
            let next = left.min(1 << 16);
            column
                .typed::<Int64Type>()
                .write_batch(&values[..next], Some(&levels[..next]), None)
                .unwrap();
            left -= next;
        }
    };
    let constant = |name: &str| Column(Arc::clone(&integers(name, &[]).0), Box::new(put));
    let content = content(vec![constant("arrival"), constant("need")], Compression::SNAPPY);
    assert!(content.len() < 1 << 20, "{}", content.len());
    let message = refusal(&spec(), &content);
    assert!(message.contains("10,000,000 rows"), "{message}");
    assert!(message.contains("bytes of memory, the limit after"), "{message}");
}

#[test]
fn pages_that_claim_more_than_they_have_are_refused() {
    let properties = || {
        WriterProperties::builder()
            .set_dictionary_enabled(false)
            .set_writer_version(WriterVersion::PARQUET_1_0)
    };
    let words = ["1", "2", "3", "4"].repeat(50);
    let delta = properties().set_column_encoding("need".into(), Encoding::DELTA_LENGTH_BYTE_ARRAY);
    let whole = written(vec![texts("need", &words), integers("arrival", &[5; 200])], delta);
    assert_eq!(import(&spec(), &whole).unwrap().jobs.len(), 200);
    // Blocks of 128 in 4 parts, and 200 values: written as 2^30 of them, or near it, it would be 4 GiB of lengths.
    let block = [0x80, 0x01, 0x04, 0xc8, 0x01];
    let at = whole.windows(5).position(|window| window == block).unwrap();
    let mut damaged = whole.clone();
    damaged[at + 1] = 0x81; // the block's size has one byte more, and what follows is another's
    damaged[at + 3] = 0xff;
    damaged[at + 4] = 0xff;
    let message = refusal(&spec(), &damaged);
    assert!(message.starts_with("t: is no readable Parquet file ("), "{message}");
    let prefixes = properties().set_column_encoding("need".into(), Encoding::DELTA_BYTE_ARRAY);
    let content = written(vec![texts("need", &words), integers("arrival", &[5; 200])], prefixes);
    let message = refusal(&spec(), &content);
    assert!(message.contains("DELTA_BYTE_ARRAY"), "{message}");
}
