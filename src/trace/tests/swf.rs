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
        "t (swf): 10 jobs of 17 tasks and 51 ticks of work, arriving in ticks 0 to 12"
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
            .ends_with("ticks 0 to 2; sorted by arrival, which the log is not")
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
                .ends_with(&format!("; 1 of 2 lines skipped (1 {reason})")),
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

/// Jobs 1 and 3 were swapped out; job 4 was cancelled in the queue, and 5 while it ran.
const CHECKPOINTED: &str = "; Version: 2.2\n; MaxProcs: 16\n\
    1  0  5 300 4 -1 -1 4 400 -1 1 3 1 -1 1 -1 -1 -1\n\
    1  0  5 100 4 -1 -1 4 400 -1 2 3 1 -1 1 -1 -1 -1\n\
    1 -1 60 120 4 -1 -1 4 400 -1 2 3 1 -1 1 -1 -1 -1\n\
    1 -1 30  80 4 -1 -1 4 400 -1 3 3 1 -1 1 -1 -1 -1\n\
    2 50  0  40 2 -1 -1 2  60 -1 1 4 1 -1 1 -1 -1 -1\n\
    3 90 10  30 1 -1 -1 1 100 -1 2 3 1 -1 1 -1 -1 -1\n\
    3 -1 20  40 1 -1 -1 1 100 -1 4 3 1 -1 1 -1 -1 -1\n\
    3 90 10  70 1 -1 -1 1 100 -1 0 3 1 -1 1 -1 -1 -1\n";

#[test]
fn partial_executions_are_not_counted_twice() {
    for spec in [spec(), lenient()] {
        let read = trace(&spec, CHECKPOINTED);
        assert_eq!(short(&read), [(1, 0, 300, 4, 0), (2, 50, 40, 2, 0), (3, 90, 70, 1, 0)]);
        let account = &read.account;
        assert_eq!((account.jobs, account.tasks, account.work), (3, 7, 1350));
        assert_eq!(
            (account.partial, account.skipped(), account.lines, account.other),
            (5, 0, 10, 2)
        );
        assert!(
            account
                .to_string()
                .ends_with("; 5 partial executions are parts of their jobs"),
            "{account}"
        );
    }
    // Of a job that has no line as a whole nothing is lost in silence.
    let lost = format!("{CHECKPOINTED}7 -1 20 40 1 -1 -1 1 100 -1 3 3 1 -1 1 -1 -1 -1\n");
    let refused = refusal(&spec(), &lost);
    assert!(
        refused.starts_with("work.trace t:11: is a partial execution (status 2, 3 or 4) of a job that has no line"),
        "{refused}"
    );
    let read = trace(&lenient(), &lost);
    assert_eq!(read.account.skipped[&Reason::Part], 1);
    // A whole line that is unusable is whole all the same.
    let unusable = CHECKPOINTED.replace("90 10  70", "90 10  -1");
    assert_eq!(trace(&lenient(), unusable).account.partial, 5);
}

#[test]
fn cancelled_jobs_that_never_ran_are_no_jobs() {
    let cancelled = |run: &str| format!("4 95 7 {run} 0 -1 -1 1 100 -1 5 3 1 -1 1 -1 -1 -1\n");
    for run in ["0", "-1"] {
        let read = trace(&spec(), [CHECKPOINTED, &cancelled(run)].concat());
        assert_eq!((read.account.jobs, read.account.cancelled), (3, 1));
        assert!(
            read.account.to_string().contains("; 1 job that never ran is left out"),
            "{}",
            read.account
        );
    }
    // Whoever was cancelled while it ran, ran.
    let ran = cancelled("9").replace(" 9 0 ", " 9 2 ");
    assert_eq!(trace(&spec(), [CHECKPOINTED, &ran].concat()).jobs[3].need, 9);
    let all = cancelled("0").repeat(2);
    assert_eq!(
        refusal(&spec(), all),
        "work.trace t: has 2 lines and no job, 2 cancelled jobs and 0 partial executions; a log holds at least one"
    );
}

#[test]
fn eighteen_numbers_are_a_standard_workload_whatever_follows() {
    let lines: String = TEN
        .lines()
        .filter(|line| !line.starts_with(';'))
        .map(|line| format!("{line} a, b; c|d\n"))
        .collect();
    let read = trace(&spec(), lines);
    assert_eq!(read.account.format, TraceFormat::Swf);
    assert_eq!(short(&read), short(&trace(&spec(), TEN)));
}

#[test]
fn columns_of_a_standard_workload_are_not_chosen() {
    let named: LogSpec = toml::from_str("columns.user = 3").unwrap();
    let read = trace(&named, TEN);
    assert!(
        read.account.notes[0].starts_with("work.log.columns is not used"),
        "{:?}",
        read.account.notes
    );
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
        "work.trace t: has no usable job: 2 lines skipped (2 need unknown); is it in the format swf?"
    );
}
