//! The folder of a study: its text, its journal, the table of its runs, and what it has found.

use super::design::Design;
use super::journal::{JOURNAL, Journal};
use super::results::{RESULTS, Results};
use super::spec::Study;
use super::table;
use crate::digits::{grouped, known};
use crate::error::Error;
use crate::{shown, whole_file};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What the study's text is called.
pub const STUDY: &str = "study.toml";
/// What the table of runs is called.
pub const RUNS: &str = "runs.parquet";

/// A study's folder, open to be written.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// The runs that have ended.
    pub journal: Journal,
}

impl Folder {
    /// Takes a folder for a study: a new or an empty one, or, to go on with it, one that holds this study already, perhaps with other
    /// axes.
    ///
    /// # Errors
    /// [`Error::Invalid`] if it holds something else, [`Error::File`]; nothing in it is changed then.
    pub fn open(path: &Path, design: &Design, resume: bool) -> Result<Self, Error> {
        // What a kill left half-written is nothing.
        let is_partial = |entry: std::io::Result<fs::DirEntry>| {
            entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with(".tetraswarm-"))
        };
        let is_empty = fs::read_dir(path)
            .map(|mut entries| entries.all(is_partial))
            .unwrap_or(true);
        let fault = |message: String| Err(Error::invalid(format!("--out {}", shown(path)), message));
        if path.exists() && !path.is_dir() {
            return fault("is no folder; name another".into());
        }
        let text = path.join(STUDY);
        if !text.is_file() && !is_empty {
            return fault(format!(
                "is not empty, and holds no study (there is no {STUDY}); name another folder"
            ));
        }
        if text.is_file() {
            let other = Study::read(&text)?;
            if other.name != design.study.name {
                return fault(format!("holds another study, '{}'; name another folder", other.name));
            }
            let of = other.document()?;
            let name = of.word("name").unwrap_or("unnamed");
            if name != design.scenario {
                return fault(format!(
                    "holds a study of another scenario, {name}; name another folder"
                ));
            }
            if resume {
                let whole = |study: &Study| {
                    let mut document = study.document()?;
                    document.set_all(&study.set).map(|()| document)
                };
                let (of, now) = (whole(&other)?, whole(&design.study)?);
                for key in ["agents", "ticks"] {
                    let [then, now] = [&of, &now].map(|document| known(document.integer(key), grouped));
                    if then != now {
                        return fault(format!(
                            "holds runs of this study whose {key} are {then}, and now {key} are {now}, so that they could not be compared; give what \
                             it was run with, or name another folder"
                        ));
                    }
                }
            } else {
                return fault("holds this study already; go on with it by --resume, or name another folder".into());
            }
            let results = path.join(RESULTS);
            if results.is_file() {
                load(&results)?;
            }
            // Whether each line of the journal is one, before anything is written.
            if path.join(JOURNAL).is_file() {
                Journal::read(path)?;
            }
        }
        fs::create_dir_all(path).map_err(|error| Error::file(path, "create the study's folder", error))?;
        // The text comes first: a folder with a journal and no text would be nobody's.
        if !text.is_file() {
            write_study(path, design)?;
        }
        let journal = Journal::open(path)?;
        write_study(path, design)?;
        Ok(Self {
            path: path.to_owned(),
            journal,
        })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the table of runs and what has been found, in place of those before.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn finish(&self, design: &Design, results: &Results) -> Result<(), Error> {
        write_study(&self.path, design)?;
        whole_file::write(&self.path.join(RUNS), "write the table of runs", |to| {
            table::write(design, &self.journal, results, to)
        })?;
        let text = serde_json::to_string_pretty(results).unwrap_or_default();
        whole_file::write(&self.path.join(RESULTS), "write the results", |to| {
            writeln!(to, "{text}")
        })
    }
}

fn write_study(folder: &Path, design: &Design) -> Result<(), Error> {
    let text = design.study.to_toml()?;
    whole_file::write(&folder.join(STUDY), "write the study", |to| {
        to.write_all(text.as_bytes())
    })
}

/// What a study has found, from its file.
///
/// # Errors
/// [`Error::File`] if it cannot be read, [`Error::Invalid`] if it is cut or none.
pub fn load(path: &Path) -> Result<Results, Error> {
    let text = fs::read_to_string(path).map_err(|error| Error::file(path, "read the results", error))?;
    serde_json::from_str(&text).map_err(|error| {
        let message = format!("is no {RESULTS} of a study, or is cut ({error}); move it away: `tetraswarm study --resume` makes it anew from {JOURNAL}");
        Error::invalid(shown(path), message)
    })
}
