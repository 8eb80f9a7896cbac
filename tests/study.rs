//! Studies as a library: what is run, what is kept, and that it is the same however it comes about.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Mutex;
use tempfile::TempDir;
use tetraswarm::Error;
use tetraswarm::device::Halt;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::scenario::{Registry, Scenario};
use tetraswarm::study::statistics::Mean;
use tetraswarm::study::{
    self, About, Design, Engine, Extent, FigureSpec, Folder, Journal, RESULTS, Results, STUDY, Step, Study, Verdict,
    choose,
};

const WORK: &str = r#"
name = "policies"
seeds = 5
set = ["agents=256", "ticks=120", "faults.events=[]"]
scenario = "orchestra"
baseline = "none"
[[axis]]
key = "work.balance.policy"
values = ["flow", "two-choices", "none"]
[[axis]]
key = "work.arrivals.load"
values = [0.5, 0.8]
role = "level"
[[figure]]
name = "response_mean"
[[figure]]
name = "committed"
"#;

fn design(text: &str) -> Result<Design, Error> {
    Design::new(Study::parse("study.toml", text)?, &Registry::standard())
}

fn about() -> About {
    About {
        command: "again".to_owned(),
        device: "here".to_owned(),
    }
}

/// Runs a study in a folder, or goes on with it; at most so many runs, if that is said.
fn conduct(text: &str, folder: &Path, resume: bool, extent: Extent, most: Option<usize>) -> Results {
    let mut design = design(text).unwrap();
    let device = CpuDevice::new(2).unwrap();
    let halt = Halt::default();
    let engine = Engine::new(&device, 2, halt.clone());
    let mut folder = Folder::open(folder, &design, resume).unwrap();
    let mut done = 0;
    let results = study::conduct(&mut design, &engine, &mut folder.journal, extent, &about(), &mut |_| {
        done += 1;
        if most.is_some_and(|most| done >= most) {
            halt.ask();
        }
    });
    let results = results.unwrap();
    folder.finish(&design, &results).unwrap();
    results
}

#[test]
fn an_interrupted_study_comes_to_the_same_as_an_undisturbed_one() {
    let folder = TempDir::new().unwrap();
    let (whole, pieces) = (folder.path().join("whole"), folder.path().join("pieces"));
    let expected = conduct(WORK, &whole, false, Extent::default(), None);
    assert_eq!(
        (expected.missing, expected.variants.len(), expected.results.len()),
        (0, 6, 12)
    );
    assert_eq!(expected.comparisons.len(), 8);
    for k in 0.. {
        let found = conduct(WORK, &pieces, k > 0, Extent::default(), Some(7));
        if found.missing == 0 {
            assert_eq!(found, expected);
            assert!(k >= 2);
            break;
        }
        // As a kill leaves it.
        let journal = pieces.join("journal.jsonl");
        let text = fs::read_to_string(&journal).unwrap();
        fs::write(&journal, &text[..text.len() - 5]).unwrap();
        let design = design(WORK).unwrap();
        let kept = Folder::open(&pieces, &design, true).unwrap();
        assert!(kept.journal.was_cut());
        assert_eq!(kept.journal.len(), text.lines().count() - 1);
    }
    // Another axis value: nothing that is there is run again.
    let before = fs::read_to_string(whole.join("journal.jsonl")).unwrap().lines().count();
    let wider = WORK.replace("values = [0.5, 0.8]", "values = [0.3, 0.5, 0.8]");
    let found = conduct(&wider, &whole, true, Extent::default(), None);
    let after = fs::read_to_string(whole.join("journal.jsonl")).unwrap().lines().count();
    assert_eq!((before, after, found.missing), (30, 45, 0));
}

