//! Whatever goes wrong, no task is lost, invented or doubled; and where one is, the audit says so, at the tick.

use crate::works;

use crate::works::{execution, refusal, rows, run, scenario, start};
use proptest::prelude::*;
use std::ops::ControlFlow;
use tetraswarm::Error;
use tetraswarm::column::ColumnId;
use tetraswarm::part::work::ledger::{of_all, of_tier, sum};
use tetraswarm::part::work::{WorkSpec, state, word};

/// One of a list.
fn of(list: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    proptest::sample::select(list)
}

const NETWORKS: &[&str] = &[
    "{ kind = \"ring\" }",
    "{ kind = \"star\" }",
    "{ kind = \"complete\" }",
    "{ kind = \"hypercube\" }",
    "{ kind = \"tetrahedral\" }",
    "{ kind = \"tree\", branching = 3 }",
    "{ kind = \"random-regular\" }",
    "[{ kind = \"ring\" }, { kind = \"ring\" }, { kind = \"random-regular\" }]",
    "[{ kind = \"tetrahedral\" }, { kind = \"fibonacci-chords\" }]",
];
const ORDERS: &[&str] = &["fifo", "strict", "fibonacci", "binary", "linear", "golden", "equal"];
const POLICIES: &[&str] = &[
    "kind = \"none\"",
    "kind = \"flow\"",
    "kind = \"flow\", rounding = \"golden\"",
    "kind = \"flow\", rounding = \"trunc\"",
    "kind = \"threshold\", bound = 2",
    "kind = \"two-choices\"",
];
const NEEDS: &[&str] = &[
    "kind = \"constant\", ticks = 1",
    "kind = \"uniform\", low = 1, high = 9",
    "kind = \"geometric\", mean = 5",
    "kind = \"table\", ticks = [1, 40], weights = [9, 1]",
    "kind = \"constant\", ticks = 2147483647",
];
const PROCESSES: &[&str] = &[
    "kind = \"bernoulli\"",
    "kind = \"poisson\"",
    "kind = \"bursts\", size = 7",
];
const PLACES: &[&str] = &[
    "kind = \"everywhere\"",
    "kind = \"hot-spots\", share = 0.2, multiple = 10",
    "kind = \"one\", cell = 3",
];
const TIMINGS: &[&str] = &[
    "kind = \"synchronous\"",
    "kind = \"golden\", rate = 0.5",
    "kind = \"bernoulli\", rate = 0.3",
    "kind = \"rotation\", rate = 0.4",
];
const STATES: &[&str] = &["kept", "reset"];
const RETRIES: &[&str] = &["fibonacci", "binary", "quadratic", "none"];
const AGREEMENTS: &[&str] = &["trust", "quorum", "oral"];

prop_compose! {
    /// What stands in `[work]` but the arrivals.
    fn work()(
        queue in 1u32..=5, epoch in 1u32..12, lease in 1u32..9, tries in 0u32..=15,
        order in of(ORDERS), retry in of(RETRIES), agreement in of(AGREEMENTS), need in of(NEEDS),
        verify in 0u32..=4, tiers in 1usize..=8,
    ) -> String {
        let tiers: Vec<String> = (0..tiers).map(|_| format!("{}", 1.0 / tiers as f64)).collect();
        format!(
            "queue = {}\nepoch = {epoch}\nlease = {lease}\nmax_tries = {tries}\norder = {{ kind = \"{order}\" }}\nretry = \"{retry}\"\n\
             agreement = \"{agreement}\"\nneed = {{ {need} }}\nverify = {}\nerror = 0.2\ntiers = [{}]\n",
            1 << queue, f64::from(verify) / 4.0, tiers.join(", "),
        )
    }
}

