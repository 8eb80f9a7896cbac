//! `jobs.parquet`: one row for each job of a log, in typed columns that say what they hold and in which unit.

use arrow_array::{ArrayRef, RecordBatch, UInt32Array, UInt64Array};
use arrow_schema::{Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::errors::Result;
use parquet::file::properties::WriterProperties;
use std::collections::HashMap;
use std::sync::Arc;
use tetraswarm::work::trace::JobResult;

/// A column: name, unit, description, and its values.
type Column = (&'static str, &'static str, &'static str, ArrayRef);

fn columns(jobs: &[JobResult]) -> Vec<Column> {
    let count = |of: fn(&JobResult) -> u32| Arc::new(UInt32Array::from_iter_values(jobs.iter().map(of))) as ArrayRef;
    let time = |of: fn(&JobResult) -> Option<u32>| Arc::new(UInt32Array::from_iter(jobs.iter().map(of))) as ArrayRef;
    let numbers = Arc::new(UInt64Array::from_iter_values(jobs.iter().map(|job| job.job)));
    vec![
        ("job", "", "what the log calls the job, or its row", numbers),
        ("tier", "", "the tier, from 0", count(|job| job.tier)),
        ("tasks", "tasks", "how many tasks the job is", count(|job| job.tasks)),
        ("need", "ticks", "how long each task takes", count(|job| job.need)),
        ("submit", "tick", "when the job arrived", count(|job| job.submit)),
        (
            "start",
            "tick",
            "when its first task began; null if none has",
            time(|job| job.start),
        ),
        (
            "end",
            "tick",
            "when its last task ended; null if some have not",
            time(|job| job.end),
        ),
        ("wait", "ticks", "from arrival to start", time(|job| job.wait)),
        ("response", "ticks", "from arrival to end", time(|job| job.response)),
        (
            "tries",
            "tries",
            "how often tasks were tried again",
            count(|job| job.tries),
        ),
        (
            "hops",
            "links",
            "how many links tasks were passed along",
            count(|job| job.hops),
        ),
        ("failed", "tasks", "how many tasks failed", count(|job| job.failed)),
    ]
}

/// The content of the file; rows are in the order of `jobs`.
pub fn encode(jobs: &[JobResult]) -> Result<Vec<u8>> {
    let columns = columns(jobs);
    let fields: Vec<Field> = columns
        .iter()
        .map(|(name, unit, about, array)| {
            let may_be_null = matches!(*name, "start" | "end" | "wait" | "response");
            let about = [("unit", *unit), ("description", *about)];
            Field::new(*name, array.data_type().clone(), may_be_null).with_metadata(HashMap::from(
                about.map(|(key, value)| (key.to_owned(), value.to_owned())),
            ))
        })
        .collect();
    let schema = Arc::new(Schema::new(fields));
    let arrays = columns.into_iter().map(|column| column.3).collect();
    let batch = RecordBatch::try_new(Arc::clone(&schema), arrays)?;
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut content = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut content, schema, Some(properties))?;
    writer.write(&batch)?;
    writer.close()?;
    Ok(content)
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::Array;
    use arrow_array::cast::AsArray;
    use arrow_array::types::{UInt32Type, UInt64Type};
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    use std::io::Write;

    fn job(job: u64, end: Option<u32>) -> JobResult {
        JobResult {
            job,
            tier: 1,
            tasks: 3,
            need: 4,
            submit: 5,
            start: Some(6),
            end,
            wait: Some(1),
            response: end.map(|end| end - 5),
            tries: 7,
            hops: 8,
            failed: 9,
        }
    }

    #[test]
    fn jobs_are_read_back_in_their_order() {
        let content = encode(&[job(u64::MAX, Some(12)), job(2, None), job(1, Some(13))]).unwrap();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&content).unwrap();
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
        let schema = builder.schema().clone();
        let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        assert_eq!(
            names.join(" "),
            "job tier tasks need submit start end wait response tries hops failed"
        );
        assert_eq!(schema.field(3).metadata()["unit"], "ticks");
        assert_eq!(schema.field(5).metadata()["unit"], "tick");
        assert!(
            schema
                .fields()
                .iter()
                .all(|field| !field.metadata()["description"].is_empty())
        );
        let batch = builder.build().unwrap().next().unwrap().unwrap();
        let column = |at: usize| batch.column(at).as_primitive::<UInt32Type>();
        assert_eq!(batch.column(0).as_primitive::<UInt64Type>().values(), &[u64::MAX, 2, 1]);
        let firsts: Vec<u32> = (1..12).map(|at| column(at).value(0)).collect();
        assert_eq!(firsts, [1, 3, 4, 5, 6, 12, 1, 7, 7, 8, 9]);
        for at in 0..12 {
            // Only the end and the response of the second job are unknown.
            assert_eq!(
                batch.column(at).null_count(),
                usize::from(at == 6 || at == 8),
                "column {at}"
            );
        }
        assert!(column(6).is_null(1) && column(8).is_null(1));
    }

    #[test]
    fn no_jobs_are_a_table_without_rows() {
        assert!(encode(&[]).unwrap().starts_with(b"PAR1"));
    }
}