#[test]
fn shards_put_together_come_to_the_same() {
    let folder = TempDir::new().unwrap();
    let tuned = WORK.replace(
        "baseline = \"none\"",
        "subject = \"flow\"\nagainst = \"best\"\ntune = { seeds = 3 }",
    );
    let expected = conduct(&tuned, &folder.path().join("whole"), false, Extent::default(), None);
    assert!(expected.comparisons.iter().all(|comparison| comparison.n == 5));
    let shards: Vec<_> = (1..=4).map(|k| folder.path().join(format!("{k}"))).collect();
    for (k, shard) in (1..).zip(&shards) {
        conduct(
            &tuned,
            shard,
            false,
            Extent {
                shard: Some((k, 4)),
                time: None,
            },
            None,
        );
    }
    let design = design(&tuned).unwrap();
    let mut to = Folder::open(&folder.path().join("merged"), &design, false).unwrap();
    let paths: Vec<&Path> = shards.iter().map(|shard| shard.as_path()).collect();
    let mut found = study::merge(&paths, &design, &mut to, &about()).unwrap();
    // Shards run all variants on both kinds of seeds, so a merged study may know more, and nothing else.
    for (expected, found) in expected.variants.iter().zip(&mut found.variants) {
        found.tune_mean = found.tune_mean.filter(|_| expected.tune_mean.is_some());
    }
    assert_eq!(found, expected);
}

#[test]
fn nothing_is_compared_on_seeds_that_choose() {
    let text = WORK.replace(
        "baseline = \"none\"",
        "subject = \"flow\"\nagainst = \"best\"\ntune = { seeds = 3 }",
    );
    let design = design(&text).unwrap();
    assert!(design.tune_seeds.iter().all(|seed| !design.seeds.contains(seed)));
    let folder = TempDir::new().unwrap();
    let mut journal = Journal::open(folder.path()).unwrap();
    let Step::Needs(tasks) = choose(&design, &journal) else {
        panic!()
    };
    assert!(
        tasks
            .iter()
            .all(|task| task.is_tune && design.tune_seeds.contains(&task.seed))
    );
    let device = CpuDevice::new(1).unwrap();
    let engine = Engine::new(&device, 1, Halt::default());
    engine.run(&design, &tasks, &mut journal, &mut |_| {}).unwrap();
    let Step::Done(choice) = choose(&design, &journal) else {
        panic!()
    };
    assert!(
        choice
            .tasks(&design, 0..5)
            .iter()
            .all(|task| !task.is_tune && !design.tune_seeds.contains(&task.seed))
    );
    // At either level what fares worse than the other alternative is none to compare with.
    assert_eq!(choice.pairs.len(), 2);
    for pair in &choice.pairs {
        assert!(design.variants[pair.variant].name.contains("flow"));
        assert!(
            design.variants[pair.baseline].name.contains("two-choices"),
            "{}",
            design.variants[pair.baseline].name
        );
    }
    // A seed that is among those that choose is refused.
    let clash = text.replace("seeds = 5", &format!("seeds = [1, {}]", design.tune_seeds[0]));
    assert!(
        self::design(&clash)
            .unwrap_err()
            .to_string()
            .contains("among those that choose")
    );
}

#[test]
fn the_same_twice_is_identical_and_never_no_number() {
    let text = WORK
        .replace(
            "values = [\"flow\", \"two-choices\", \"none\"]",
            "values = [\"none\", { kind = \"none\" }]",
        )
        .replace(", 0.8]", "]");
    let folder = TempDir::new().unwrap();
    let results = conduct(&text, &folder.path().join("same"), false, Extent::default(), None);
    for comparison in &results.comparisons {
        assert_eq!(comparison.verdict, Some(Verdict::Identical));
        assert_eq!(
            (comparison.difference, comparison.percent, comparison.p),
            (Some(0.0), Some(0.0), Some(1.0))
        );
    }
    assert!(results.verdicts.iter().all(|overall| overall.verdict == "identical"));
    let text = fs::read_to_string(folder.path().join("same").join(RESULTS)).unwrap();
    assert!(!text.contains("NaN"));
    assert_eq!(study::load(&folder.path().join("same").join(RESULTS)).unwrap(), results);
}

