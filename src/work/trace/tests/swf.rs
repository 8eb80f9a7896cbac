//! The Standard Workload Format.

use super::*;

#[test]
fn ten_jobs() {
    let read = trace(&spec(), TEN);
    assert_eq!(
        short(&read),
        [
            (1, 0, 4, 1, 0),
            (2, 0, 2, 2, 1),
            (3, 1, 1, 1, 0),
            (4, 3, 5, 3, 1),
            (5, 3, 1, 1, 0),
            (6, 4, 3, 2, 0),
            (7, 7, 2, 1, 1),
            (8, 8, 6, 2, 1),
            (9, 12, 1, 3, 0),
            (10, 12, 3, 1, 1),
        ]
    );
    let users: Vec<u32> = read.jobs.iter().map(|job| job.user).collect();
    assert_eq!(users, [1, 2, 1, 2, 1, 1, 2, 2, 1, 2]);
    assert_eq!(read.jobs[0].line, 8);
    let account = &read.account;
    assert_eq!((account.lines, account.jobs, account.other), (17, 10, 7));
    assert_eq!(
        (account.tasks, account.work),
        (17, 4 + 4 + 1 + 15 + 1 + 6 + 2 + 12 + 3 + 3)
    );
    assert!(account.in_order && account.skipped.is_empty());
    assert_eq!(
        (account.format, account.first_submit, account.last_arrival),
        (TraceFormat::Swf, 0, 12)
    );
    let facts: Vec<String> = account
        .facts
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    assert_eq!(facts.join(" "), "Computer=Made up MaxJobs=10 MaxProcs=6 Version=2.2");
    assert_eq!(
        account.to_string(),
        "t (swf): 10 jobs of 17 tasks and 51 ticks of work, arriving in ticks 0..=12"
    );
}

#[test]
fn ticks_are_rounded_down_for_arrivals_and_up_for_needs() {
    let log = [
        line(1, "100", "0", "1", "-1", "-1"),
        line(2, "159", "60", "1", "-1", "-1"),
        line(3, "160", "61", "1", "-1", "-1"),
    ];
    let spec = LogSpec {
        tick_seconds: 60.0,
        ..spec()
    };
    let read = trace(&spec, log.concat());
    assert_eq!(short(&read), [(1, 0, 1, 1, 1), (2, 0, 1, 1, 1), (3, 1, 2, 1, 1)]);
    assert_eq!(read.account.first_submit, 100);
    // A tenth of a second is no binary fraction; the ticks are exact all the same.
    let spec = LogSpec {
        tick_seconds: 0.1,
        ..spec
    };
    let log = [
        line(1, "0.1", "1.1", "1", "-1", "-1"),
        line(2, "0.4", "0.7", "1", "-1", "-1"),
    ];
    assert_eq!(short(&trace(&spec, log.concat())), [(1, 0, 11, 1, 1), (2, 3, 7, 1, 1)]);
}

#[test]
fn tiers_are_queues_in_ascending_order_or_sizes() {
    let queues = ["9", "0", "4", "-1", "9"];
    let sizes = ["1", "4", "5", "17", "2"];
    let log: String = (0..5)
        .map(|k| line(k as i64, "0", "1", sizes[k], "0", queues[k]))
        .collect();
    let tiers = |by, tiers| -> Vec<u32> {
        let spec = LogSpec { tier: by, ..spec() };
        let read = read_bytes(&spec, "t", log.as_bytes(), tiers).unwrap();
        read.jobs.iter().map(|job| job.tier).collect()
    };
    assert_eq!(tiers(TierBy::Queue, 1), [0, 0, 0, 0, 0]);
    assert_eq!(tiers(TierBy::Queue, 2), [1, 0, 1, 1, 1]);
    assert_eq!(tiers(TierBy::Queue, 3), [2, 0, 1, 2, 2]);
    assert_eq!(tiers(TierBy::Queue, 5), [2, 0, 1, 4, 2]);
    assert_eq!(tiers(TierBy::Size, 5), [0, 1, 2, 3, 1]);
    assert_eq!(tiers(TierBy::Size, 2), [0, 1, 1, 1, 1]);
}

#[test]
fn a_log_out_of_order_is_sorted_and_told() {
    let log: String = [(1, "5"), (2, "3"), (3, "5"), (4, "3")]
        .map(|(number, submit)| line(number, submit, "1", "1", "0", "1"))
        .concat();
    let read = trace(&spec(), log);
    let order: Vec<(u64, u32)> = read.jobs.iter().map(|job| (job.number, job.arrival)).collect();
    assert_eq!(order, [(2, 0), (4, 0), (1, 2), (3, 2)]);
    assert!(!read.account.in_order);
    assert!(
        read.account
            .to_string()
            .ends_with("ticks 0..=2; sorted by arrival, which the log is not")
    );
}

#[test]
fn carriage_returns_blank_lines_and_further_columns_do_no_harm() {
    let ten = trace(&spec(), TEN);
    let other: String = TEN.lines().map(|line| format!("{line}\r\n\r\n")).collect();
    let read = trace(&spec(), &other);
    assert_eq!(short(&read), short(&ten));
    assert_eq!((read.account.lines, read.account.other), (34, 24));
    let longer: String = TEN.lines().map(|line| format!("{line} 7 x\n")).collect();
    assert_eq!(trace(&spec(), longer).jobs, ten.jobs);
    let tabs = TEN.replace("  ", "\t");
    assert_eq!(trace(&spec(), tabs.trim_end()).jobs, ten.jobs);
}

