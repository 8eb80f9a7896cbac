//! What the tests of cells that work share: scenarios, runs, and what their columns say.

use std::path::Path;
use tempfile::TempDir;
use tetraswarm::device::Device;
use tetraswarm::device::cpu::CpuDevice;
use tetraswarm::part::work::Work;
use tetraswarm::part::work::state;
use tetraswarm::scenario::Scenario;
use tetraswarm::swarm::Swarm;
use tetraswarm::trace::JobResult;
use tetraswarm::{Error, Simulation};

/// A device of two threads.
pub fn device() -> CpuDevice {
    CpuDevice::new(2).unwrap()
}

/// A scenario that is measured at every tick; `text` is what follows its number of cells.
pub fn scenario(cells: u32, ticks: u32, text: &str) -> Scenario {
    let measure = if text.contains("[measure]") {
        ""
    } else {
        "[measure]\nevery = 1\n"
    };
    let text = format!(
        "name = \"work\"\nagents = {}\nticks = {ticks}\n{text}\n{measure}",
        4 * cells
    );
    Scenario::from_toml("work", &text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// A swarm that has not run.
pub fn start(scenario: &Scenario) -> Simulation {
    Simulation::new(scenario, &device()).unwrap_or_else(|error| panic!("{error}"))
}

/// A swarm that has run, and whose ledger held at every tick.
pub fn run(scenario: &Scenario) -> Simulation {
    let mut simulation = start(scenario);
    simulation.run().unwrap_or_else(|error| panic!("{error}"));
    simulation
}

/// A swarm on its device, to be tampered with.
pub fn execution(scenario: &Scenario) -> Box<dyn tetraswarm::device::Execution> {
    device().load(Swarm::build(scenario, Path::new("")).unwrap()).unwrap()
}

/// The rows, of every measured tick.
pub fn rows(simulation: &Simulation) -> Vec<&Work> {
    simulation
        .measurements()
        .iter()
        .map(|row| row.work().unwrap())
        .collect()
}

/// The last row.
pub fn last(simulation: &Simulation) -> &Work {
    rows(simulation).last().unwrap()
}

/// What each cell holds.
pub fn loads(simulation: &mut Simulation) -> Vec<u32> {
    let states = simulation.column("work.state").unwrap();
    states.into_iter().map(state::load).collect()
}

/// Goes on to a tick.
pub fn go(simulation: &mut Simulation, tick: u32) {
    simulation
        .run_until(tick, |_| std::ops::ControlFlow::Continue(()))
        .unwrap_or_else(|error| panic!("{error}"));
}

/// A folder with a job log in it, and the two keys that name it.
pub fn log(content: &str) -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    std::fs::write(&file, content).unwrap();
    let keys = format!("trace = '{}'", file.display());
    (folder, keys)
}

/// A swarm that works off a log of the columns arrival, need, processors and user, of which the k-th job arrives at the k-th cell.
/// `rest` stands in `[work]`, `after` behind it.
pub fn of_jobs(cells: u32, ticks: u32, topology: &str, jobs: &str, rest: &str, after: &str) -> Simulation {
    let (_folder, trace) = log(&format!("arrival,need,processors\n{jobs}"));
    let text = format!(
        "topology = {{ kind = \"{topology}\" }}\n[work]\n{trace}\nlog = {{ cells = \"round-robin\" }}\n{rest}\n{after}"
    );
    start(&scenario(cells, ticks, &text))
}

/// What became of the jobs.
pub fn results(simulation: &mut Simulation) -> Vec<JobResult> {
    let words = simulation.column("work.jobs").unwrap();
    simulation.plan().work().unwrap().log.as_ref().unwrap().results(&words)
}

/// What a scenario is refused for.
pub fn refusal(text: &str) -> String {
    let built = Scenario::from_toml("t", text).and_then(|scenario| Swarm::plan(&scenario, Path::new("")));
    match built {
        Ok(_) => panic!("accepted: {text}"),
        Err(error @ (Error::Invalid { .. } | Error::Syntax { .. })) => error.to_string(),
        Err(error) => panic!("another error: {error}"),
    }
}