#[test]
fn what_cannot_be_is_refused_by_name() {
    let with = |from: &str, to: &str| {
        let text = WORK.replace(from, to);
        assert_ne!(text, WORK, "{from}");
        design(&text).unwrap_err().to_string()
    };
    for (from, to, said) in [
        ("work.balance.policy", "work.balance.polcy", "polcy"),
        ("work.balance.policy", "work.balance.polcy", "policy"),
        ("\"two-choices\"", "\"two-choises\"", "two-choices"),
        ("values = [0.5, 0.8]", "values = []", "has no values"),
        ("values = [0.5, 0.8]", "values = [0.5, 0.5]", "0.5 twice"),
        ("values = [0.5, 0.8]", "values = [0.5, 3.0]", "work.arrivals.load"),
        ("work.arrivals.load", "work.balance.policy", "on two axes"),
        ("baseline = \"none\"", "baseline = \"nune\"", "did you mean 'none'?"),
        ("\"committed\"", "\"comitted\"", "did you mean 'committed'?"),
        ("\"committed\"", "\"fingerprint\"", "is a text"),
        ("seeds = 5", "seeds = 0", "seeds"),
        ("seeds = 5", "seeds = [1, 1]", "one twice"),
        ("seeds = 5", "sedes = 5", "study.toml:3:1"),
        ("name = \"policies\"", "name = \"../up\"", "name"),
        ("key = \"work.arrivals.load\"", "key = \"seed\"", "seeds"),
        (
            "name = \"committed\"",
            "name = \"committed\"\nhow = \"recovery\"\nbound = 1",
            "twin",
        ),
        (
            "name = \"committed\"",
            "name = \"committed\"\nhow = \"percentile\"",
            "percent",
        ),
        ("role = \"level\"", "role = \"tune\"", "tune"),
        ("baseline = \"none\"", "against = \"best\"", "subject"),
        ("baseline = \"none\"", "twin = true", "faults.events"),
        ("\"ticks=120\"", "\"ticks=120\", \"measure.from=120\"", "measure.from"),
    ] {
        let message = with(from, to);
        assert!(message.contains(said), "{to}: '{said}' is not in: {message}");
    }
    // The axis is named where a value does not fit.
    assert!(with("\"two-choices\"", "\"two-choises\"").contains("--axis work.balance.policy=two-choises"));
}

#[test]
fn a_folder_of_something_else_is_left_alone() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("study");
    conduct(WORK, &path, false, Extent::default(), Some(1));
    let keep =
        || ["study.toml", "journal.jsonl", "results.json"].map(|name| fs::read_to_string(path.join(name)).unwrap());
    let before = keep();
    let open = |text: &str, resume: bool| {
        Folder::open(&path, &design(text).unwrap(), resume)
            .map(drop)
            .unwrap_err()
            .to_string()
    };
    assert!(open(WORK, false).contains("--resume"));
    assert!(open(&WORK.replace("\"policies\"", "\"others\""), true).contains("another study, 'policies'"));
    let other = WORK.replace("scenario = \"orchestra\"", "scenario = \"concert\"");
    assert!(open(&other, true).contains("another scenario, orchestra"));
    assert_eq!(keep(), before);
    let results = path.join("results.json");
    fs::write(&results, &before[2][..before[2].len() / 2]).unwrap();
    assert!(open(WORK, true).contains("results.json"));
    fs::write(&results, &before[2]).unwrap();
    fs::write(path.join("journal.jsonl"), format!("{{}}\n{}", before[1])).unwrap();
    assert!(open(WORK, true).contains("journal.jsonl:1"));
    let full = folder.path().join("full");
    fs::create_dir(&full).unwrap();
    fs::write(full.join("mine"), "").unwrap();
    let error = Folder::open(&full, &design(WORK).unwrap(), true)
        .unwrap_err()
        .to_string();
    assert!(error.contains("holds no study"), "{error}");
    assert!(!full.join(STUDY).exists());
}

