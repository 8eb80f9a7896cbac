//! By what a run is recognised: the program's version, the scenario, the content of its files, what is read off it, and the seed.

use super::figure::FigureSpec;
use crate::error::Error;
use crate::scenario::Scenario;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// The content of files that scenarios name, hashed once each.
#[derive(Debug, Default)]
pub(super) struct Files {
    known: HashMap<PathBuf, String>,
}

fn digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Files {
    fn content(&mut self, path: &Path) -> Result<String, Error> {
        if let Some(known) = self.known.get(path) {
            return Ok(known.clone());
        }
        let mut digest = Sha256::new();
        let mut copy = || io::copy(&mut File::open(path)?, &mut Hash(&mut digest));
        copy().map_err(|error| Error::file(path, "read what the scenario names", error))?;
        let hash = digits(&digest.finalize());
        self.known.insert(path.to_owned(), hash.clone());
        Ok(hash)
    }

    /// Of everything that decides on the numbers of a variant but the seed. Where its files lie is no part of it.
    pub fn hash(&mut self, scenario: &Scenario, figures: &[FigureSpec], twin: bool) -> Result<String, Error> {
        let mut scenario = scenario.clone();
        let mut names: Vec<&mut PathBuf> = scenario.topology.files().into_iter().map(|(_, file)| file).collect();
        names.extend(
            scenario
                .parts
                .iter_mut()
                .flat_map(|part| part.files())
                .map(|(_, file)| file),
        );
        for file in names {
            if !file.as_os_str().is_empty() {
                *file = self.content(file)?.into();
            }
        }
        let mut digest = Sha256::new();
        digest.update(env!("CARGO_PKG_VERSION"));
        digest.update([0]);
        digest.update(scenario.to_toml()?);
        for figure in figures {
            // Names and ways of being good change no number.
            let plain = FigureSpec {
                better: None,
                label: None,
                ..figure.clone()
            };
            digest.update(toml::to_string(&plain).unwrap_or_default());
            digest.update(figure.title());
            digest.update([0]);
        }
        digest.update([u8::from(twin)]);
        Ok(digits(&digest.finalize()[..16]))
    }
}

/// The key of a run of a variant with a seed.
#[must_use]
pub fn key(variant: &str, seed: u32) -> String {
    format!("{variant}-{seed}")
}

/// Hashes what is written to it.
struct Hash<'a>(&'a mut Sha256);

impl io::Write for Hash<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
