//! The comparison of states can fail: what differs in one bit anywhere is seen.

use crate::support::{devices, every_sample, files, scenario};
use std::ops::ControlFlow;
use tetraswarm::column::ColumnId;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::device::{Device, Event, Execution};
use tetraswarm::gauge::{Fingerprint, Measurement};
use tetraswarm::part::average::Rounding;
use tetraswarm::swarm::Swarm;

fn rows(execution: &mut dyn Execution, until: u32) -> Vec<Measurement> {
    let mut rows = Vec::new();
    let mut observer = |event: Event<'_>| {
        if let Event::Measured(row) = event {
            rows.push(row.clone());
        }
        ControlFlow::Continue(())
    };
    execution.advance(until, &mut observer).unwrap();
    rows
}

fn flip(execution: &mut dyn Execution, column: ColumnId, index: u64, bit: u32) {
    let word = execution.read(column).unwrap()[index as usize];
    execution.write(column, index, word ^ 1 << bit).unwrap();
}

#[test]
fn one_flipped_bit_makes_rows_and_fingerprints_differ() {
    let mut scenario = scenario(
        5000,
        "kind = \"torus2d\"",
        "kind = \"golden\"\nrate = 0.4",
        "random",
        20,
    );
    scenario.measure.every = 4;
    let load = |device: &dyn Device| device.load(Swarm::build(&scenario, "".as_ref()).unwrap()).unwrap();
    for device in devices() {
        let name = device.info().name.clone();
        let (mut one, mut other) = (load(&CpuDevice::new(1).unwrap()), load(&*device));
        assert_eq!(rows(&mut *one, 8), rows(&mut *other, 8), "{name}");
        flip(&mut *other, ColumnId(0), 1234, 0);
        assert_ne!(one.fingerprints().unwrap(), other.fingerprints().unwrap(), "{name}");
        let (expected, found) = (rows(&mut *one, 20), rows(&mut *other, 20));
        assert_eq!((expected.len(), found.len()), (3, 3));
        for (a, b) in expected.iter().zip(&found) {
            assert_eq!(a.tick, b.tick);
            assert_ne!(a.fingerprint, b.fingerprint, "{name}: not noticed at tick {}", a.tick);
            // The flip is a broken sum, too, which the audit tells.
            let gauge = std::sync::Arc::clone(&one.plan().gauges[0]);
            let audit = |row: &Measurement| gauge.audit(&expected[0], row);
            let sum = |row: &Measurement| row.beliefs().unwrap().sum;
            assert_eq!(sum(a).abs_diff(sum(b)), 1, "{name}");
            assert!(audit(a).is_ok() && audit(b).is_err(), "{name}");
        }
        // Only one of all nodes differs at the flip itself; more do later.
        let differing = one
            .read(ColumnId(0))
            .unwrap()
            .iter()
            .zip(&other.read(ColumnId(0)).unwrap())
            .filter(|(a, b)| a != b)
            .count();
        assert!(differing >= 1, "{name}");
    }
}

/// Every column of every sample, with one rounding or another: its fingerprint depends on every word, and no other column's does.
#[test]
fn every_columns_bits_are_in_its_fingerprint() {
    let folder = files();
    let devices = devices();
    let (mut turn, mut of) = (0, 0);
    every_sample(2, |label, scenario| {
        // Of each sample's roundings one, so that in the end every device has met every rounding.
        let (sample, rounding) = (of / Rounding::ALL.len(), of % Rounding::ALL.len());
        of += 1;
        if (sample + sample / Rounding::ALL.len()) % Rounding::ALL.len() != rounding {
            return;
        }
        // The devices in turn, so that each sees some of all.
        let device = &devices[turn % devices.len()];
        turn += 1;
        let mut execution = device.load(Swarm::build(scenario, folder.path()).unwrap()).unwrap();
        execution.advance(2, &mut |_| ControlFlow::Continue(())).unwrap();
        let before = execution.fingerprints().unwrap();
        let whole = execution.measure().unwrap().fingerprint;
        assert_eq!(
            before
                .iter()
                .copied()
                .fold(Fingerprint::default(), Fingerprint::plus)
                .bits(),
            whole,
            "{label}"
        );
        for column in 0..before.len() {
            let words = execution.plan().words(ColumnId(column));
            let content = execution.read(ColumnId(column)).unwrap();
            assert_eq!(
                before[column],
                Fingerprint::of(execution.plan().columns[column].number(), 0, &content),
                "{label}: column {column}"
            );
            assert_eq!(words, content.len() as u64, "{label}: column {column}");
            for (index, bit) in [(0, 0), (words - 1, 31), (words / 2, turn as u32 % 32), (words / 3, 7)] {
                flip(&mut *execution, ColumnId(column), index, bit);
                let after = execution.fingerprints().unwrap();
                for other in 0..before.len() {
                    let same = after[other] == before[other];
                    assert_eq!(
                        same,
                        other != column,
                        "{label}: column {column}, index {index}, bit {bit}, fingerprint {other}"
                    );
                }
                flip(&mut *execution, ColumnId(column), index, bit);
                assert_eq!(execution.fingerprints().unwrap(), before, "{label}: flipped back");
            }
        }
    });
}

/// Every single bit of a column, on the host: each gives a fingerprint of its own, in both lanes.
#[test]
fn every_bit_of_a_column_counts() {
    let words: Vec<u32> = (0..100u32).map(|i| i.wrapping_mul(0x0101_0101)).collect();
    let mut lanes = [std::collections::HashSet::new(), std::collections::HashSet::new()];
    let original = Fingerprint::of(3, 0, &words);
    for index in 0..words.len() {
        for bit in 0..32 {
            let mut changed = words.clone();
            changed[index] ^= 1 << bit;
            let print = Fingerprint::of(3, 0, &changed);
            assert_ne!(print, original);
            for (lane, seen) in lanes.iter_mut().enumerate() {
                seen.insert(print.0[lane]);
            }
        }
    }
    // 3200 values of 32 bits: hardly any two are the same.
    assert!(
        lanes.iter().all(|seen| seen.len() > 3195),
        "{} and {}",
        lanes[0].len(),
        lanes[1].len()
    );
}

/// A write beyond a column changes nothing.
#[test]
fn a_write_beyond_the_end_changes_nothing() {
    let scenario = scenario(10, "kind = \"ring\"", "kind = \"synchronous\"", "trunc", 1);
    for device in devices() {
        let mut execution = device.load(Swarm::build(&scenario, "".as_ref()).unwrap()).unwrap();
        let before = execution.fingerprints().unwrap();
        for index in [10, 11, 1 << 32, u64::MAX / 4] {
            execution.write(ColumnId(0), index, 77).unwrap();
        }
        assert_eq!(execution.fingerprints().unwrap(), before, "{}", device.info().name);
    }
}