#[test]
fn a_run_that_fails_is_a_row_with_its_error() {
    // Beliefs that leave the range in which arithmetic is exact.
    let text = r#"
name = "fails"
seeds = 2
scenario = "agreement"
set = ["agents=64", "ticks=20", "stop={}", "consensus.rule=tracking", "consensus.start={kind=\"uniform\",low=0,high=0}"]
[[axis]]
key = "consensus.signal"
values = [{ kind = "ramp", slope = 1 }, { kind = "ramp", slope = 268435456 }]
[[figure]]
name = "spread"
"#;
    // Whatever the scenario's keys are called, it is refused or it fails; it does not end the study.
    let Ok(_) = design(text) else { return };
    let folder = TempDir::new().unwrap();
    let results = conduct(text, &folder.path().join("fails"), false, Extent::default(), None);
    assert_eq!(results.missing, 0);
}

#[test]
fn recovery_is_against_the_twin_without_events() {
    let text = r#"
name = "twin"
seeds = 3
twin = true
scenario = "agreement"
set = ["agents=256", "ticks=200", "measure.every=5", "stop={}", "timing.kind=synchronous",
  "faults={recovered=1,events=[{kind=\"kill\",tick=33,who={kind=\"share\",share=0.3}},{kind=\"revive\",tick=150}]}"]
[[figure]]
name = "up"
how = "recovery"
bound = 0
[[figure]]
name = "up"
how = "recovery"
bound = 0
event = 1
label = "second"
[[figure]]
name = "up"
how = "min"
"#;
    let folder = TempDir::new().unwrap();
    let results = conduct(text, &folder.path().join("twin"), false, Extent::default(), None);
    let of = |figure: &str| results.mean(figure, 0).copied().unwrap_or(Mean::of(&[]));
    // The dead are down until the next event, and all are back in the row just after it.
    assert_eq!(of("up recovery from event 0").mean, None);
    assert_eq!(of("second").mean, Some(1.0));
    assert_eq!(of("up min").mean, Some(179.0));
}

#[test]
fn the_best_value_is_found_and_confirmed_on_fresh_seeds() {
    let text = r#"
name = "find"
seeds = 4
tune = { seeds = 4, halving = true }
scenario = "orchestra"
set = ["agents=256", "ticks=150", "faults.events=[]"]
[[axis]]
key = "work.queue"
values = [2, 4, 8, 16, 32]
role = "tune"
[[figure]]
name = "committed"
"#;
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("find");
    let results = conduct(text, &path, false, Extent::default(), None);
    let tuned: Vec<_> = results.variants.iter().filter(|variant| variant.tuned).collect();
    assert_eq!(tuned.len(), 1);
    assert_ne!(tuned[0].name, "work.queue=2");
    assert_eq!(results.comparisons.len(), 1);
    assert_eq!(results.comparisons[0].n, 4);
    // Halving runs fewer than all.
    let journal = Journal::read(&path).unwrap();
    assert!(journal.len() < 5 * 4 + 2 * 4, "{}", journal.len());
}

#[test]
fn seeds_are_added_until_the_interval_is_narrow() {
    let text = WORK
        .replace("seeds = 5", "seeds = 5\nuntil = 0.05")
        .replace(", 0.8]", "]")
        .replace(", \"none\"]", "]")
        .replace("baseline = \"none\"", "");
    let folder = TempDir::new().unwrap();
    let results = conduct(&text, &folder.path().join("until"), false, Extent::default(), None);
    let one = &results.comparisons[0];
    assert!(
        (one.percent_high.unwrap() - one.percent_low.unwrap()) / 2.0 <= 5.0,
        "{one:?}"
    );
}

