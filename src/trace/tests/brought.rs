//! Tables as people bring them: from spreadsheets, schedulers and the archives of large clusters.

use super::*;

fn set(text: &str) -> LogSpec {
    toml::from_str(text).unwrap_or_else(|error| panic!("{error}"))
}

/// Arrivals, needs and tasks.
fn jobs(trace: &Trace) -> Vec<(u32, u32, u32)> {
    trace
        .jobs
        .iter()
        .map(|job| (job.arrival, job.need, job.tasks))
        .collect()
}

/// `sacct -X --parsable2`, with commas.
const SACCT: &str = "JobID,User,Partition,AllocCPUS,Submit,Start,End,Elapsed,State\n\
    71,ann,batch,4,2023-05-02T10:00:00,2023-05-02T10:00:07,2023-05-02T11:00:07,01:00:00,COMPLETED\n\
    72,bob,batch,8,2023-05-02T10:05:00,2023-05-02T10:05:03,2023-05-04T10:05:03,2-00:00:00,COMPLETED\n\
    73,ann,short,1,2023-05-02T10:06:00,Unknown,Unknown,00:00:00,CANCELLED by 500\n";

#[test]
fn what_slurm_writes_is_read_by_its_names() {
    let read = trace(&spec(), SACCT);
    assert_eq!(jobs(&read), [(0, 3600, 4), (300, 172_800, 8)]);
    let account = &read.account;
    assert_eq!((account.cancelled, account.lines, account.other), (1, 4, 1));
    assert_eq!(account.clock, Clock::LocalDates);
    assert_eq!(account.first_submit, 1_683_021_600);
    assert_eq!(
        account.notes,
        [
            "tick 0 is 2023-05-02T10:00:00, the first arrival; times are without a zone, and taken as they stand",
            "columns: arrival is Submit, need is Elapsed, processors is AllocCPUS, status is State, job is JobID",
            "not used: columns User, Partition, Start, End",
            "no column of tiers, so all jobs are of tier 0",
        ]
    );
    assert!(
        account.to_string().ends_with("; 1 job that never ran is left out"),
        "{account}"
    );
    // Bars, as it writes by itself.
    assert_eq!(trace(&spec(), SACCT.replace(',', "|")).jobs, read.jobs);
    // By the tier that the partition is.
    let read = trace(&set("columns.tier = \"Partition\""), SACCT);
    assert_eq!(read.jobs.iter().map(|job| job.tier).collect::<Vec<_>>(), [0, 0]);
}

#[test]
fn steps_of_jobs_are_parts_of_them() {
    let steps = "71.batch,,,4,2023-05-02T10:00:07,2023-05-02T10:00:07,2023-05-02T11:00:07,01:00:00,COMPLETED\n\
                 71.0,,,4,2023-05-02T10:00:09,2023-05-02T10:00:09,2023-05-02T11:00:07,00:59:58,COMPLETED\n";
    let read = trace(&spec(), [SACCT, steps].concat());
    assert_eq!(read.jobs, trace(&spec(), SACCT).jobs);
    assert_eq!((read.account.partial, read.account.lines), (2, 6));
    let of_another = steps.replace("71.", "70.");
    let refused = refusal(&spec(), [SACCT, &of_another].concat());
    assert!(refused.starts_with("work.trace t:5: is a step of a job"), "{refused}");
    let read = trace(&lenient(), [SACCT, &of_another].concat());
    assert_eq!((read.account.skipped(), read.account.partial), (2, 0));
}

#[test]
fn dates_durations_and_zones() {
    let read = trace(
        &spec(),
        "arrival,need\n2023-05-02T10:00:00,60\n2023-05-02T10:00:30,02:00:00\n",
    );
    assert_eq!(jobs(&read), [(0, 60, 1), (30, 7200, 1)]);
    for (later, ticks) in [
        ("2023-05-02 10:00:30Z", 30),
        ("2023-05-02T12:00:30+02:00", 30),
        ("2023-05-02 10:00:30 UTC", 30),
        ("2023-05-02 05:01:00.000 -0500", 60),
        ("2023-05-02T10:00:30+00:00[UTC]", 30),
    ] {
        let read = trace(&spec(), format!("arrival,need\n2023-05-02T10:00:00Z,1\n{later},1\n"));
        assert_eq!(
            (read.jobs[1].arrival, read.account.clock),
            (ticks, Clock::Dates),
            "{later}"
        );
    }
    for (need, ticks) in [
        ("1-02:03:04", 93_784),
        ("01:30", 90),
        ("00:00:01.5", 2),
        ("2 days 01:00:00", 176_400),
        ("1 day, 0:00:01", 86_401),
        ("PT1H30M", 5400),
        ("P1DT1S", 86_401),
        ("26:00:00", 93_600),
    ] {
        let read = trace(&spec(), format!("arrival,need\n0,\"{need}\"\n"));
        assert_eq!(read.jobs[0].need, ticks, "{need}");
    }
    for (bad, message) in [
        ("01/02/2023 10:00", "column 'arrival' is '01/02/2023 10:00'; it must be"),
        ("2023-02-30", "column 'arrival' is '2023-02-30'"),
        (
            "2023-05-02T10:00[Europe/Paris]",
            "column 'arrival' is '2023-05-02T10:00[Europe/Paris]'",
        ),
        ("Unknown", "column 'arrival' is 'Unknown', that is, unknown"),
        (
            "7",
            "times are seconds, but those before, as in line 2, are dates without a zone",
        ),
        (
            "2023-05-02T10:00:00Z",
            "times are dates with a zone, but those before, as in line 2, are dates without",
        ),
    ] {
        let refused = refusal(&spec(), format!("arrival,need\n2023-05-02T10:00:00,1\n{bad},1\n"));
        assert!(refused.starts_with(&format!("work.trace t:3: {message}")), "{refused}");
    }
    for (bad, message) in [
        (
            "2023-05-02",
            "a date on which jobs end is named by work.log.columns.end",
        ),
        ("1:60", "column 'need' is '1:60'"),
        ("1-", "column 'need' is '1-'"),
        ("P1M", "column 'need' is 'P1M'"),
        (
            "99999999999-00:00:00",
            "column 'need' is '99999999999-00:00:00'; it must be seconds from 0",
        ),
    ] {
        let refused = refusal(&spec(), format!("arrival,need\n0,{bad}\n"));
        assert!(
            refused.starts_with("work.trace t:2: ") && refused.contains(message),
            "{refused}"
        );
    }
}

