//! Cells that work: the same state and the same measurements on every device and any number of threads.

use crate::support;

use crate::support::work::{SAMPLES, TICKS, put_files};
use crate::support::{devices, files};
use std::ops::ControlFlow;
use tetraswarm::device::{Event, Outcome};
use tetraswarm::swarm::Swarm;

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

/// The comparison can fail: a step whose shader says something else than its twin parts from it.
#[cfg(feature = "gpu")]
mod altered {
    use super::{SAMPLES, files, put_files, support};
    use std::ops::{ControlFlow, Range};
    use tetraswarm::column::{Binding, Folded};
    use tetraswarm::device::Device;
    use tetraswarm::device::cpu::CpuDevice;
    use tetraswarm::shader::Module;
    use tetraswarm::step::{Bounds, Outputs, Scratch, Step, View};
    use tetraswarm::swarm::Swarm;
    use tetraswarm::timing::Schedule;

    /// A step with a piece of its shader's text replaced.
    #[derive(Debug)]
    struct Altered {
        step: Box<dyn Step>,
        text: &'static str,
        by: &'static str,
    }

    impl Step for Altered {
        fn name(&self) -> &'static str {
            self.step.name()
        }
        fn bindings(&self) -> Vec<Binding> {
            self.step.bindings()
        }
        fn reads_links(&self) -> bool {
            self.step.reads_links()
        }
        fn hears(&self) -> bool {
            self.step.hears()
        }
        fn schedule(&self) -> Option<Schedule> {
            self.step.schedule()
        }
        fn turns(&self, bounds: Bounds) -> u64 {
            self.step.turns(bounds)
        }
        fn folds(&self) -> Vec<Folded> {
            self.step.folds()
        }
        fn grain(&self) -> u32 {
            self.step.grain()
        }
        fn modules(&self) -> Vec<Module> {
            let mut modules = self.step.modules();
            for module in &mut modules {
                module.source = module.source.replace(self.text, self.by).into();
            }
            assert_ne!(
                modules.iter().map(|m| &m.source).collect::<Vec<_>>(),
                self.step.modules().iter().map(|m| &m.source).collect::<Vec<_>>(),
                "there is no {}",
                self.text
            );
            modules
        }
        fn run(&self, view: &View<'_>, block: Range<u32>, outputs: &mut Outputs<'_>, scratch: &mut Scratch) {
            self.step.run(view, block, outputs, scratch);
        }
        fn describe(&self) -> String {
            self.step.describe()
        }
    }

    /// A sample, a step, a piece of its text, and what stands there instead.
    const ALTERED: &[(&str, &str, &str, &str)] = &[
        ("orchestra", "cell", "var high = 2u", "var high = 3u"),
        (
            "orchestra",
            "cell",
            "count_all(ALL_BUSY, 1u)",
            "count_all(ALL_BUSY, 2u)",
        ),
        ("orchestra", "cell", "epoch % count", "0u"),
        (
            "orchestra",
            "cell",
            "ticks >> (exponent - 5u)",
            "ticks >> (exponent - 4u)",
        ),
        (
            "orchestra",
            "cell",
            "held.identities -= task",
            "held.identities += task",
        ),
        ("orchestra", "offer", "GAIN: u32 = 2u", "GAIN: u32 = 3u"),
        ("orchestra", "receive", "all.z < all.y", "all.z > all.y"),
        ("overload in bursts", "settle", "i < last", "i <= last"),
        (
            "partitions, kills and revivals",
            "offer",
            "(i + tick) * GOLDEN, links",
            "i, links",
        ),
        (
            "partitions, kills and revivals",
            "cell",
            "(state >> CLOSED_SHIFT) + 1u",
            "(state >> CLOSED_SHIFT) + 2u",
        ),
    ];

    #[test]
    fn what_a_shader_says_else_is_noticed() {
        let folder = files();
        put_files(folder.path());
        let cpu = CpuDevice::new(2).unwrap();
        let Some(gpu) = support::gpus().into_iter().next() else {
            return;
        };
        for &(name, step, text, by) in ALTERED {
            let sample = SAMPLES.iter().find(|sample| sample.name == name).unwrap();
            let state = |device: &dyn Device, alter: bool| {
                let mut swarm = Swarm::build(&sample.scenario(50), folder.path()).unwrap();
                let at = swarm.plan.steps.iter().position(|other| other.name() == step).unwrap();
                if alter {
                    let step = swarm.plan.steps.remove(at);
                    swarm.plan.steps.insert(at, Box::new(Altered { step, text, by }));
                }
                let mut run = device.load(swarm).unwrap();
                run.advance(100, &mut |_| ControlFlow::Continue(())).unwrap();
                run.fingerprints().unwrap()
            };
            assert_ne!(state(&gpu, true), state(&cpu, false), "{name}: {by} in place of {text}");
        }
    }
}
