//! Cells that work: the same state and the same measurements on every device and any number of threads.

mod support;

use std::ops::ControlFlow;
use support::files;
use support::work::{SAMPLES, TICKS, put_files};
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::device::{Device, Event, Outcome};
use tetraswarm::swarm::Swarm;

/// The CPU with one thread and with two, and each GPU.
fn devices() -> Vec<Box<dyn Device>> {
    let mut all: Vec<Box<dyn Device>> = vec![
        Box::new(CpuDevice::new(1).unwrap()),
        Box::new(CpuDevice::new(2).unwrap()),
    ];
    #[cfg(feature = "gpu")]
    all.extend(support::gpus().into_iter().map(|gpu| Box::new(gpu) as Box<dyn Device>));
    all
}

#[test]
fn every_sample_has_the_same_state_and_rows_on_every_device() {
    let folder = files();
    put_files(folder.path());
    let devices = devices();
    for sample in SAMPLES {
        let mut expected = None;
        for device in &devices {
            let label = format!("{} on {} ({})", sample.name, device.info().name, device.info().backend);
            let swarm = Swarm::build(&sample.scenario(7), folder.path()).unwrap_or_else(|e| panic!("{label}: {e}"));
            let names: Vec<&str> = swarm.plan.columns.iter().map(|column| column.name).collect();
            let mut run = device.load(swarm).unwrap_or_else(|e| panic!("{label}: {e}"));
            let mut rows = vec![run.measure().unwrap()];
            let mut states = Vec::new();
            // Stretches of one tick and of many.
            for until in [1, 2, 40, 51, TICKS] {
                let mut note = |event: Event<'_>| {
                    if let Event::Measured(row) = event {
                        rows.push(row.clone());
                    }
                    ControlFlow::Continue(())
                };
                let outcome = run.advance(until, &mut note).unwrap_or_else(|e| panic!("{label}: {e}"));
                states.push(run.fingerprints().unwrap());
                if outcome == Outcome::Condition {
                    break;
                }
            }
            assert_eq!(
                run.tick() < TICKS,
                sample.stop.is_some(),
                "{label}: {} ticks",
                run.tick()
            );
            assert_eq!(
                run.measure().unwrap().fingerprint,
                rows.last().unwrap().fingerprint,
                "{label}"
            );
            match &expected {
                None => expected = Some((rows, states)),
                Some((first_rows, first_states)) => {
                    for (stretch, (state, first)) in states.iter().zip(first_states).enumerate() {
                        let parted = names.iter().zip(state.iter().zip(first)).find(|(_, (a, b))| a != b);
                        assert!(parted.is_none(), "{label}: stretch {stretch}, column {parted:?}");
                    }
                    assert_eq!(&rows, first_rows, "{label}");
                }
            }
        }
    }
}
