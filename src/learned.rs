//! What was learned, as a scenario that starts with it.

use crate::error::Error;
use crate::part::learning::{EXPORT, LearningSpec, LearningStart, StrategyFile};
use crate::scenario::Scenario;
use crate::simulation::Simulation;
use crate::whole_file;
use std::io::Write;
use std::path::PathBuf;

/// What is done, for an error.
const ACTION: &str = "write what was learned";

/// The scenario and the table that a scenario asks for in `learning.export`.
fn files(scenario: &Scenario) -> Option<[PathBuf; 2]> {
    let export = scenario.part::<LearningSpec>()?.export.as_ref()?;
    Some([export.clone(), export.with_extension("parquet")])
}

/// Sees to it, before a run takes its time, that what is learned can be written where `learning.export` says.
///
/// # Errors
/// [`Error::Invalid`] if it is no name of a TOML file, or is there already; [`Error::File`] if it cannot be written.
pub fn prepare_export(scenario: &Scenario) -> Result<(), Error> {
    let Some(files) = files(scenario) else { return Ok(()) };
    for file in &files {
        if file.symlink_metadata().is_ok() {
            let message = format!(
                "would overwrite {}; name another file, or move that one",
                crate::error::shown(file)
            );
            return Err(Error::invalid(EXPORT, message));
        }
        whole_file::probe(file, ACTION)?;
    }
    Ok(())
}

/// Writes what was learned as the same scenario that starts with it, and beside it the table that this names. Returned are the files;
/// none where the scenario does not ask for it.
///
/// # Errors
/// [`Error::File`], [`Error::DeviceFailed`].
pub fn export(scenario: &Scenario, simulation: &mut Simulation) -> Result<Vec<PathBuf>, Error> {
    let Some([text, table]) = files(scenario) else {
        return Ok(Vec::new());
    };
    simulation.save(&table, &[])?;
    let mut learnt = scenario.clone();
    if let Some(spec) = learnt.part_mut::<LearningSpec>() {
        // The two lie beside each other, wherever they are taken.
        let file = table.file_name().map(PathBuf::from).unwrap_or_default();
        spec.start = LearningStart::File(StrategyFile { file });
        spec.export = None;
    }
    let content = learnt.to_toml()?;
    let about = format!("# What was learned in {} ticks.\n", simulation.tick());
    whole_file::write(&text, ACTION, |to| to.write_all((about + &content).as_bytes()))?;
    Ok(vec![text, table])
}