#[test]
fn a_row_is_run_again_to_the_same_fingerprint() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("study");
    conduct(WORK, &path, false, Extent::default(), None);
    // The folder is all that is needed.
    let design = Design::new(Study::read(&path.join(STUDY)).unwrap(), &Registry::standard()).unwrap();
    let journal = Journal::read(&path).unwrap();
    let device = CpuDevice::new(2).unwrap();
    for row in [0, 7, 29] {
        let task = design.task_at(row).unwrap();
        let kept = journal.get(&design, task).unwrap();
        assert_eq!(kept.row, row);
        let outcome = study::run(
            &design.scenario_of(task),
            &device,
            &design.figures,
            false,
            &Halt::default(),
        )
        .unwrap()
        .unwrap();
        assert_eq!(Some(outcome.fingerprint), kept.fingerprint);
    }
    assert_eq!(design.task_at(30), None);
}

/// Common random numbers: an event moves no draw of anything else, so both runs have the same tasks.
#[test]
fn the_same_seed_brings_the_same_tasks_whatever_varies() {
    let text = WORK
        .replace("\"faults.events=[]\"", "\"work.arrivals.until=60\"")
        .replace(
            "work.balance.policy\"\nvalues = [\"flow\", \"two-choices\", \"none\"]",
            "faults.events\"\nvalues = [[], [{ kind = \"kill\", tick = 80, who = { kind = \"share\", share = 0.2 } }]]",
        )
        .replace("baseline = \"none\"", "")
        .replace("name = \"committed\"", "name = \"submitted\"\nbetter = \"more\"");
    let folder = TempDir::new().unwrap();
    let results = conduct(&text, &folder.path().join("same"), false, Extent::default(), None);
    let submitted: Vec<_> = results
        .comparisons
        .iter()
        .filter(|comparison| comparison.figure == "submitted")
        .collect();
    assert_eq!(submitted.len(), 2);
    assert!(
        submitted
            .iter()
            .all(|comparison| comparison.verdict == Some(Verdict::Identical)),
        "{submitted:?}"
    );
}

const QUEUE: &str = r#"
agents = 256
ticks = 4000
topology.kind = "ring"
[work]
queue = 256
verify = 0.0
need = { kind = "constant", ticks = 5 }
order = { kind = "fifo" }
arrivals = { rate = 0.1 }
balance = { policy = { kind = "none" } }
[measure]
every = 5000
from = 2000
"#;

/// Geo/D/1: a task comes in a tick with probability p and needs D ticks; it waits p(D² − D) / (2(1 − pD)) on average (Takagi, *Queueing
/// Analysis* 3, 1993). From tick 400 on, in 400 studies of 20 seeds, the interval by t holds that in 95 ± 3 %.
#[test]
fn intervals_of_a_queue_hold_what_theory_says() {
    let mut scenario = Scenario::from_toml("queue", QUEUE).unwrap();
    scenario.measure.from = Some(400);
    let figures = [FigureSpec::last("wait_mean")];
    let waits = Mutex::new(vec![0.0; 8000]);
    let next = std::sync::atomic::AtomicU32::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let device = CpuDevice::new(1).unwrap();
                loop {
                    let seed = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    if seed >= 8000 {
                        break;
                    }
                    let own = Scenario {
                        seed,
                        agents: Some(64),
                        ticks: 900,
                        ..scenario.clone()
                    };
                    let outcome = study::run(&own, &device, &figures, false, &Halt::default())
                        .unwrap()
                        .unwrap();
                    waits.lock().unwrap()[seed as usize] = outcome.figures[0].unwrap();
                }
            });
        }
    });
    let (p, d) = (0.1, 5.0);
    let expected = p * (d * d - d) / (2.0 * (1.0 - p * d));
    let waits = waits.into_inner().unwrap();
    let covers = waits.chunks(20).filter(|waits| {
        let mean = Mean::of(waits);
        mean.low.unwrap() <= expected && mean.high.unwrap() >= expected
    });
    let share = covers.count() as f64 / 400.0;
    assert!(
        (0.92..=0.98).contains(&share),
        "{share}: {:?} and {expected}",
        Mean::of(&waits)
    );
}

