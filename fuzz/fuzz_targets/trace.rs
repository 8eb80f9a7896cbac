#![no_main]

use libfuzzer_sys::fuzz_target;
use tetraswarm::work::trace::{LogSpec, MOST_NEED, MOST_TASKS, TraceFormat, read_bytes};

// A job log, read leniently: every line is accounted for, or the log is refused in one printable line.
fuzz_target!(|bytes: &[u8]| {
    for format in [TraceFormat::Auto, TraceFormat::Swf, TraceFormat::Csv] {
        let spec = LogSpec {
            format,
            lenient: true,
            ..LogSpec::default()
        };
        match read_bytes(&spec, "fuzz", bytes, 3) {
            Ok(trace) => {
                let account = &trace.account;
                assert_eq!(account.jobs, trace.jobs.len() as u64);
                assert_eq!(account.lines, account.jobs + account.skipped() + account.other);
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
