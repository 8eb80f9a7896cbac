//! What was learned, as a scenario that starts with it.

use super::LearningSpec;
use super::start::{LearningStart, StrategyFile};
use crate::error::Error;
use crate::scenario::Scenario;
use crate::simulation::Simulation;
use crate::whole_file;
use std::io::Write;
use std::path::{Path, PathBuf};

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
            return Err(Error::invalid(KEY, message));
        }
        whole_file::probe(file, ACTION)?;
    }
    Ok(())
}

/// The key.
pub(super) const KEY: &str = "learning.export";

/// Whether a name is one that a scenario can have.
pub(super) fn check(file: &Path) -> Result<(), Error> {
    if file.extension().is_some_and(|ending| ending == "toml") {
        return Ok(());
    }
    let message = format!(
        "is {}; name a file that ends in .toml, beside which a table .parquet is written",
        crate::error::shown(file)
    );
    Err(Error::invalid(KEY, message))
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
