//! What is on the disk at any moment of a run.

use super::*;
use parquet::file::reader::{FileReader, SerializedFileReader};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tetraswarm::Simulation;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::scenario::Scenario;

const TEXT: &str = "name = \"ring\"\nagents = 8\nticks = 40\nmeasure = { every = 1 }\ntopology = { kind = \"ring\" }\n\
                    consensus = { rule = \"average\", start = { kind = \"uniform\", low = 0, high = 999 } }\n";

/// A row of each of the ticks 0 to 40, and a record of segments of ten rows that looks at a clock that stands still.
struct Bench {
    folder: tempfile::TempDir,
    rows: Vec<Measurement>,
    clock: Arc<AtomicU64>,
}

impl Bench {
    fn new() -> Self {
        let scenario = Scenario::from_toml("ring", TEXT).unwrap();
        let mut simulation = Simulation::new(&scenario, &CpuDevice::new(1).unwrap()).unwrap();
        simulation.run().unwrap();
        let rows = simulation.measurements().to_vec();
        assert_eq!(rows.len(), 41);
        Self {
            folder: tempfile::tempdir().unwrap(),
            rows,
            clock: Arc::default(),
        }
    }

    fn record(&self) -> Record {
        let clock = Arc::clone(&self.clock);
        let pace = Pace {
            values: 10 * self.rows[0].figures().len(),
            longest: Duration::from_secs(5),
            clock: Box::new(move || Duration::from_secs(clock.load(Ordering::Relaxed))),
        };
        let scenario = Scenario::from_toml("ring", TEXT).unwrap();
        let target = RunFolder::prepare(self.target()).unwrap().0;
        let mut record = Record::new(target, &scenario, Vec::new(), pace);
        record.start().unwrap();
        record
    }

    /// Of a name that no other test has, among temporary files too.
    fn target(&self) -> PathBuf {
        self.folder.path().join(self.folder.path().file_name().unwrap())
    }

    fn names(&self) -> Vec<String> {
        names(&self.target())
    }

