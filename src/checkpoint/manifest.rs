//! What a checkpoint says of itself, and how nobody changes a bit of it unseen.

use super::inputs::hash;
use super::{InputFile, Options};
use crate::error::Error;
use crate::gauge::SightingsMemory;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The name of its file.
pub(super) const FILE: &str = "manifest.json";

/// The name of the scenario's.
pub(super) const SCENARIO: &str = "scenario.toml";

/// The number of this format. Others are refused by name.
pub(super) const FORMAT: u32 = 1;

/// The longest there is.
const LONGEST: u64 = 64 << 20;

/// The last key, which is the hash of all before it.
const LAST: &str = ",\n  \"sha256\": \"";

/// What a checkpoint says of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The number of the format.
    pub format: u32,
    /// Of the program that wrote it.
    pub version: String,
    /// The section, name and version of each part.
    pub parts: String,
    /// After how many ticks.
    pub tick: u32,
    /// How many the run was to have.
    pub ticks: u32,
    /// Why the run had come to its end, if it had: `ticks` or `condition`.
    pub ended: Option<String>,
    /// Of the whole state, in 16 hexadecimal digits.
    pub fingerprint: String,
    /// The same at tick 0.
    pub start: String,
    /// How many nodes there are.
    pub nodes: u32,
    /// The tick of the last row that is written and would be there wherever the run was to end.
    pub last_row: Option<u32>,
    /// What was seen of the swarm after each event, so far.
    pub(crate) sightings: Option<SightingsMemory>,
    /// When and how checkpoints are written.
    pub options: Options,
    /// SHA-256 of `scenario.toml`.
    pub scenario_sha256: String,
    /// The files that the scenario names.
    pub inputs: Vec<InputFile>,
    /// The columns of the state.
    pub columns: Vec<SavedColumn>,
}

/// A column of a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedColumn {
    /// Its name, as in `consensus.belief`.
    pub name: String,
    /// Its file; empty where it is in parts.
    pub file: String,
    /// Lanes × nodes, or what else it is of; one number where it is of neither.
    pub shape: Vec<u64>,
    /// Its part of the fingerprint, in 16 hexadecimal digits.
    pub fingerprint: String,
    /// The file's length.
    pub bytes: u64,
    /// The file's SHA-256.
    pub sha256: String,
    /// The files of its parts, where each of several processes wrote its own words; then the column has none of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<SavedPart>,
}

/// The words of a column that one of several processes wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedPart {
    /// Its file.
    pub file: String,
    /// Lanes × nodes of this part, or one number.
    pub shape: Vec<u64>,
    /// Where its words stand in the column, stretch by stretch: the first of each, and the one after its last.
    pub words: Vec<[u64; 2]>,
    /// The file's length.
    pub bytes: u64,
    /// The file's SHA-256.
    pub sha256: String,
}

/// How many words an array of that shape has, unless that is more than there can be.
pub(super) fn words(shape: &[u64]) -> Option<u64> {
    let words = shape.iter().try_fold(1u64, |words, &by| words.checked_mul(by));
    words.filter(|&words| words < 1 << 40)
}

impl SavedColumn {
    /// How many words it has, unless that is more than there can be.
    pub(super) fn words(&self) -> Option<u64> {
        words(&self.shape)
    }

    /// Its parts; one where it is whole. Nothing if they are not all of its words, each once.
    pub(super) fn all_parts(&self) -> Option<Vec<SavedPart>> {
        let count = self.words()?;
        if self.parts.is_empty() {
            return Some(vec![SavedPart {
                file: self.file.clone(),
                shape: self.shape.clone(),
                words: vec![[0, count]],
                bytes: self.bytes,
                sha256: self.sha256.clone(),
            }]);
        }
        let mut stretches: Vec<[u64; 2]> = self.parts.iter().flat_map(|part| part.words.iter().copied()).collect();
        stretches.sort_unstable();
        let end = stretches
            .iter()
            .try_fold(0, |at, &[first, end]| (first == at && end >= first).then_some(end));
        let fits = |part: &SavedPart| {
            let own: u64 = part.words.iter().map(|[first, end]| end - first).sum();
            words(&part.shape) == Some(own)
        };
        (end == Some(count) && self.parts.iter().all(fits)).then(|| self.parts.clone())
    }
}

impl Manifest {
    /// Its text, which ends with the hash of all that is before.
    pub(super) fn text(&self) -> Result<String, serde_json::Error> {
        let mut text = serde_json::to_string_pretty(self)?;
        // Without the bracket and the line feed before it.
        text.truncate(text.len() - 2);
        let own = hash(text.as_bytes());
        Ok(format!("{text}{LAST}{own}\"\n}}\n"))
    }

    /// Reads the one of a checkpoint's folder.
    ///
    /// # Errors
    /// [`Error::Damaged`] if it is not as it was written, [`Error::Invalid`] if it is of another format, [`Error::File`].
    pub(super) fn read(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(FILE);
        let failed = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::InvalidData => super::read::damaged(&path, "it is no UTF-8 text"),
            _ => Error::file(&path, "read the checkpoint", error),
        };
        let mut text = String::new();
        let file = File::open(&path).map_err(failed)?;
        file.take(LONGEST).read_to_string(&mut text).map_err(failed)?;
        let damaged = |what: &str| super::read::damaged(&path, what);
        let Some((body, own)) = text.rsplit_once(LAST) else {
            return Err(damaged("it is no manifest of a checkpoint, or is cut off"));
        };
        if own != format!("{}\"\n}}\n", hash(body.as_bytes())) {
            return Err(damaged("its hash is another than it says"));
        }
        let body = format!("{body}\n}}");
        // Before all else, so that another format is told from nonsense.
        let any: serde_json::Value = serde_json::from_str(&body).map_err(|error| damaged(&error.to_string()))?;
        if any["format"] != FORMAT {
            let message = format!(
                "is of format {}, but this version reads format {FORMAT}; go on with the version that wrote it, {}",
                any["format"],
                any["version"].as_str().unwrap_or("which is not told")
            );
            return Err(Error::invalid(crate::error::shown(&path), message));
        }
        serde_json::from_str(&body).map_err(|error| damaged(&format!("it does not say what it should: {error}")))
    }
}

/// A fingerprint as its digits.
pub(super) fn digits(bits: u64) -> String {
    format!("{bits:016x}")
}
