//! What families that go believed, at the ends of the range of beliefs: nothing is lost, and no belief leaves the range.

use crate::growth::{LEARNING, rows, scenario, seldom};
use crate::support::gpus;
use std::path::Path;
use tetraswarm::device::Device;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::gauge::Measurement;
use tetraswarm::number::BELIEF_RANGE;
use tetraswarm::plan::Plan;
use tetraswarm::scenario::Scenario;
use tetraswarm::swarm::Swarm;

/// Cells that come and go, and agree besides: by this rule, from these beliefs.
fn agreeing(rule: &str, beliefs: &str) -> Scenario {
    let consensus = format!("[consensus]\n{rule}\nstart = {beliefs}\n[faults]");
    scenario(&[
        ("[faults]", &consensus),
        ("crash = 0.01\nrecovery = 0.1", ""),
        ("state = \"reset\"", ""),
        (
            "liars = { who = { kind = \"share\", share = 0.05 }, tell = { kind = \"against\" } }",
            "",
        ),
        ("delegate = { need = 32, mode = \"divide\", patience = 9 }", ""),
    ])
}

/// Plans whose shaders are looked at: with a ledger of what lies brought in, without any, and of scores.
pub fn plans() -> Vec<Plan> {
    const BELIEFS: &str = "{ kind = \"uniform\", low = -9, high = 9 }";
    let lies = "rule = \"average\"\nrounding = \"golden\"\nliars = { who = { kind = \"share\", share = 0.1 }, tell = { kind = \"constant\", value = 3 } }";
    let plain = "name = \"grown\"\nagents = 256\nticks = 9\ntopology = { kind = \"torus2d\" }\n[work]\narrivals = { load = 0.8 }\n\
                 [growth]\nmax_agents = 512\nspawn = { load = 8, for = 4 }\n[consensus]\nrule = \"average\"\n\
                 start = { kind = \"uniform\", low = 0, high = 9 }\n";
    let learning = scenario(&[("[faults]", LEARNING), ("state = \"reset\"", "")]);
    [
        agreeing(lies, BELIEFS),
        Scenario::from_toml("grown", plain).unwrap(),
        learning,
    ]
    .map(|scenario| Swarm::plan(&scenario, Path::new("")).unwrap())
    .into()
}

/// The parts' own audit of every row but that of the spread: the sum is what it was, and each belief is one.
fn audited(rows: &[Measurement], what: &str) -> i64 {
    let start = rows[0].beliefs().unwrap().clone();
    let ledger = |row: &Measurement| {
        let now = row.beliefs().unwrap();
        i128::from(now.sum) - i128::from(now.injected) + i128::from(now.forgotten) - i128::from(now.inputs)
    };
    let first = ledger(&rows[0]);
    for row in rows {
        let now = row.beliefs().unwrap();
        assert_eq!(
            ledger(row),
            first,
            "{what}, tick {}: {now:?}, at first {start:?}",
            row.tick
        );
        for extreme in [now.minimum, now.maximum].into_iter().flatten() {
            assert!(extreme.abs() <= BELIEF_RANGE, "{what}, tick {}: {extreme}", row.tick);
        }
    }
    rows.last().unwrap().beliefs().unwrap().forgotten
}

#[test]
fn what_a_parent_cannot_hold_is_in_the_ledger() {
    let (average, tracking) = (
        "rule = \"average\"\nrounding = \"golden\"",
        "rule = \"tracking\"\nrounding = \"golden\"\nsignal = { kind = \"step\", tick = 20, by = 0 }",
    );
    let gpus = gpus();
    for (k, (rule, beliefs, is_lost)) in [
        (
            average,
            "{ kind = \"uniform\", low = 268435456, high = 268435456 }",
            true,
        ),
        (
            average,
            "{ kind = \"uniform\", low = -268435456, high = -268435000 }",
            true,
        ),
        (average, "{ kind = \"uniform\", low = -1000, high = 1000 }", false),
        (
            tracking,
            "{ kind = \"uniform\", low = 268435000, high = 268435456 }",
            true,
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let scenario = agreeing(rule, beliefs);
        let what = format!("{rule} {beliefs}");
        let expected = rows(&scenario, &CpuDevice::new(2).unwrap(), &what);
        let forgotten = audited(&expected.0, &what);
        assert_eq!(forgotten != 0, is_lost, "{what}: {forgotten}");
        // Families went.
        let grown = expected
            .0
            .last()
            .unwrap()
            .get::<tetraswarm::part::growth::Grown>()
            .unwrap();
        assert!(grown.retired > 8, "{what}: {}", grown.retired);
        if let Some(gpu) = gpus.get(k % gpus.len().max(1)) {
            let scenario = seldom(&scenario);
            let expected = rows(&scenario, &CpuDevice::new(2).unwrap(), &what);
            assert_eq!(rows(&scenario, gpu, &what), expected, "{what} on {}", gpu.info().name);
        }
    }
}
