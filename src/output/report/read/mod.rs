//! What runs and studies have left in their folders, read back.

pub mod run;
pub mod snapshots;
pub mod study;
mod table;
pub mod thin;
pub mod times;

use std::path::{Path, PathBuf};
use tetraswarm::{Error, shown};

/// The most runs that a report shows beside each other.
pub const MOST_RUNS: usize = 24;

/// The longest text file that is read, in bytes: what runs and studies write is far shorter, but for a study's journal.
const LONGEST: u64 = 256 << 20;

/// What a report is of.
#[derive(Debug)]
pub enum Of {
    Runs(Vec<run::Run>),
    Study(Box<study::Study>),
}

/// Reads folders: of one run, of several, or of one study.
///
/// # Errors
/// [`Error::Invalid`] if a folder holds no results, or they do not go together; [`Error::File`] if a file cannot be read.
pub fn read(folders: &[PathBuf]) -> Result<Of, Error> {
    let [first, others @ ..] = folders else {
        return Err(Error::invalid(
            "report",
            "has no folder; name one that `run` or `study` has made, as in runs/orchestra-1",
        ));
    };
    for folder in folders {
        if !folder.is_dir() {
            let what = if folder.exists() {
                "is no folder"
            } else {
                "is not there"
            };
            let message = format!("{what}; name a folder that `run` or `study` has made, as in runs/orchestra-1");
            return Err(Error::invalid(shown(folder), message));
        }
    }
    let is_study = |folder: &Path| folder.join(study::RESULTS).is_file();
    if let Some(study) = folders.iter().find(|folder| is_study(folder)) {
        if others.is_empty() {
            return Ok(Of::Study(Box::new(study::Study::read(first)?)));
        }
        let message = "is a study, of which a report shows one by itself; name it alone, or runs only";
        return Err(Error::invalid(shown(study), message));
    }
    if folders.len() > MOST_RUNS {
        let message = format!(
            "has {} runs, but shows at most {MOST_RUNS} beside each other; name fewer, or make them a study",
            folders.len()
        );
        return Err(Error::invalid("report", message));
    }
    let values = thin::VALUES / folders.len();
    let mut runs = folders
        .iter()
        .map(|folder| run::Run::read(folder, values))
        .collect::<Result<Vec<_>, _>>()?;
    run::label(&mut runs);
    Ok(Of::Runs(runs))
}

/// A text file of a folder; nothing if it is not there.
fn text(path: &Path, action: &'static str) -> Result<Option<String>, Error> {
    let failed = |error| Error::file(path, action, error);
    match path.metadata() {
        Ok(about) if about.len() > LONGEST => {
            let message = format!(
                "is {} bytes long, but such a file has at most {LONGEST}; is it one?",
                about.len()
            );
            Err(Error::invalid(shown(path), message))
        }
        Ok(_) => match std::fs::read(path) {
            // A name that is no UTF-8 stands in the text as it can be shown.
            Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
            Err(error) => Err(failed(error)),
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(error)),
    }
}

/// A file of JSON.
fn json(path: &Path, action: &'static str) -> Result<Option<serde_json::Value>, Error> {
    let Some(text) = text(path, action)? else {
        return Ok(None);
    };
    let parsed = serde_json::from_str(&text);
    parsed.map(Some).map_err(|error| {
        let message = format!("is no JSON: {error}; was it cut off, or edited? What made it can make it anew");
        Error::invalid(shown(path), message)
    })
}