/// What is wrong with a line, what the message holds, and what it counts as.
#[test]
fn every_bad_value_is_an_error_or_skipped_and_counted() {
    let cases = [
        (
            "2 -1 -1 9 1",
            "field 2 (submit time) is -1, that is, unknown; it must be seconds from 0 to 9000000000000",
            "arrival unknown",
        ),
        (
            "2 -7 -1 9 1",
            "field 2 (submit time) is -7; it must be seconds from 0",
            "arrival out of range",
        ),
        (
            "2 nan -1 9 1",
            "field 2 (submit time) is 'nan'; it must be seconds",
            "arrival not a number",
        ),
        (
            "2 5 -1 -1 1",
            "field 4 (run time) is -1, that is, unknown; it must be seconds from 0 to 2147483647, which are 2147483647 ticks (work.log.tick_seconds = 1)",
            "need unknown",
        ),
        ("2 5 -1 -2 1", "field 4 (run time) is -2; it must", "need out of range"),
        (
            "2 5 -1 2147483648 1",
            "field 4 (run time) is 2147483648; it must",
            "need out of range",
        ),
        (
            "2 5 -1 9s 1",
            "field 4 (run time) is '9s'; it must",
            "need not a number",
        ),
        (
            "2 5 -1 9 0",
            "field 5 (allocated processors) is 0; it must be a whole number from 1 to 1048576",
            "processors out of range",
        ),
        (
            "2 5 -1 9 1048577",
            "field 5 (allocated processors) is 1048577;",
            "processors out of range",
        ),
        (
            "2 5 -1 9 1.5",
            "field 5 (allocated processors) is 1.5;",
            "processors not a number",
        ),
        (
            "2 5 -1 9 -1",
            "field 8 (requested processors, those allocated being unknown) is -1, that is, unknown;",
            "processors unknown",
        ),
        (
            "-1 5 -1 9 1",
            "field 1 (job number) is -1, that is, unknown; it must be a whole number from 0",
            "number unknown",
        ),
        (
            "2,5,-1",
            "'2,5,-1 -1 -1 -1 -1 -1 1 1 -1 -1 1 -1 -1…' has 14 fields; a job of the Standard Workload Format has 18",
            "wrong number of columns",
        ),
        (
            "2147483648 2147483648 -1 9 1",
            "the arrival is 2147483648; it must be seconds from 0 to 9000000000000, and at most 2147483647 ticks",
            "arrival out of range",
        ),
    ];
    for (start, message, reason) in cases {
        let bad = format!("{start} -1 -1 -1 -1 -1 1 1 -1 -1 1 -1 -1 -1\n");
        let log = format!("; a log\n{}{bad}", line(1, "0", "1", "1", "1", "1"));
        let refused = refusal(&spec(), &log);
        assert!(refused.starts_with(&format!("work.trace t:3: {message}")), "{refused}");
        assert!(
            refused.ends_with("or skip and count such lines by `--lenient` (work.log.lenient = true)"),
            "{refused}"
        );
        let read = trace(&lenient(), &log);
        assert_eq!((read.jobs.len(), read.account.lines, read.account.other), (1, 3, 1));
        assert!(
            read.account
                .to_string()
                .ends_with(&format!("; 1 of 3 lines skipped (1 {reason})")),
            "{}",
            read.account
        );
        let json = serde_json::to_value(&read.account).unwrap();
        assert_eq!(json["skipped"][reason], 1, "{json}");
    }
    for (user, queue, message) in [
        (
            "4294967296",
            "1",
            "field 12 (user) is 4294967296; it must be a whole number from 0 to 4294967295",
        ),
        (
            "1",
            "4294967295",
            "field 15 (queue) is 4294967295; it must be a whole number from 0 to 4294967294",
        ),
        ("bob", "1", "field 12 (user) is 'bob';"),
    ] {
        let refused = refusal(&spec(), line(1, "0", "1", "1", user, queue));
        assert!(refused.starts_with(&format!("work.trace t:1: {message}")), "{refused}");
    }
}

#[test]
fn arrivals_count_from_the_first_usable_job() {
    let log = [line(1, "3", "-1", "1", "0", "1"), line(2, "10", "1", "1", "0", "1")].concat();
    let read = trace(&lenient(), log);
    assert_eq!((read.jobs[0].arrival, read.account.first_submit), (0, 10));
}

#[test]
fn a_log_without_a_usable_job_is_refused() {
    assert_eq!(
        refusal(&spec(), ""),
        "work.trace t: is empty; a log holds at least one job"
    );
    assert_eq!(
        refusal(&lenient(), "; Version: 2.2\n\n"),
        "work.trace t: has 2 lines and no job; a log holds at least one"
    );
    let cancelled = line(1, "3", "-1", "1", "0", "1").repeat(2);
    assert_eq!(
        refusal(&lenient(), cancelled),
        "work.trace t: has no usable job: of 2 lines 2 were skipped (2 need unknown); is it in the format swf?"
    );
}