#[test]
fn an_end_stands_for_a_need() {
    // From the start if there is one, else from the arrival; who has no arrival arrives at the start.
    let read = trace(&spec(), "submit,start,end\n0,10,25\n5,30,31\n");
    assert_eq!(jobs(&read), [(0, 15, 1), (5, 1, 1)]);
    let read = trace(&spec(), "Start Time;End-Time\n10;25\n12;13\n");
    assert_eq!(jobs(&read), [(0, 15, 1), (2, 1, 1)]);
    assert!(
        read.account
            .notes
            .iter()
            .any(|note| note.contains("arrive when they started"))
    );
    let read = trace(&spec(), "arrival\tend\n10\t25\n12\t12\n");
    assert_eq!(jobs(&read), [(0, 15, 1), (2, 1, 1)]);
    assert!(read.account.notes.iter().any(|note| note.contains("any wait included")));
    // Whoever names the end means it.
    let read = trace(&set("columns.end = \"finish\""), "arrival,need,finish\n0,7,9\n");
    assert_eq!(jobs(&read), [(0, 9, 1)]);
    let refused = refusal(&spec(), "start,end\n0,1\n20,15\n");
    assert!(
        refused.starts_with("work.trace t:3: column 'end' is 15, before column 'start', which is 20; a job ends"),
        "{refused}"
    );
    let refused = refusal(&spec(), "start,end\n2023-05-02,2023-05-03\n2023-05-02,86400\n");
    assert!(
        refused.starts_with("work.trace t:3: column 'end' holds seconds, but column 'start' dates"),
        "{refused}"
    );
    let refused = refusal(&spec(), "start,end,need\n0,1,x\n");
    assert!(refused.contains("column 'need' is 'x'"), "{refused}");
}

#[test]
fn columns_without_names_go_by_number() {
    let log = "task_1,2,j_1,1,Terminated,86400,86430,100.0,0.2\ntask_2,1,j_1,1,Terminated,86430,86500,50.0,0.1\n";
    let by_number = set("columns = { arrival = 6, end = 7, processors = 2 }");
    let read = trace(&by_number, log);
    assert_eq!(jobs(&read), [(0, 30, 2), (30, 70, 1)]);
    let account = &read.account;
    assert_eq!(
        (account.lines, account.other, read.jobs[0].line, read.jobs[0].number),
        (2, 0, 1, 1)
    );
    assert!(
        account.notes.contains(&"not used: columns 1, 3, 4, 5, 8, 9".to_owned()),
        "{:?}",
        account.notes
    );
    // With names, numbers do as well.
    let named = format!("a,b,c,d,e,f,g,h,i\n{log}");
    let read = trace(&by_number, named);
    assert_eq!(jobs(&read), [(0, 30, 2), (30, 70, 1)]);
    assert_eq!((read.account.other, read.jobs[0].line), (1, 2));
    assert_eq!(
        refusal(&spec(), log),
        "work.log.columns.arrival is left out, and t, read as csv, has no names of columns: its first line holds values; give the \
         columns' numbers, counted from 1, as in --set 'work.log.columns={arrival=1,need=2}'"
    );
    let refused = refusal(&set("columns = { arrival = 6, end = 10 }"), log);
    assert_eq!(refused, "work.log.columns.end is 10, but t has the columns 1 to 9");
    let refused = refusal(&set("columns = { arrival = \"start\", end = 7 }"), log);
    assert!(
        refused.starts_with("work.log.columns.arrival is 'start', but t has no names of columns"),
        "{refused}"
    );
    let refused = refusal(&by_number, format!("{log}task_3,1,j_2,1,Failed,,86436,100.0,0.2\n"));
    assert!(refused.starts_with("work.trace t:3: column 6 is empty"), "{refused}");
}

