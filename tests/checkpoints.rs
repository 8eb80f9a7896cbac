//! A run that goes on from a checkpoint, on any device, is the run that was never ended; and a checkpoint with one flipped bit is none.

use crate::support::work::{SAMPLES, put_files};
use crate::support::{devices, every_rule, files, learning};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tetraswarm::checkpoint::{Checkpoint, Checkpoints, Options, Setting};
use tetraswarm::column::ColumnId;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::device::{Device, Event};
use tetraswarm::gauge::Measurement;
use tetraswarm::scenario::Scenario;
use tetraswarm::swarm::Swarm;
use tetraswarm::trace::JobResult;
use tetraswarm::{Error, Simulation};

/// All that a run comes to.
#[derive(Debug, PartialEq)]
struct End {
    tick: u32,
    rows: Vec<Measurement>,
    aftermath: Vec<tetraswarm::gauge::Aftermath>,
    jobs: Option<Vec<JobResult>>,
    columns: Vec<Vec<u32>>,
}

/// Runs to the end, or to a tick; answers the rows that were measured on the way.
fn run(simulation: &mut Simulation, until: u32) -> Vec<Measurement> {
    let mut rows = Vec::new();
    simulation
        .run_until(until, |event| {
            if let Event::Measured(row) = event {
                rows.push(row.clone());
            }
            ControlFlow::Continue(())
        })
        .unwrap();
    rows
}

fn end(simulation: &mut Simulation, rows: Vec<Measurement>) -> End {
    let names: Vec<&str> = simulation.plan().columns.iter().map(|column| column.name).collect();
    End {
        tick: simulation.tick(),
        rows,
        aftermath: simulation.aftermath().unwrap(),
        jobs: simulation.jobs().unwrap(),
        columns: names.into_iter().map(|name| simulation.column(name).unwrap()).collect(),
    }
}

fn setting(scenario: &Scenario, compress: bool) -> Setting {
    Setting {
        scenario: scenario.to_toml().unwrap(),
        options: Options {
            compress,
            ..Options::default()
        },
        ..Setting::default()
    }
}

/// Compares a run with one that is ended at `at`, written down, and gone on with on another device.
fn compare(label: &str, swarm: impl Fn() -> Swarm, scenario: &Scenario, at: u32, [one, other]: [&dyn Device; 2]) {
    let ticks = scenario.ticks;
    let mut whole = Simulation::load(swarm(), one).unwrap();
    let rows = run(&mut whole, ticks);
    let whole = end(&mut whole, rows);
    let folder = TempDir::new().unwrap();
    let mut first = Simulation::load(swarm(), one).unwrap();
    let rows = run(&mut first, at);
    if first.tick() < at || at == 0 {
        // Its stop condition held.
        return;
    }
    let compress = at.is_multiple_of(2);
    let written = first.checkpoint(folder.path(), &setting(scenario, compress)).unwrap();
    assert_eq!(written.tick, at);
    let on_disk: u64 = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().metadata().unwrap().len())
        .sum();
    assert_eq!(written.bytes, on_disk, "{label}");
    drop(first);
    let checkpoint = Checkpoint::open(folder.path()).unwrap();
    checkpoint.verify().unwrap();
    let mut second = Simulation::load(swarm(), other).unwrap();
    let resumed = second
        .resume(&checkpoint)
        .unwrap_or_else(|error| panic!("{label}: {error}"));
    assert_eq!((resumed.tick, second.tick()), (at, at), "{label}");
    // The row of a tick that was measured only since the run was ended there is none of the whole.
    let mut all: Vec<Measurement> = rows
        .into_iter()
        .filter(|row| Some(row.tick) <= resumed.last_row)
        .chain(resumed.row.clone())
        .collect();
    all.extend(run(&mut second, ticks));
    let gone_on = end(&mut second, all);
    assert_eq!(gone_on.tick, whole.tick, "{label}");
    for (row, expected) in gone_on.rows.iter().zip(&whole.rows) {
        assert_eq!(row, expected, "{label}");
    }
    assert!(gone_on == whole, "{label}: rows, events, jobs or columns differ");
}

#[test]
fn every_rule_goes_on_on_any_device() {
    let folder = files();
    let devices = devices();
    let mut turn = 0;
    every_rule(folder.path(), |label, scenario| {
        // Software GPUs take a while to compile: now and then one of them.
        let gpus = devices.len() - 2;
        let pair = match turn % 16 {
            5 if gpus > 0 => [0, 2 + turn / 16 % gpus],
            13 if gpus > 0 => [2 + turn / 16 % gpus, 1],
            _ => [turn % 2, 1 - turn % 2],
        };
        let pair = pair.map(|at| &*devices[at]);
        let at = scenario.ticks * (1 + turn as u32 % 5) / 6;
        turn += 1;
        compare(
            &format!("{label} at {at}"),
            || Swarm::build(scenario, folder.path()).unwrap(),
            scenario,
            at,
            pair,
        );
    });
    assert!(turn >= 20, "{turn} scenarios only");
}