    fn note(&self) -> String {
        fs::read_to_string(self.target().join("unfinished")).unwrap()
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let names: BTreeSet<String> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.into_iter().collect()
}

/// The ticks of a table's rows.
fn ticks(file: &Path) -> Vec<i64> {
    let reader = SerializedFileReader::new(File::open(file).unwrap()).unwrap();
    let rows = reader.get_row_iter(None).unwrap();
    rows.map(|row| parquet::record::RowAccessor::get_long(&row.unwrap(), 0).unwrap())
        .collect()
}

#[test]
fn segments_are_whole_files_of_bounded_size() {
    let bench = Bench::new();
    let mut record = bench.record();
    assert_eq!(bench.names(), ["scenario.toml", "unfinished"]);
    assert!(bench.note().contains("No row"), "{}", bench.note());
    for row in &bench.rows[..25] {
        record.row(row).unwrap();
        assert!(record.rows.len() < 10, "{} rows are in memory", record.rows.len());
    }
    let segments = ["metrics-000.parquet", "metrics-001.parquet"];
    assert_eq!(
        bench.names(),
        [&segments[..], &["scenario.toml", "unfinished"]].concat()
    );
    assert!(bench.note().contains("up to tick 19 can be read"), "{}", bench.note());
    assert_eq!(ticks(&bench.target().join(segments[0])), (0..10).collect::<Vec<_>>());
    assert_eq!(ticks(&bench.target().join(segments[1])), (10..20).collect::<Vec<_>>());
    // Joined, they are one table of as many groups.
    record.join(&record.places[0]).unwrap();
    let whole = bench.target().join(METRICS);
    assert_eq!(ticks(&whole), (0..20).collect::<Vec<_>>());
    let reader = SerializedFileReader::new(File::open(&whole).unwrap()).unwrap();
    assert_eq!(reader.num_row_groups(), 2);
}

#[test]
fn rows_that_come_slowly_are_written_by_the_clock() {
    let bench = Bench::new();
    let mut record = bench.record();
    let first = bench.target().join("metrics-000.parquet");
    record.row(&bench.rows[0]).unwrap();
    bench.clock.store(4, Ordering::Relaxed);
    record.row(&bench.rows[1]).unwrap();
    record.wait().unwrap();
    assert!(!first.exists(), "too early");
    bench.clock.store(5, Ordering::Relaxed);
    record.wait().unwrap();
    assert_eq!(ticks(&first), [0, 1]);
    // Nothing waits: nothing is written.
    fs::remove_file(&first).unwrap();
    bench.clock.store(60, Ordering::Relaxed);
    record.wait().unwrap();
    assert!(!first.exists());
    // The segment is replaced by a longer one until it is full.
    record.row(&bench.rows[2]).unwrap();
    assert_eq!(ticks(&first), [0, 1, 2]);
    assert!(bench.note().contains("up to tick 2 can be read"), "{}", bench.note());
    for row in &bench.rows[3..12] {
        record.row(row).unwrap();
    }
    assert_eq!(ticks(&first), (0..10).collect::<Vec<_>>());
    bench.clock.store(70, Ordering::Relaxed);
    record.wait().unwrap();
    assert_eq!(ticks(&bench.target().join("metrics-001.parquet")), [10, 11]);
}

#[test]
fn a_run_that_fails_leaves_its_rows_and_the_reason() {
    let bench = Bench::new();
    let mut record = bench.record();
    for row in &bench.rows[..13] {
        record.row(row).unwrap();
    }
    let told = record.fail("the sum is 3, but was 4").unwrap().unwrap();
    assert!(told.starts_with("what was measured up to tick 12 is in "), "{told}");
    drop(record);
    assert!(
        bench.note().contains("did not end well: the sum is 3, but was 4\n"),
        "{}",
        bench.note()
    );
    assert_eq!(ticks(&bench.target().join("metrics-001.parquet")), [10, 11, 12]);
}

#[test]
fn rows_that_find_no_room_go_elsewhere_and_then_nowhere_while_the_run_goes_on() {
    let bench = Bench::new();
    let mut record = bench.record();
    // A folder of that name stands for a disk that is full: the file cannot take its place.
    fs::create_dir_all(bench.target().join("metrics-001.parquet/full")).unwrap();
    let mut told = Vec::new();
    for row in &bench.rows[..35] {
        told.extend(record.row(row).err());
        assert!(record.rows.len() < 10);
    }
    let elsewhere = record.places[1].path().to_owned();
    assert_eq!(told.len(), 1, "{told:?}");
    for part in [
        "metrics-001.parquet: cannot write the measurements",
        "the run goes on; rows after tick 9 go to",
        &*shown(&elsewhere),
    ] {
        assert!(told[0].contains(part), "'{part}' is not in {}", told[0]);
    }
    assert!(bench.note().contains("up to tick 9 can be read"), "{}", bench.note());
    assert!(bench.note().contains(&shown(&elsewhere)), "{}", bench.note());
    assert_eq!(
        ticks(&elsewhere.join("metrics-001.parquet")),
        (10..20).collect::<Vec<_>>()
    );
    record.join(&record.places[1]).unwrap();
    assert_eq!(ticks(&elsewhere.join(METRICS)), (0..30).collect::<Vec<_>>());

    fs::create_dir_all(elsewhere.join("metrics-003.parquet/full")).unwrap();
    let mut told = Vec::new();
    for row in &bench.rows[35..] {
        told.extend(record.row(row).err());
    }
    assert_eq!((told.len(), record.rows.len()), (1, 0), "{told:?}");
    assert!(
        told[0].contains("the run goes on, but rows after tick 29 are missing, those before can be read in "),
        "{}",
        told[0]
    );
    let note = fs::read_to_string(elsewhere.join("unfinished")).unwrap();
    assert!(note.contains("The rows after tick 29 are missing."), "{note}");
    drop(record);
    assert!(elsewhere.join("metrics-002.parquet").exists());
    fs::remove_dir_all(elsewhere).unwrap();
}

#[test]
fn a_record_of_nothing_leaves_no_folder() {
    let bench = Bench::new();
    let record = bench.record();
    assert!(bench.target().exists());
    drop(record);
    assert!(!bench.target().exists());
}

#[test]
fn a_record_behind_a_run_has_all_rows_in_their_order() {
    let bench = Bench::new();
    let (told, tell) = teller();
    let behind = Behind::start(bench.record(), tell).ok().unwrap();
    bench.rows.iter().for_each(|row| behind.row(row));
    let (record, end) = behind.end();
    assert!(end.is_none() && !record.has_failed() && told.lock().unwrap().is_empty());
    record.join(&record.places[0]).unwrap();
    assert_eq!(ticks(&bench.target().join(METRICS)), (0..40).collect::<Vec<_>>());
    assert_eq!((record.rows.len(), record.waiting), (1, 1), "the last is for the end");
}

/// What the writer tells.
fn teller() -> (Arc<Mutex<Vec<String>>>, impl Fn(&str) + Send + 'static) {
    let told = Arc::<Mutex<Vec<String>>>::default();
    let to = Arc::clone(&told);
    (told, move |text: &str| to.lock().unwrap().push(text.to_owned()))
}

#[test]
fn a_run_hears_of_a_full_disk_from_the_writer_behind_it() {
    let bench = Bench::new();
    let record = bench.record();
    fs::create_dir_all(bench.target().join("metrics-001.parquet/full")).unwrap();
    let (told, tell) = teller();
    let behind = Behind::start(record, tell).ok().unwrap();
    bench.rows[..35].iter().for_each(|row| behind.row(row));
    let (record, end) = behind.end();
    assert!(end.is_none() && record.has_failed());
    let told = told.lock().unwrap();
    assert!(
        told.len() == 1 && told[0].contains("the run goes on; rows after tick 9 go to"),
        "{told:?}"
    );
    fs::remove_dir_all(record.places[1].path()).unwrap();
}

#[test]
fn a_run_waits_for_a_slow_disk_and_not_for_a_writer_that_is_gone() {
    let bench = Bench::new();
    // A clock that is looked at with each row makes every row slow, or ends the writer by a panic.
    for (pause, fails) in [(Duration::from_micros(20), false), (Duration::ZERO, true)] {
        let mut record = bench.record();
        let seen = AtomicU64::new(0);
        record.pace.values = usize::MAX;
        record.pace.clock = Box::new(move || {
            std::thread::sleep(pause);
            assert!(!fails || seen.fetch_add(1, Ordering::Relaxed) < 5, "meant to fail");
            Duration::ZERO
        });
        let behind = Behind::start(record, |_| {}).ok().unwrap();
        let most = (1 << 18) / bench.rows[0].figures().len();
        for _ in 0..40_000 {
            behind.row(&bench.rows[0]);
            // No more of them are in memory than may be, while somebody takes them.
            let waiting = behind.waiting();
            assert!(fails || waiting <= most, "{waiting} rows wait");
        }
        let (record, end) = behind.end();
        assert_eq!((end.is_some(), record.has_failed()), (fails, fails), "{end:?}");
        assert!(fails || record.rows.len() == 40_000);
        assert!(
            !fails || bench.note().contains("The rows from tick 0 on are missing."),
            "{}",
            bench.note()
        );
        drop(record);
        let _ = fs::remove_dir_all(bench.target());
    }
}

#[test]
fn a_row_that_is_written_over_becomes_the_other() {
    let bench = Bench::new();
    for pair in bench.rows.windows(2) {
        let mut row = pair[0].clone();
        row.refill(&pair[1]);
        assert_eq!(row, pair[1]);
    }
    let mut row = Measurement::default();
    row.refill(&bench.rows[3]);
    assert_eq!(row, bench.rows[3]);
}