#[test]
fn separators_are_told_by_the_first_line() {
    let plain = trace(&spec(), "arrival,need,processors\n0,60,1\n30,600,8\n");
    for separator in [";", "\t", "|"] {
        let log = "arrival,need,processors\n0,60,1\n30,600,8\n".replace(',', separator);
        assert_eq!(trace(&spec(), &log).jobs, plain.jobs, "{separator:?}");
    }
    // Others may stand within values.
    let log = "arrival;need;\"a, b, c, d\"\n0;60;\"x, y\"\n";
    assert_eq!(jobs(&trace(&spec(), log)), [(0, 60, 1)]);
    let log = "arrival,need,why; and how; and when\n0,60,a;b\n";
    assert_eq!(jobs(&trace(&spec(), log)), [(0, 60, 1)]);
    // A decimal comma is no separator, and no number either.
    let refused = refusal(&spec(), "arrival;need\n0;1,5\n");
    assert!(
        refused.starts_with("work.trace t:2: column 'need' is '1,5'"),
        "{refused}"
    );
}

#[test]
fn users_and_tiers_may_be_words() {
    let log = "arrival,need,user,tier\n0,1,d4d5,gold\n1,1,7f04,iron\n2,1,d4d5,gold\n3,1,9,lead\n4,1,x,tin\n";
    let read = trace(&spec(), log);
    let of = |read: &Trace| -> Vec<(u32, u32)> { read.jobs.iter().map(|job| (job.user, job.tier)).collect() };
    assert_eq!(of(&read), [(0, 0), (1, 1), (0, 0), (2, 1), (3, 1)]);
    assert_eq!(
        read.account.notes.last().map(String::as_str),
        Some(
            "tiers are words, numbered from 0 in the order of their first appearance: gold, iron, lead, tin; all from tier 1 on are of tier 1, the last"
        )
    );
    let by_user = LogSpec {
        cells: Placement::User,
        ..spec()
    };
    let read = trace(&by_user, log);
    assert_eq!(
        read.account.notes.last().map(String::as_str),
        Some("users are 4 words, numbered from 0 in the order of their first appearance: d4d5, 7f04, 9, x")
    );
    // The first word makes words of the numbers before it.
    let read = trace(&spec(), "arrival,need,user\n0,1,70\n1,1,5\n2,1,eve\n3,1,70\n");
    assert_eq!(of(&read), [(0, 0), (1, 0), (2, 0), (0, 0)]);
    let long = format!("arrival,need,user\n0,1,{}\n", "u".repeat(257));
    assert!(refusal(&spec(), long).contains("or a word of at most 256 bytes"));
}

#[test]
fn a_cell_for_each_user_asks_for_users() {
    let by_user = LogSpec {
        cells: Placement::User,
        ..spec()
    };
    assert_eq!(
        refusal(&by_user, "arrival,need,owner\n0,1,ann\n"),
        "work.log.cells is \"user\", but t has no column of users, so that all jobs would arrive at one cell; name it, as in \
         work.log.columns.user = \"owner\", or choose hash or round-robin"
    );
    assert_eq!(
        refusal(&by_user, line(1, "0", "1", "1", "-1", "1")),
        "work.log.cells is \"user\", but t knows no job's user, so that all jobs would arrive at one cell; choose hash or round-robin"
    );
    let some = [line(1, "0", "1", "1", "-1", "1"), line(2, "0", "1", "1", "4", "1")].concat();
    let read = trace(&by_user, some);
    assert!(
        read.account
            .notes
            .iter()
            .any(|note| note.starts_with("1 jobs of unknown user count as user 0's"))
    );
}

#[test]
fn times_beyond_all_clocks_are_refused_by_line() {
    let microseconds = LogSpec {
        tick_seconds: 1e6,
        ..lenient()
    };
    let log = "arrival,need,processors\n600000000,30000000,1\n600000500,90000000,1\n9223372036854775807,1,1\n";
    let refused = refusal(
        &LogSpec {
            lenient: false,
            ..microseconds.clone()
        },
        log,
    );
    assert!(
        refused.starts_with(
            "work.trace t:4: column 'arrival' is '9223372036854775807'; it must be seconds from 0 to 9000000000000"
        ),
        "{refused}"
    );
    let read = trace(&microseconds, log);
    assert_eq!(jobs(&read), [(0, 30, 1), (0, 90, 1)]);
    assert_eq!((read.account.work, read.account.skipped()), (120, 1));
    assert_eq!(
        read.account.notes[0],
        "tick 0 is second 600000000 of the log, the first arrival"
    );
}

#[test]
fn many_rows_of_little_gzip_do_not_fill_the_memory() {
    use flate2::write::GzEncoder;
    use std::io::Write;
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(b"arrival,need\n").unwrap();
    for _ in 0..60 {
        encoder.write_all("0,1\n".repeat(1 << 16).as_bytes()).unwrap();
    }
    let bomb = encoder.finish().unwrap();
    let refused = refusal(&spec(), &bomb);
    assert!(refused.contains("bytes of memory, the limit after"), "{refused}");
}
