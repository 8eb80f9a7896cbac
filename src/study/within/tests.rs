//! That a run goes on within itself, and what is not believed.

use super::*;
use crate::device::cpu::CpuDevice;
use crate::scenario::Document;
use crate::study::engine::run_within;
use crate::study::figure::FigureSpec;
use std::sync::Mutex;

/// What was told.
static TOLD: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn scenario() -> Scenario {
    let mut document = Document::open("blackout").unwrap();
    for (key, value) in [("agents", "256"), ("ticks", "2000"), ("measure.every", "7")] {
        document.set("a test", key, value).unwrap();
    }
    document.scenario().unwrap()
}

/// A run and its twin that are given up as soon as there is a checkpoint, again and again, come to the figures of an undisturbed one.
#[test]
fn a_run_goes_on_within_itself() {
    let folder = tempfile::tempdir().unwrap();
    let device = CpuDevice::new(1).unwrap();
    let (scenario, figures) = (scenario(), ["disagreement:mean", "disagreement:max", "disagreement"]);
    let figures = figures.map(|word| FigureSpec::of_word(word).unwrap());
    let run = |own: Option<&Own>, halt: &Halt| run_within(&scenario, &device, (&figures, true), halt, own).unwrap();
    let whole = run(None, &Halt::default()).unwrap();
    let within = Within::new(folder.path(), When::Ticks(100));
    let own = within.of("a");
    let last = |part: &str| {
        own.part(part)
            .checkpoints
            .list()
            .first()
            .map(|path| Checkpoint::open(path).unwrap().manifest().tick)
    };
    for part in ["run", "twin"] {
        let before = last(part);
        let halt = Halt::default();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while last(part) == before {
                    std::thread::yield_now();
                }
                halt.ask();
            });
            assert_eq!(run(Some(&own), &halt), None, "{part}");
        });
        let tick = last(part).unwrap();
        let mut watch = Watch::of(&figures, true);
        let resumed = own.part(part).resumed(&scenario, &device, &mut watch);
        assert!(part == "twin" || resumed.unwrap().tick() == tick && tick >= 100);
    }
    // From now on only what is there is read.
    let own = Within::new(folder.path(), When::Ticks(1 << 30)).of("a");
    // The first is not run again, only its twin.
    assert!(own.part("run").end(&mut Watch::of(&figures, true)).is_some());
    assert_eq!(run(Some(&own), &Halt::default()), Some(whole.clone()));
    // What is read of a run that is damaged is not believed, and said.
    let own = Within::new(folder.path(), When::Ticks(1 << 30));
    let own = own
        .telling(|line| TOLD.lock().unwrap().push(line.to_owned()), false)
        .of("a");
    let rows = own.part("twin").checkpoints.list()[0].join(ROWS);
    let text = fs::read_to_string(&rows).unwrap().replacen('1', "2", 1);
    fs::write(&rows, text).unwrap();
    assert!(read(&rows).is_none());
    assert_eq!(run(Some(&own), &Halt::default()), Some(whole));
    let told = TOLD.lock().unwrap().join("\n");
    for part in ["rows.json: the checkpoint is damaged", "; the "] {
        assert!(told.contains(part), "{told}");
    }
    within.forget("a");
    assert!(!folder.path().join(UNDER_WAY).exists());
}
