//! What is on the disk at any moment of a run.

use super::*;
use parquet::file::reader::{FileReader, SerializedFileReader};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::Path;
use std::rc::Rc;
use tetraswarm::Simulation;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::scenario::Scenario;

const TEXT: &str = "name = \"ring\"\nagents = 8\nticks = 40\nmeasure = { every = 1 }\ntopology = { kind = \"ring\" }\n\
                    consensus = { rule = \"average\", start = { kind = \"uniform\", low = 0, high = 999 } }\n";

/// A row of each of the ticks 0 to 40, and a record of segments of ten rows that looks at a clock that stands still.
struct Bench {
    folder: tempfile::TempDir,
    rows: Vec<Measurement>,
    clock: Rc<Cell<u64>>,
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
            clock: Rc::default(),
        }
    }

    fn record(&self) -> Record {
        let clock = Rc::clone(&self.clock);
        let pace = Pace {
            values: 10 * self.rows[0].figures().len(),
            longest: Duration::from_secs(5),
            clock: Box::new(move || Duration::from_secs(clock.get())),
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
    bench.clock.set(4);
    record.row(&bench.rows[1]).unwrap();
    record.wait().unwrap();
    assert!(!first.exists(), "too early");
    bench.clock.set(5);
    record.wait().unwrap();
    assert_eq!(ticks(&first), [0, 1]);
    // Nothing waits: nothing is written.
    fs::remove_file(&first).unwrap();
    bench.clock.set(60);
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
    bench.clock.set(70);
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