/// From a tick on: what is told is that of the run without what was before, and no bit of the state changes.
#[test]
fn times_are_told_from_a_tick_on() {
    use tetraswarm::Simulation;
    let run = |from: Option<u32>, every: u32| {
        let mut scenario = Scenario::from_toml("queue", QUEUE).unwrap();
        (scenario.ticks, scenario.measure.from, scenario.measure.every) = (400, from, every);
        let device = CpuDevice::new(1).unwrap();
        let mut simulation = Simulation::new(&scenario, &device).unwrap();
        let mut rows = vec![simulation.measurements()[0].clone()];
        simulation
            .run_until(400, |event| {
                if let tetraswarm::device::Event::Measured(row) = event {
                    rows.push(row.clone());
                }
                ControlFlow::Continue(())
            })
            .unwrap();
        rows
    };
    let (whole, later) = (run(None, 50), run(Some(175), 50));
    assert_eq!(later.len(), whole.len() + 1);
    assert_eq!(later[4].reason.name(), "from");
    let last = |rows: &[tetraswarm::gauge::Measurement]| rows.last().unwrap().clone();
    assert_eq!(last(&whole).fingerprint, last(&later).fingerprint);
    let before = run(None, 25);
    let at = before[7].work().unwrap().clone();
    let (all, since) = (
        last(&whole).work().unwrap().clone(),
        last(&later).work().unwrap().clone(),
    );
    assert_eq!(
        (since.wait.tasks, since.wait.since_tick),
        (all.wait.tasks - at.wait.tasks, 175)
    );
    let sum = |work: &tetraswarm::part::work::Work| work.wait.mean.unwrap() * work.wait.tasks as f64;
    assert!((sum(&since) - (sum(&all) - sum(&at))).abs() < 1e-6);
    assert_eq!(since.committed, all.committed);
    let busy = |work: &tetraswarm::part::work::Work, ticks: f64| work.utilisation.unwrap() * ticks;
    assert!((busy(&since, 225.0) - (busy(&all, 400.0) - busy(&at, 175.0))).abs() < 1e-9);
    assert!(since.wait.max <= all.wait.max);
    // Up to that tick there is nothing to tell.
    let early = later[3].work().unwrap();
    assert_eq!(
        (early.wait.mean, early.utilisation, early.response.max),
        (None, None, None)
    );
}

#[test]
fn times_from_a_tick_on_are_the_same_on_every_device() {
    let mut document = tetraswarm::scenario::Document::open("orchestra").unwrap();
    let settings = ["agents=256", "ticks=60", "measure.from=33", "faults.events=[]"].map(str::to_owned);
    document.set_all(&settings).unwrap();
    crate::support::same_on_every_device(&document.scenario().unwrap(), 60, "measure.from");
}

/// Big runs are on the device itself, one after the other; those of a GPU too.
#[test]
fn a_study_is_the_same_on_every_device() {
    let text = WORK.replace("seeds = 5", "seeds = 1").replace(", 0.8]", "]");
    let mut expected = None;
    for device in crate::support::devices() {
        let mut design = design(&text).unwrap();
        let folder = TempDir::new().unwrap();
        let mut journal = Journal::open(folder.path()).unwrap();
        let engine = Engine::new(&*device, 1, Halt::default());
        let results = study::conduct(
            &mut design,
            &engine,
            &mut journal,
            Extent::default(),
            &about(),
            &mut |_| {},
        )
        .unwrap();
        assert_eq!(results.missing, 0);
        assert_eq!(
            *expected.get_or_insert_with(|| results.clone()),
            results,
            "{}",
            device.info().name
        );
    }
}
