//! Parquet.

use super::*;
use ::parquet::arrow::ArrowWriter;
use ::parquet::basic::{Compression, GzipLevel};
use ::parquet::file::properties::WriterProperties;
use arrow_array::{
    ArrayRef, Float32Array, Float64Array, Int8Array, Int64Array, RecordBatch, StringArray, UInt16Array, UInt64Array,
};
use std::sync::Arc;

fn content(columns: Vec<(&str, ArrayRef)>, compression: Compression) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, a)| (n, a, true))).unwrap();
    let properties = WriterProperties::builder().set_compression(compression).build();
    let mut content = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut content, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    content
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

fn jobs() -> Vec<(&'static str, ArrayRef)> {
    vec![
        ("note", Arc::new(StringArray::from(vec!["a", "b", "c"]))),
        ("need", Arc::new(Float32Array::from(vec![0.0, 2.5, 1.0]))),
        ("arrival", Arc::new(Int64Array::from(vec![100, 101, 103]))),
        ("user", Arc::new(UInt64Array::from(vec![7, 8, 9]))),
        ("tier", Arc::new(Int8Array::from(vec![0, 1, 0]))),
        ("processors", Arc::new(UInt16Array::from(vec![1, 2, 3]))),
    ]
}

#[test]
fn columns_of_any_width_in_any_order() {
    for compression in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
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
        columns[2].1 = Arc::new(Float64Array::from(arrival));
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
        let start = format!("t:2: column 'arrival' {message}; it must be seconds from 0");
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
    columns[1].0 = "needed";
    let message = refusal(&spec(), &content(columns, Compression::SNAPPY));
    assert!(
        message.contains("read as parquet, has no column called need, run time, elapsed or end; did you mean 'needed'? it has: note, needed, arrival"),
        "{message}"
    );
    let mut columns = jobs();
    columns[1].1 = Arc::new(StringArray::from(vec!["1", "2", "3"]));
    let message = refusal(&spec(), &content(columns, Compression::SNAPPY));
    assert_eq!(
        message,
        "t: column 'need' holds Utf8; it must hold integers, or 32 or 64-bit floats"
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

#[test]
fn a_compression_that_is_not_built_in_is_named() {
    // None that is not built in can be written either, so the footer is changed: codec 1 (0x02 in its encoding) to 7 (0x0e).
    let whole = content(jobs(), Compression::SNAPPY);
    let named = (0..whole.len()).filter(|&at| whole[at] == 0x02).any(|at| {
        let mut changed = whole.clone();
        changed[at] = 0x0e;
        import(&spec(), &changed).is_err_and(|error| {
            let message = error.to_string();
            message.ends_with(
                "is compressed by LZ4_RAW, which cannot be read; write it uncompressed or with snappy or gzip",
            )
        })
    });
    assert!(named);
}