#[test]
fn cells_go_on_on_any_device() {
    let folder = files();
    put_files(folder.path());
    let devices = devices();
    for (turn, sample) in SAMPLES.iter().enumerate() {
        let scenario = sample.scenario(7);
        // As above, one in two: all samples are the same on every GPU, which is another test.
        let gpus = devices.len() - 2;
        let pair = match turn % 4 {
            1 if gpus > 0 => [0, 2 + turn / 4 % gpus],
            3 if gpus > 0 => [2 + turn / 4 % gpus, 1],
            _ => [turn % 2, 1 - turn % 2],
        };
        let pair = pair.map(|at| &*devices[at]);
        // Before, at and after the events of the samples, and where no row is due.
        let at = [37, 50, 51, 63, 91][turn % 5];
        compare(
            sample.name,
            || Swarm::build(&scenario, folder.path()).unwrap(),
            &scenario,
            at,
            pair,
        );
    }
}

#[test]
fn cells_that_come_and_go_go_on_on_any_device() {
    let devices = devices();
    for (turn, (name, scenario)) in crate::growth::scenarios().enumerate() {
        let (pair, scenario) = match turn {
            0 => ([0, devices.len() - 1], crate::growth::seldom(&scenario)),
            k => ([k % 2, 1 - k % 2], scenario),
        };
        let build = || Swarm::build(&scenario, Path::new("")).unwrap();
        let pair = pair.map(|at| &*devices[at]);
        compare(name, build, &scenario, [130, 75, 222][turn % 3], pair);
    }
}

#[test]
fn strategies_go_on_on_any_device() {
    let folder = files();
    let devices = devices();
    let mut turn = 0;
    learning::every(folder.path(), |label, scenario| {
        turn += 1;
        // Between them the rest of the tests has every step on every device.
        let pair = match turn % 12 {
            7 => [0, devices.len() - 1],
            k => [k % 2, 1 - k % 2],
        };
        let pair = pair.map(|at| &*devices[at]);
        compare(
            label,
            || Swarm::build(scenario, folder.path()).unwrap(),
            scenario,
            scenario.ticks / 2,
            pair,
        );
    });
}

const TEXT: &str = "name = \"ring\"\nagents = 40\nticks = 30\nmeasure = { every = 4 }\ntopology = { kind = \"ring\" }\n\
                    consensus = { rule = \"average\", start = { kind = \"uniform\", low = 0, high = 999 } }\n\
                    faults = { crash = 0.05, recovery = 0.1, events = [{ kind = \"kill\", tick = 9, who = { kind = \"share\", share = 0.3 } }] }\n";

fn scenario() -> Scenario {
    Scenario::from_toml("ring", TEXT).unwrap()
}

fn written(folder: &Path, compress: bool) -> PathBuf {
    let mut simulation = Simulation::new(&scenario(), &CpuDevice::new(1).unwrap()).unwrap();
    run(&mut simulation, 13);
    let of = folder.join("one");
    std::fs::create_dir(&of).unwrap();
    simulation.checkpoint(&of, &setting(&scenario(), compress)).unwrap();
    of
}

/// Opens it and puts it onto a device.
fn take_up(folder: &Path) -> Result<Simulation, Error> {
    let checkpoint = Checkpoint::open(folder)?;
    let mut simulation = Simulation::new(&scenario(), &CpuDevice::new(1).unwrap()).unwrap();
    simulation.resume(&checkpoint)?;
    Ok(simulation)
}

