//! The files that a scenario names: a run goes on from a checkpoint only if they are what they were.

use crate::column_file::{Hashing, hexadecimal};
use crate::error::Error;
use crate::scenario::Scenario;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io;
use std::path::PathBuf;

/// A file that a scenario names, as it was when the run was begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputFile {
    /// The key that names it.
    pub key: String,
    /// Where it was.
    pub file: PathBuf,
    /// Its length in bytes.
    pub bytes: u64,
    /// SHA-256, in hexadecimal digits.
    pub sha256: String,
}

impl InputFile {
    /// A number that tells apart what the files hold that a scenario names.
    ///
    /// # Errors
    /// [`Error::File`] if one cannot be read.
    pub fn seal(scenario: &Scenario) -> Result<u64, Error> {
        let mut all = String::new();
        for file in Self::all(scenario)? {
            all += &format!("{} {} ", file.key, file.sha256);
        }
        Ok(u64::from_str_radix(&hash(all.as_bytes())[..16], 16).unwrap_or_default())
    }

    /// Those that a scenario names, with what they hold now. Names are taken as they are, so they should be absolute.
    ///
    /// # Errors
    /// [`Error::File`] if one cannot be read.
    pub fn all(scenario: &Scenario) -> Result<Vec<Self>, Error> {
        let mut scenario = scenario.clone();
        let mut all = Vec::new();
        for (key, file) in scenario.files() {
            // What is left out, is written only at the end, or is no regular file (a pipe can be read once only), has no hash.
            if !file.metadata().is_ok_and(|about| about.is_file()) {
                continue;
            }
            let hash = || -> io::Result<(u64, String)> {
                let mut from = Hashing::new(File::open(&*file)?);
                io::copy(&mut from, &mut io::sink())?;
                Ok((from.bytes, from.hash()))
            };
            let (bytes, sha256) = hash().map_err(|error| Error::file(&*file, "read the scenario's file", error))?;
            let file = file.clone();
            all.push(Self {
                key,
                file,
                bytes,
                sha256,
            });
        }
        Ok(all)
    }
}

/// The hash of a text.
pub(super) fn hash(text: &[u8]) -> String {
    hexadecimal(Sha256::digest(text))
}
