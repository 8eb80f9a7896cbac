//! Agreement from Rust: a scenario in code and one from TOML, a device, a run, and what can be read of it.
//!
//! ```text
//! cargo run --release --example agreement
//! ```

use std::error::Error;
use std::ops::ControlFlow;
use tetraswarm::Simulation;
use tetraswarm::device::{Choice, Event, Outcome, choose};
use tetraswarm::part::average::{Average, Rounding};
use tetraswarm::part::consensus::{Interval, Start};
use tetraswarm::scenario::{Measure, Scenario, Stop};
use tetraswarm::timing::{Rate, Timing};
use tetraswarm::topology::{TopologySpec, Torus2dSpec};

/// A scenario is plain data.
fn in_code() -> Scenario {
    Scenario {
        name: "torus".into(),
        agents: Some(10_000),
        ticks: 5000,
        seed: 7,
        topology: TopologySpec::Torus2d(Torus2dSpec { width: Some(100) }).into(),
        timing: Timing::Golden(Rate { rate: 0.5 }),
        parts: Average {
            order: 1,
            beta: None,
            rounding: Rounding::Golden,
            liars: None,
            start: Start::Uniform(Interval {
                low: 0,
                high: 1_000_000,
            }),
        }
        .into(),
        faults: None,
        measure: Measure {
            every: 100,
            ..Measure::default()
        },
        stop: Stop {
            spread: Some(100_000),
            ..Stop::default()
        },
    }
}

/// The same as a file would hold; what is left out has a default, what is unknown or out of range is an error that says
/// where it stands.
const TEXT: &str = r#"
    name = "chords"
    agents = 10_000
    ticks = 5000
    stop.spread = 16
    topology.kind = "fibonacci-chords"
    consensus = { rule = "average", start = { kind = "uniform", low = 0, high = 1_000_000 } }
"#;

fn main() -> Result<(), Box<dyn Error>> {
    // The best device at hand: a GPU, or else the CPU. The results are the same, bit for bit.
    let (device, note) = choose(&Choice {
        device: "auto".into(),
        ..Choice::default()
    })?;
    println!(
        "on {}{}",
        device.info().name,
        note.map_or(String::new(), |note| format!(" ({note})"))
    );

    for scenario in [in_code(), Scenario::from_toml("chords", TEXT)?] {
        let mut simulation = Simulation::new(&scenario, &*device)?;
        println!(
            "{}: {} agents, {} links",
            scenario.name,
            simulation.plan().nodes(),
            simulation.plan().topology.links()
        );

        // Runs until the stop condition holds; the observer sees every measurement and may end the run.
        let report = simulation.run_until(scenario.ticks, |event| {
            if let Event::Measured(row) = event {
                // Known as long as an honest node is up.
                let disagreement = row
                    .beliefs()
                    .and_then(|beliefs| beliefs.disagreement)
                    .unwrap_or(f64::NAN);
                let spread = row
                    .spread
                    .map_or_else(|| "unknown".to_owned(), |spread| spread.to_string());
                println!(
                    "  tick {:5}: spread {spread:>7}, disagreement {disagreement:10.1}",
                    row.tick
                );
            }
            ControlFlow::Continue(())
        })?;
        assert_eq!(report.outcome, Outcome::Condition);

        // The rows of all measurements, and the state itself. The sum of all beliefs is what it was at the start.
        let sum = simulation.measurements()[0].beliefs().map(|beliefs| beliefs.sum);
        assert_eq!(report.measurement.beliefs().map(|beliefs| beliefs.sum), sum);
        println!(
            "  {} ticks, fingerprint {:016x}",
            report.ticks, report.measurement.fingerprint
        );
        let beliefs = simulation.beliefs()?;
        assert_eq!(Some(beliefs.iter().map(|&x| i64::from(x)).sum::<i64>()), sum);
        let spreads = report.measurement.spread.zip(scenario.stop.spread);
        assert!(spreads.is_some_and(|(spread, bound)| spread <= bound));
    }
    Ok(())
}

/// `cargo test` runs the example as it stands.
#[test]
fn runs() -> Result<(), Box<dyn Error>> {
    main()
}