#[test]
fn one_flipped_bit_anywhere_is_seen() {
    for compress in [false, true] {
        let folder = TempDir::new().unwrap();
        let one = written(folder.path(), compress);
        take_up(&one).unwrap();
        let mut count = 0;
        for entry in std::fs::read_dir(&one).unwrap() {
            let path = entry.unwrap().path();
            let whole = std::fs::read(&path).unwrap();
            for at in 0..whole.len() {
                let mut flipped = whole.clone();
                // Every byte, each bit in turn.
                flipped[at] ^= 1 << (at % 8);
                std::fs::write(&path, &flipped).unwrap();
                let answer = Checkpoint::open(&one).and_then(|checkpoint| checkpoint.verify());
                let error = answer
                    .err()
                    .unwrap_or_else(|| panic!("byte {at} of {}", path.display()));
                assert!(matches!(error, Error::Damaged { .. }), "{error}");
                let name = path.file_name().unwrap().to_string_lossy();
                assert!(error.to_string().contains(&*name), "{error}");
                count += 1;
            }
            // Cut off, longer, and not there.
            for wrong in [
                &whole[..whole.len() - 1],
                &whole[..whole.len() / 2],
                &[],
                &[&*whole, b"x"].concat(),
            ] {
                std::fs::write(&path, wrong).unwrap();
                assert!(take_up(&one).is_err(), "{} bytes of {}", wrong.len(), path.display());
            }
            std::fs::remove_file(&path).unwrap();
            assert!(take_up(&one).is_err());
            std::fs::write(&path, whole).unwrap();
        }
        assert!(count > 1000, "{count}");
        take_up(&one).unwrap();
    }
}

#[test]
fn a_column_is_an_array_of_numpys() {
    let folder = TempDir::new().unwrap();
    let checkpoint = Checkpoint::open(&written(folder.path(), false)).unwrap();
    let mut simulation = take_up(checkpoint.folder()).unwrap();
    for column in &checkpoint.manifest().columns {
        let bytes = std::fs::read(checkpoint.folder().join(&column.file)).unwrap();
        let npy = npyz::NpyFile::new(&bytes[..]).unwrap();
        assert_eq!(npy.shape(), column.shape);
        let words: Vec<u32> = npy.into_vec().unwrap();
        assert_eq!(words, simulation.column(&column.name).unwrap());
    }
    assert_eq!(checkpoint.manifest().columns[0].shape, [1, 40]);
}

#[test]
fn a_checkpoint_of_another_swarm_is_refused() {
    let folder = TempDir::new().unwrap();
    let checkpoint = Checkpoint::open(&written(folder.path(), false)).unwrap();
    let other = |text: &str| {
        let scenario = Scenario::from_toml("other", text).unwrap();
        Simulation::new(&scenario, &CpuDevice::new(1).unwrap()).unwrap()
    };
    let seed = TEXT.replace("ticks", "seed = 5\nticks");
    let error = other(&seed).resume(&checkpoint).unwrap_err().to_string();
    assert!(error.contains("fingerprint at tick 0"), "{error}");
    let more = TEXT.replace("agents = 40", "agents = 41");
    let error = other(&more).branch(&checkpoint).unwrap_err().to_string();
    assert!(
        error.contains("consensus.belief") && error.contains("40 numbers"),
        "{error}"
    );
    let (without, _) = TEXT.split_once("faults").unwrap();
    let error = other(without).branch(&checkpoint).unwrap_err().to_string();
    assert!(error.contains("faults.status") && error.contains("no place"), "{error}");
    let mut old = take_up(checkpoint.folder()).unwrap();
    let error = old.resume(&checkpoint).unwrap_err().to_string();
    assert!(error.contains("new simulation"), "{error}");
    assert!(checkpoint.check_version("other parts").is_err());
}

/// With nothing changed a branch is the run itself; with other events from then on, the past is the same and the future is not.
#[test]
fn a_branch_has_the_same_past() {
    let folder = TempDir::new().unwrap();
    let checkpoint = Checkpoint::open(&written(folder.path(), false)).unwrap();
    let future = |text: &str| {
        let scenario = Scenario::from_toml("branch", text).unwrap();
        let mut simulation = Simulation::new(&scenario, &CpuDevice::new(1).unwrap()).unwrap();
        let resumed = simulation.branch(&checkpoint).unwrap();
        let now = simulation.column("consensus.belief").unwrap();
        let mut rows: Vec<Measurement> = resumed.row.into_iter().collect();
        rows.extend(run(&mut simulation, 30));
        (now, rows, simulation.aftermath().unwrap(), resumed.new)
    };
    let mut whole = Simulation::new(&scenario(), &CpuDevice::new(1).unwrap()).unwrap();
    let rows = run(&mut whole, 30);
    let (now, same, _, new) = future(TEXT);
    assert!(new.is_empty());
    assert_eq!(same.last(), rows.last());
    let second = "{ kind = \"partition\", tick = 15, along = { kind = \"ranges\", starts = [20] } }, { kind = \"heal\", tick = 28 }, \
                  { kind = \"kill\", tick = 20, who = { kind = \"share\", share = 0.5, draw = 3 } }] }";
    let (then, other, events, _) = future(&TEXT.replace("] }", &format!(", {second}")));
    assert_eq!(now, then);
    assert_ne!(other.last().unwrap().fingerprint, rows.last().unwrap().fingerprint);
    assert_eq!(events.len(), 4, "{events:?}");
    assert!(events[2].changed > Some(0), "{events:?}");
    // A past without faults has them from then on.
    let (calm, _) = TEXT.split_once("faults").unwrap();
    let calm = Scenario::from_toml("calm", calm).unwrap();
    let mut simulation = Simulation::new(&calm, &CpuDevice::new(1).unwrap()).unwrap();
    run(&mut simulation, 8);
    let place = TempDir::new().unwrap();
    simulation.checkpoint(place.path(), &setting(&calm, false)).unwrap();
    let mut stormy = Simulation::new(&scenario(), &CpuDevice::new(1).unwrap()).unwrap();
    let resumed = stormy.branch(&Checkpoint::open(place.path()).unwrap()).unwrap();
    assert!(resumed.new.contains(&"faults.status"), "{:?}", resumed.new);
    run(&mut stormy, 30);
    assert!(stormy.aftermath().unwrap()[0].changed > Some(0));
}

