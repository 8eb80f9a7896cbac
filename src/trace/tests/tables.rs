//! CSV.

use super::*;

fn name(name: &str) -> Option<ColumnName> {
    Some(ColumnName::Name(name.to_owned()))
}

fn columns(arrival: &str, need: &str) -> Columns {
    Columns {
        arrival: name(arrival),
        need: name(need),
        ..Columns::default()
    }
}

fn with(columns: Columns) -> LogSpec {
    LogSpec { columns, ..spec() }
}

#[test]
fn columns_are_found_by_name_in_any_order() {
    let log = "need,user,note,arrival,tier,processors\n2.5,7,\"a, \"\"b\"\"\nc\",10,1,3\n\n0,8,,\"11.0\",0,1.0\n";
    let read = trace(&spec(), log);
    assert_eq!(short(&read), [(1, 0, 3, 3, 1), (2, 1, 1, 1, 0)]);
    let where_from: Vec<(u32, u64)> = read.jobs.iter().map(|job| (job.user, job.line)).collect();
    assert_eq!(where_from, [(7, 2), (8, 5)]);
    let account = &read.account;
    assert_eq!((account.format, account.lines, account.other), (TraceFormat::Csv, 4, 2));
    let own = Columns {
        tier: name("class"),
        processors: name("cpus"),
        user: name("who"),
        ..columns("submitted at", "seconds")
    };
    let log = "\u{feff}submitted at, seconds ,class,cpus,who\r\n10,3,1,3,7\r\n11,1,0,1,8";
    assert_eq!(short(&trace(&with(own), log)), short(&read));
}

#[test]
fn columns_left_out_have_defaults() {
    let read = trace(&spec(), "\n\narrival,need\n0,1\n");
    assert_eq!(short(&read), [(1, 0, 1, 1, 0)]);
    assert_eq!((read.account.lines, read.account.other, read.jobs[0].line), (4, 3, 4));
    // Whoever names two columns has the others by their standard names still, unless they say that there are none.
    let log = "when,need,tier,processors\n0,1,1,3\n";
    let read = trace(&with(columns("when", "need")), log);
    assert_eq!(short(&read), [(1, 0, 1, 3, 1)]);
    let none = Columns {
        tier: Some(ColumnName::Used(false)),
        processors: Some(ColumnName::Used(false)),
        ..columns("when", "need")
    };
    let read = trace(&with(none), log);
    assert_eq!(short(&read), [(1, 0, 1, 1, 0)]);
    assert_eq!(
        read.account.notes,
        [
            "columns: arrival is when, need is need",
            "not used: columns tier, processors",
            "no column of processors, so every job takes 1",
            "no column of tiers, so all jobs are of tier 0",
        ]
    );
    let sized = LogSpec {
        tier: TierBy::Size,
        ..spec()
    };
    assert_eq!(trace(&sized, "arrival,need,processors\n0,1,9\n").jobs[0].tier, 1);
}

#[test]
fn a_column_that_is_not_there_is_told_with_what_is() {
    let log = "submitted,needed,cores\n1,2,3\n";
    assert_eq!(
        refusal(&with(columns("submitted", "need")), log),
        "work.log.columns.need is 'need', but t, read as csv, has no such column; did you mean 'needed'? it has: submitted, needed, cores"
    );
    assert_eq!(
        refusal(&spec(), log),
        "work.log.columns.arrival is left out, and t, read as csv, has no column called arrival, submit or start; it has: submitted, needed, cores; name one, as in --set work.log.columns.arrival=NAME"
    );
    assert_eq!(
        refusal(&spec(), "arrival,needed\n1,2\n"),
        "work.log.columns.need is left out, and t, read as csv, has no column called need, run time, elapsed or end; did you mean 'needed'? it has: arrival, needed; name one, as in --set work.log.columns.need=NAME"
    );
    assert_eq!(
        refusal(&spec(), "arrival,need,need\n1,2,3\n"),
        "work.log.columns.need is 'need', which t has more than one column of; rename one, or give the column's number, counted from 1"
    );
    let both = Columns {
        end: name("end"),
        ..columns("arrival", "need")
    };
    assert_eq!(
        refusal(&with(both), "arrival,need,end\n1,2,3\n"),
        "work.log.columns.need says how long jobs run, and so does work.log.columns.end; leave one of the two out"
    );
}

#[test]
fn every_bad_value_is_an_error_or_skipped_and_counted() {
    let cases = [
        (
            "-1,1,0,1,0",
            "column 'arrival' is -1; it must be seconds from 0 to 9000000000000 or a date, as 2024-03-01T08:00:00, and at most",
            "arrival out of range",
        ),
        ("NaN,1,0,1,0", "column 'arrival' is 'NaN';", "arrival not a number"),
        ("inf,1,0,1,0", "column 'arrival' is 'inf';", "arrival out of range"),
        (",1,0,1,0", "column 'arrival' is empty;", "arrival unknown"),
        (
            "1,-0.5,0,1,0",
            "column 'need' is -0.5; it must be seconds from 0 to 2147483647",
            "need out of range",
        ),
        (
            "1,2147483647.5,0,1,0",
            "column 'need' is 2147483647.5;",
            "need out of range",
        ),
        (
            "1,1,2,1,0",
            "column 'tier' is 2; it must be a whole number from 0 to 1",
            "tier out of range",
        ),
        ("1,1,,1,0", "column 'tier' is empty;", "tier unknown"),
        (
            "1,1,0,0,0",
            "column 'processors' is 0; it must be a whole number from 1 to 1048576",
            "processors out of range",
        ),
        ("1,1,0,1,-1", "column 'user' is -1;", "user out of range"),
        ("1,1,0,1,1.5", "column 'user' is 1.5;", "user not a number"),
        (
            "1,1,0,1",
            "has 4 values; the header names 5 columns",
            "wrong number of columns",
        ),
        (
            "1,1,0,1,0,0",
            "has 6 values; the header names 5 columns",
            "wrong number of columns",
        ),
    ];
    for (bad, message, reason) in cases {
        let log = format!("arrival,need,tier,processors,user\n0,1,1,1,1\n{bad}\n");
        let refused = refusal(&spec(), &log);
        assert!(refused.starts_with(&format!("work.trace t:3: {message}")), "{refused}");
        let read = trace(&lenient(), &log);
        assert_eq!((read.jobs.len(), read.account.lines, read.account.other), (1, 3, 1));
        let end = format!("; 1 of 2 lines skipped (1 {reason})");
        assert!(read.account.to_string().ends_with(&end), "{}", read.account);
    }
}

#[test]
fn an_open_quotation_mark_is_an_error_even_to_a_lenient_reader() {
    assert_eq!(
        refusal(&lenient(), "arrival,need\n0,1\n1,\"2\n3,4\n"),
        "work.trace t:3: opens a quotation mark that nothing closes; is the file cut?"
    );
    let endless = format!("arrival,need\n0,\"{}", "1\n".repeat(1 << 20));
    assert!(refusal(&spec(), endless).starts_with("work.trace t:2: begins a row of more than 1048576 bytes"));
}

#[test]
fn a_table_without_rows_is_refused() {
    assert_eq!(
        refusal(&spec(), "arrival,need\n"),
        "work.trace t: has 1 line and no job; a log holds at least one"
    );
}