prop_compose! {
    /// A swarm of 16 cells with every fault on.
    fn swarm()(
        seed in 0u32..1_000_000, network in of(NETWORKS), timing in of(TIMINGS), turns in of(TIMINGS), work in work(),
        policy in of(POLICIES), process in of(PROCESSES), place in of(PLACES), rate in 1u32..8, until in 1u32..90,
        state in of(STATES), loss in 0u32..3, crash in 0u32..4, liars in 0u32..3, share in 1u32..=4,
    ) -> String {
        format!(
            "seed = {seed}\ntopology = {network}\n[timing]\n{}\n[work]\n{work}\
             balance = {{ policy = {{ {policy} }}, timing = {{ {turns} }} }}\n\
             arrivals = {{ rate = {}, until = {until}, process = {{ {process} }}, place = {{ {place} }} }}\n\
             [faults]\nloss = {}\ncrash = {}\nrecovery = {}\nstate = \"{state}\"\n\
             liars = {{ who = {{ kind = \"share\", share = {} }}, tell = {{ kind = \"against\" }} }}\n\
             events = [{{ kind = \"kill\", tick = 10, who = {{ kind = \"share\", share = {}, draw = 1 }} }}, \
             {{ kind = \"partition\", tick = 15, along = {{ kind = \"ranges\", starts = [5, 9] }} }}, \
             {{ kind = \"kill\", tick = 20, who = {{ kind = \"range\", first = 8, last = 15 }} }}, \
             {{ kind = \"heal\", tick = 30 }}, {{ kind = \"revive\", tick = 40, who = {{ kind = \"all\" }} }}]\n",
            timing.replace(", ", "\n"), f64::from(rate) / 8.0, 0.2 * f64::from(loss), 0.01 * f64::from(crash),
            if crash == 0 { 0.0 } else { 0.1 },
            0.2 * f64::from(liars), 0.2 * f64::from(share),
        )
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_ledger_holds_at_every_tick(text in swarm()) {
        let scenario = scenario(16, 100, &text);
        let queue = scenario.part::<WorkSpec>().unwrap().queue;
        let mut simulation = start(&scenario);
        simulation.run().unwrap_or_else(|error| panic!("{error}\n{text}"));
        let rows = rows(&simulation);
        prop_assert_eq!(rows.len(), 101);
        for pair in rows.windows(2) {
            let [before, after] = pair else { unreachable!() };
            prop_assert!(after.queue_max <= queue);
            prop_assert!(after.running + after.held <= 16);
            prop_assert!(after.queued + after.running + after.held <= u64::from(16 * queue));
            let account = |w: &tetraswarm::part::work::Work| {
                [w.submitted, w.committed, w.failed, w.destroyed, w.refused, w.committed_wrong, w.verified, w.rejected, w.repeated,
                 w.dispatches, w.votes, w.offers, w.transfers]
            };
            prop_assert!(account(before).iter().zip(account(after)).all(|(a, b)| *a <= b));
            let ended = after.committed + after.failed + after.destroyed;
            let held = after.waiting + after.queued + after.running + after.held;
            prop_assert_eq!(after.submitted, held + ended);
            prop_assert!(after.transfers <= after.offers && after.committed_wrong <= after.committed);
            prop_assert!(after.cells_by_up.iter().sum::<u64>() == 16);
        }
    }
}

/// Two cells with eight waiting tasks and one that runs, and a source that holds back what did not fit.
const BUSY: &str = "topology = { kind = \"complete\" }\n[work]\nqueue = 8\ntiers = [0.5, 0.5]\nneed = { kind = \"constant\", ticks = 50 }\n\
                    arrivals = { rate = 1.0 }\n";

/// Overwrites a word of a column after 30 ticks, and measures: what the audit says at which tick.
fn damaged(column: &str, index: usize, change: impl Fn(u32) -> u32) -> Result<(), Error> {
    let mut execution = execution(&scenario(2, 60, BUSY));
    let gauge = std::sync::Arc::clone(&execution.plan().gauges[0]);
    let mut broken = None;
    execution
        .advance(30, &mut |event| {
            if let tetraswarm::device::Event::Measured(row) = event {
                broken = broken.take().or_else(|| gauge.audit(row, row).err());
            }
            ControlFlow::Continue(())
        })
        .unwrap();
    assert!(broken.is_none(), "before: {broken:?}");
    let at = execution.plan().columns.iter().position(|c| c.name == column).unwrap();
    let old = execution.read(ColumnId(at)).unwrap()[index];
    let new = change(old);
    assert_ne!(old, new, "{column} {index} is not changed");
    execution.write(ColumnId(at), index as u64, new).unwrap();
    // A row later it shows as well, whatever the tick has made of it.
    let row = execution.measure().unwrap();
    gauge.audit(&row, &row)
}

fn assert_damaged(column: &str, index: usize, change: impl Fn(u32) -> u32, says: &str) {
    match damaged(column, index, change) {
        Err(Error::Ledger { tick, message }) => {
            assert_eq!(tick, 30, "{column} {index}");
            assert!(message.contains(says), "{column} {index}: {message}");
        }
        other => panic!("{column} {index}: {other:?}"),
    }
}

#[test]
fn every_kind_of_damage_is_seen_at_its_tick() {
    let plan = execution(&scenario(2, 60, BUSY));
    let work = plan.plan().work().unwrap();
    let (layout, format) = (work.layout, work.format);
    // Words of cell 0: the k-th of its words is at 2 k.
    let [origin, record] = [0, 2];
    let (many, same) = ("were submitted and", "but not the same ones");
    let contradiction = "contradict themselves";
    assert_damaged("work.queue", origin, |word| word ^ 1, same);
    assert_damaged("work.queue", record, |word| word ^ 1 << format.tick_shift, same);
    assert_damaged("work.queue", record, |word| word ^ 1 << format.tier_shift, many);
    assert_damaged(
        "work.queue",
        record,
        |word| word | 32 << format.tick_shift,
        contradiction,
    );
    assert_damaged("work.queue", record, |word| word | 1 << 31, contradiction);
    // The queue is full, so that one more is one too many.
    assert_damaged("work.state", 0, |word| word + 1, contradiction);
    assert_damaged("work.state", 0, |word| word - 1, many);
    assert_damaged("work.state", 0, |word| word ^ state::BUSY, many);
    assert_damaged("work.state", 0, |word| word & !state::QUEUED | 9, contradiction);
    assert_damaged("work.cell", 2 * word::RUNNING, |word| word ^ 2, same);
    assert_damaged(
        "work.cell",
        2 * (word::RUNNING + 1),
        |word| word ^ 1 << format.tier_shift,
        many,
    );
    assert_damaged("work.cell", 2 * word::WAITING, |word| word + 1, "the sources hold back");
    assert_damaged("work.cell", 2 * word::WAITING, |_| 0, contradiction);
    assert_damaged("work.cell", 2 * (word::WAITING + 1), |word| word ^ 4, same);
    for which in [
        of_tier::SUBMITTED,
        of_tier::ADMITTED,
        of_tier::COMMITTED,
        of_tier::FAILED,
        of_tier::DESTROYED,
    ] {
        for tier in 0..2 {
            let says = if which == of_tier::SUBMITTED {
                "the sources hold back"
            } else {
                many
            };
            assert_damaged("work.ledger", layout.of_tier(which, tier), |word| word + 1, says);
            // The high half.
            assert_damaged(
                "work.ledger",
                layout.counters() + layout.of_tier(which, tier),
                |word| word + 1,
                says,
            );
        }
    }
    assert_damaged("work.ledger", layout.sum(sum::SUBMITTED), |word| word + 1, same);
    assert_damaged("work.ledger", layout.sum(sum::ENDED + 1), |word| word + 1, same);
    // What is no account of tasks is not audited.
    assert!(damaged("work.ledger", layout.of_all(of_all::VOTES), |word| word + 1).is_ok());
}

/// Damage in the middle of a run ends it, at the first row after it.
#[test]
fn a_row_later_damage_shows_too() {
    let mut execution = execution(&scenario(2, 60, BUSY));
    let gauge = std::sync::Arc::clone(&execution.plan().gauges[0]);
    execution.advance(30, &mut |_| ControlFlow::Continue(())).unwrap();
    let at = execution
        .plan()
        .columns
        .iter()
        .position(|c| c.name == "work.queue")
        .unwrap();
    execution.write(ColumnId(at), 0, 7).unwrap();
    let mut found = None;
    execution
        .advance(60, &mut |event| match event {
            tetraswarm::device::Event::Measured(row) => match gauge.audit(row, row) {
                Err(error) => {
                    found = Some(error);
                    ControlFlow::Break(())
                }
                Ok(()) => ControlFlow::Continue(()),
            },
            tetraswarm::device::Event::Progress(_) => ControlFlow::Continue(()),
        })
        .unwrap();
    assert!(matches!(found, Some(Error::Ledger { tick: 31, .. })), "{found:?}");
}

/// The extremes: the fullest queues, the most tiers and tries, needs of 2^31 − 1, tasks without end at one cell; nothing overflows.
#[test]
fn extremes_are_accounted_for() {
    let tiers = "tiers = [0.125, 0.125, 0.125, 0.125, 0.125, 0.125, 0.125, 0.125]";
    for (lease, ticks) in [(65_535, 300), (1, 300)] {
        for need in [
            "{ kind = \"constant\", ticks = 2147483647 }",
            "{ kind = \"constant\", ticks = 1 }",
        ] {
            let text = format!(
                "topology = {{ kind = \"complete\" }}\n[work]\nqueue = 256\nmax_tries = 15\nlease = {lease}\nerror = 1.0\n{tiers}\n\
                 need = {need}\narrivals = {{ rate = 1000, place = {{ kind = \"one\" }} }}\n\
                 [faults]\nevents = [{{ kind = \"kill\", tick = 100, who = {{ kind = \"range\", first = 0, last = 3 }} }}]\n"
            );
            let simulation = run(&scenario(4, ticks, &text));
            let work = works::last(&simulation);
            assert_eq!(work.submitted, 4000 * u64::from(ticks));
            assert_eq!(work.committed, 0);
            // Abandoned, it is emptied, four tasks a tick at most; else it stays full.
            assert_eq!(work.queue_max >= 250, lease != 1, "{work:?}");
        }
    }
    // As long a run as two words can tell: all but the last of its ticks are left out.
    let long = "topology = { kind = \"ring\" }\n[work]\nqueue = 256\narrivals = { rate = 0.5 }\nmax_tries = 15\n";
    let longest = (1 << (32 - 1 - 4)) - 1;
    let mut simulation = start(&scenario(2, longest, &format!("{long}[measure]\nevery = 100")));
    works::go(&mut simulation, 1000);
    assert!(works::last(&simulation).committed > 900);
    let short = refusal(&format!("agents = 8\nticks = {}\n{long}", longest + 1));
    assert!(
        short.starts_with(&format!("ticks is {}, but with so many tiers and tries", longest + 1)),
        "{short}"
    );
    assert!(short.contains(&format!("at most {longest} ticks")), "{short}");
}

/// No tick at all, two cells, and nodes without links.
#[test]
fn the_smallest_swarms_work() {
    let none = run(&scenario(
        2,
        0,
        "topology = { kind = \"ring\" }\n[work]\narrivals = { rate = 1 }\n",
    ));
    assert_eq!((works::last(&none).submitted, none.measurements().len()), (0, 1));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("path.graph");
    // METIS: a path of 5 and an isolated node.
    std::fs::write(&file, "6 4\n2\n1 3\n2 4\n3 5\n4\n\n").unwrap();
    for policy in POLICIES {
        let text = format!(
            "name = \"t\"\nticks = 80\ntopology = {{ kind = \"graph\", file = '{}' }}\n[work]\nlease = 3\nqueue = 4\n\
             balance = {{ policy = {{ {policy} }} }}\narrivals = {{ rate = 1.5, until = 30 }}\n[measure]\nevery = 1\n[faults]\n\
             events = [{{ kind = \"kill\", tick = 20, who = {{ kind = \"nodes\", nodes = [0, 1, 2, 20, 21, 22] }} }}]\n",
            file.display()
        );
        let mut simulation = run(&tetraswarm::scenario::Scenario::from_toml("t", &text).unwrap());
        // Nobody can take over what the cell without neighbours holds, nor what the sources of the two that are down hold back.
        assert_eq!(works::loads(&mut simulation), [0, 0, 0, 0, 0, 3], "{policy}");
        let work = works::last(&simulation);
        assert_eq!(work.committed + 3 + work.waiting, work.submitted, "{policy}");
    }
}