#[test]
fn words_beyond_a_column_change_nothing() {
    let mut execution = CpuDevice::new(1)
        .unwrap()
        .load(Swarm::build(&scenario(), Path::new("")).unwrap())
        .unwrap();
    execution.write_range(ColumnId(0), 38, &[7, 8, 9, 10]).unwrap();
    assert_eq!(execution.read_range(ColumnId(0), 38..40).unwrap(), [7, 8]);
    execution.resume_at(13).unwrap();
    assert_eq!(execution.tick(), 13);
}

#[test]
fn the_newest_that_is_whole_is_taken() {
    let folder = TempDir::new().unwrap();
    let all = Checkpoints::of(folder.path());
    let lock = all.lock().unwrap();
    assert!(all.lock().unwrap_err().to_string().contains("under way"));
    let mut simulation = Simulation::new(&scenario(), &CpuDevice::new(1).unwrap()).unwrap();
    for tick in [3, 6, 9] {
        run(&mut simulation, tick);
        let written = all
            .add(2, |one| simulation.checkpoint(one, &setting(&scenario(), false)))
            .unwrap();
        assert_eq!(written.tick, tick);
    }
    let ticks = || -> Vec<u32> {
        let opened = all.list().into_iter().map(|path| Checkpoint::open(&path).unwrap());
        opened.map(|checkpoint| checkpoint.manifest().tick).collect()
    };
    assert_eq!(ticks(), [9, 6]);
    // One that cannot be written leaves them as they are, and nothing else.
    let failed = all.add(2, |one| {
        std::fs::write(one.join("half"), "x").unwrap();
        Err(Error::file(
            one,
            "write the checkpoint",
            std::io::ErrorKind::StorageFull.into(),
        ))
    });
    assert!(failed.is_err());
    assert_eq!(ticks(), [9, 6]);
    assert_eq!(std::fs::read_dir(all.folder()).unwrap().count(), 3);
    // What a process left behind that was killed goes with the next lock.
    drop(lock);
    std::fs::create_dir(all.folder().join(".partial-1")).unwrap();
    let _lock = all.lock().unwrap();
    assert_eq!(std::fs::read_dir(all.folder()).unwrap().count(), 3);
    let newest = |told: &mut Vec<String>| {
        let tick = |checkpoint: Checkpoint| checkpoint.verify().map(|()| checkpoint.manifest().tick);
        all.newest(tick, |text| told.push(text.to_owned()))
    };
    let mut told = Vec::new();
    assert_eq!(newest(&mut told).unwrap(), 9);
    let damage = |which: usize| {
        let file = all.list()[which].join("00-consensus.belief.npy");
        let mut bytes = std::fs::read(&file).unwrap();
        bytes[200] ^= 4;
        std::fs::write(file, bytes).unwrap();
    };
    damage(0);
    assert_eq!(newest(&mut told).unwrap(), 6);
    assert!(
        told[0].contains("tick-0000000009") && told[0].contains("damaged") && told[0].contains("the one before it"),
        "{told:?}"
    );
    damage(1);
    assert!(matches!(newest(&mut told).unwrap_err(), Error::Damaged { .. }));
    // A run that goes on from the sixth tick writes the ninth again, in its place.
    let mut simulation = Simulation::new(&scenario(), &CpuDevice::new(1).unwrap()).unwrap();
    run(&mut simulation, 9);
    all.add(2, |one| simulation.checkpoint(one, &setting(&scenario(), false)))
        .unwrap();
    assert_eq!(newest(&mut told).unwrap(), 9);
    all.clear();
    assert!(all.list().is_empty() && !all.folder().exists());
}
