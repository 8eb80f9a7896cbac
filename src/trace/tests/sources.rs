//! Files, formats and what the scenario says of them.

use super::*;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn gzip_is_told_by_content_and_may_have_several_members() {
    let plain = trace(&spec(), TEN);
    assert_eq!(trace(&spec(), gzip(TEN)), plain);
    let (head, tail) = TEN.split_at(300);
    assert_eq!(trace(&spec(), [gzip(head), gzip(tail)].concat()), plain);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("t"), gzip(TEN)).unwrap();
    assert_eq!(
        read(Path::new("t"), &spec(), folder.path(), 2).unwrap().jobs,
        plain.jobs
    );
}

#[test]
fn a_cut_or_damaged_gzip_is_an_error_even_to_a_lenient_reader() {
    let whole = gzip(&TEN.repeat(50));
    let message = refusal(&lenient(), &whole[..whole.len() - 9]);
    assert!(message.starts_with("work.trace t: "), "{message}");
    assert!(
        message.ends_with("the gzip data ends early, the file is cut; fetch or compress it again"),
        "{message}"
    );
    let mut damaged = whole.clone();
    let last = damaged.len() - 5;
    damaged[last] ^= 1;
    let message = refusal(&lenient(), &damaged);
    assert!(message.contains("the gzip data is damaged ("), "{message}");
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let message = |file: &str| {
        read(Path::new(file), &spec(), folder.path(), 1)
            .expect_err("no log")
            .to_string()
    };
    assert_eq!(
        message(""),
        "work.trace is empty; name the file of a job log, as in --set work.trace=FILE"
    );
    assert_eq!(
        message("nowhere.swf"),
        "work.trace nowhere.swf: no such file; check the path"
    );
    std::fs::create_dir(folder.path().join("logs")).unwrap();
    let of_folder = message("logs");
    assert!(
        of_folder.ends_with("logs: a directory, not a file; name one file inside it"),
        "{of_folder}"
    );
    std::fs::write(folder.path().join("none"), "").unwrap();
    assert!(message("none").ends_with("none: is empty; a log holds at least one job"));
}

#[test]
fn the_format_is_told_by_the_first_line_unless_the_scenario_does() {
    let format = |text: &str| import(&lenient(), text).map(|trace| trace.account.format);
    assert_eq!(format(TEN).unwrap(), TraceFormat::Swf);
    assert_eq!(format("\n arrival,need\n1,2\n").unwrap(), TraceFormat::Csv);
    assert!(refusal(&spec(), "1 2 3\n").contains("'1 2 3' has 3 fields"));
    assert!(refusal(&spec(), "1,2,3\n").contains("read as csv, has no names of columns"));
    let forced = |format, text: &str| refusal(&LogSpec { format, ..spec() }, text);
    assert!(forced(TraceFormat::Swf, "arrival,need\n1,2\n").contains("t:1: 'arrival,need' has 1 fields"));
    assert!(forced(TraceFormat::Csv, TEN).starts_with("work.log.columns.arrival is left out"));
    assert!(refusal(&spec(), "PAR1....").ends_with("is Parquet, which is read from files only"));
}

#[test]
fn a_line_without_an_end_fills_no_memory() {
    let endless = "1 ".repeat(1 << 20);
    assert_eq!(
        refusal(&lenient(), endless),
        "work.trace t:1: a line of more than 1048576 bytes; is it the file that is meant?"
    );
}

#[cfg(not(feature = "tables"))]
#[test]
fn a_build_without_parquet_says_how_to_have_it() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("t"), "PAR1").unwrap();
    let error = read(Path::new("t"), &spec(), folder.path(), 1).expect_err("no reader");
    assert!(error.to_string().ends_with(
        "is Parquet, which this build cannot read; build with `--features tables`, or write the log as CSV"
    ));
}

#[test]
fn ticks_must_last() {
    for seconds in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-7] {
        let spec = LogSpec {
            tick_seconds: seconds,
            ..spec()
        };
        assert_eq!(
            refusal(&spec, TEN),
            format!("work.log.tick_seconds is {seconds}; it must be a number from 0.000001 to 1_000_000")
        );
    }
}

#[test]
fn a_section_is_read_and_written() {
    let spec: LogSpec = toml::from_str("").unwrap();
    assert_eq!(spec, LogSpec::default());
    let text = "format = \"csv\"\ntick_seconds = 60.0\ncells = \"round-robin\"\ntier = \"size\"\nlenient = true\nslowdown_bound = 60.0\n\n[columns]\narrival = \"a\"\nneed = 3\nuser = false\n";
    let spec: LogSpec = toml::from_str(text).unwrap();
    assert_eq!(spec.cells, Placement::RoundRobin);
    assert_eq!(
        toml::from_str::<LogSpec>(&toml::to_string(&spec).unwrap()).unwrap(),
        spec
    );
    assert!(toml::from_str::<LogSpec>("speed = 1").is_err());
}

/// The file of the folder that `TETRASWARM_DATA` names, if it names one.
#[test]
fn hpc2n_is_read() {
    let Some(folder) = std::env::var_os("TETRASWARM_DATA") else {
        println!("skipped hpc2n.swf: set TETRASWARM_DATA to the folder that holds it");
        return;
    };
    let file = Path::new("hpc2n.swf");
    let strict = read(file, &spec(), Path::new(&folder), 2)
        .expect_err("cancelled jobs")
        .to_string();
    assert!(
        strict.contains("hpc2n.swf:34: field 4 (run time) is -1, that is, unknown"),
        "{strict}"
    );
    let trace = read(file, &lenient(), Path::new(&folder), 2).unwrap();
    let account = &trace.account;
    println!("{account}");
    assert_eq!((account.jobs, account.tasks, account.work), (3145, 63_578, 503_655_194));
    assert_eq!(account.skipped(), 25);
    assert_eq!(account.lines, account.jobs + account.skipped() + account.other);
    assert_eq!(account.facts["MaxProcs"], "240");
}
