#![no_main]

use libfuzzer_sys::fuzz_target;
use tetraswarm::work::trace::{ColumnName, Columns, LogSpec, MOST_NEED, MOST_TASKS, TraceFormat, read_bytes};

// A job log, read leniently: every line is accounted for, or the log is refused in one printable line. Tables go by names and by numbers.
fuzz_target!(|bytes: &[u8]| {
    let numbers = Columns {
        arrival: Some(ColumnName::Number(1)),
        end: Some(ColumnName::Number(2)),
        user: Some(ColumnName::Number(3)),
        tier: Some(ColumnName::Number(4)),
        ..Columns::default()
    };
    let read = [
        (TraceFormat::Auto, Columns::default()),
        (TraceFormat::Swf, Columns::default()),
        (TraceFormat::Csv, Columns::default()),
        (TraceFormat::Csv, numbers),
    ];
    for (format, columns) in read {
        let spec = LogSpec {
            format,
            columns,
            lenient: true,
            ..LogSpec::default()
        };
        match read_bytes(&spec, "fuzz", bytes, 3) {
            Ok(trace) => {
                let account = &trace.account;
                assert_eq!(account.jobs, trace.jobs.len() as u64);
                assert_eq!(account.lines, account.jobs + account.cancelled + account.partial + account.skipped() + account.other);
                assert!(trace.jobs.is_sorted_by_key(|job| job.arrival));
                for job in &trace.jobs {
                    assert!(job.arrival <= MOST_NEED && (1..=MOST_NEED).contains(&job.need));
                    assert!((1..=MOST_TASKS).contains(&job.tasks) && job.tier < 3);
                }
            }
            Err(error) => {
                let message = error.to_string();
                assert!(message.starts_with("work.trace ") || message.starts_with("work.log."), "no key in {message}");
                assert!(!message.chars().any(char::is_control), "unprintable: {message:?}");
            }
        }
    }
});
