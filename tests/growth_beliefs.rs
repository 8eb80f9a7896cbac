//! What families that go believed, at the ends of the range of beliefs: nothing is lost, and no belief leaves the range.

use crate::growth::{rows, scenario};
use crate::support::gpus;
use tetraswarm::device::Device;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::gauge::Measurement;
use tetraswarm::number::BELIEF_RANGE;
use tetraswarm::scenario::Scenario;

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
            assert_eq!(rows(&scenario, gpu, &what), expected, "{what} on {}", gpu.info().name);
        }
    }
}
