//! What a swarm comes to on a device, and that it is the same on another.

use std::ops::ControlFlow;
use tetraswarm::column::ColumnId;
use tetraswarm::device::{Device, Event};
use tetraswarm::gauge::{Fingerprint, Measurement};
use tetraswarm::plan::Plan;
use tetraswarm::swarm::Swarm;

/// The rows, the fingerprints of all columns, and the columns.
pub type End = (Vec<Measurement>, Vec<Fingerprint>, Vec<Vec<u32>>);

/// All that it is after so many ticks, and how many bytes the device held.
pub fn run(swarm: Swarm, device: &dyn Device, ticks: u32) -> (End, u64) {
    let columns = swarm.plan.columns.len();
    let mut run = device.load(swarm).unwrap();
    let mut rows = vec![run.measure().unwrap()];
    run.advance(ticks, &mut |event| {
        if let Event::Measured(row) = event {
            rows.push(row.clone());
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    let prints = run.fingerprints().unwrap();
    let columns = (0..columns).map(|column| run.read(ColumnId(column)).unwrap()).collect();
    ((rows, prints, columns), run.memory().device_bytes)
}

/// Holds two to be the same; the first column that differs is named, with the place.
pub fn assert_same(label: &str, one: &End, other: &End, plan: &Plan) {
    for (at, (one, other)) in one.2.iter().zip(&other.2).enumerate() {
        let differs = one.iter().zip(other).position(|(a, b)| a != b);
        assert_eq!(differs, None, "{label}: {}", plan.columns[at].name);
    }
    assert_eq!(one.0, other.0, "{label}");
    assert_eq!(one.1, other.1, "{label}");
}
