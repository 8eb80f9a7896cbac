//! The scenarios that come with the program; the same files are in `scenarios/` for a user to copy and edit.

use super::Document;
use crate::error::{Error, nearest};
use std::path::Path;

/// A scenario that comes with the program.
#[derive(Clone, Copy, Debug)]
pub struct Embedded {
    /// What `run` calls it.
    pub name: &'static str,
    /// Its TOML; the first comment line says what it shows.
    pub text: &'static str,
}

macro_rules! embedded {
    ($($name:literal)*) => {
        /// Every embedded scenario; the first is the default.
        pub const EMBEDDED: &[Embedded] = &[
            $(Embedded {
                name: $name,
                text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/", $name, ".toml")),
            },)*
        ];
    };
}

embedded!("orchestra" "concert" "central" "hpc2n" "agreement" "blackout" "resilient" "snowball" "sync" "gossip" "tetrahedral" "cells" "gnutella" "learning" "bandits" "cooperation" "surge" "delegate" "living");

impl Embedded {
    /// The embedded scenario of that name.
    ///
    /// # Errors
    /// [`Error::UnknownScenario`].
    pub fn named(name: &str) -> Result<&'static Self, Error> {
        EMBEDDED
            .iter()
            .find(|e| e.name == name)
            .ok_or_else(|| Error::UnknownScenario {
                name: name.into(),
                known: EMBEDDED.iter().map(|e| e.name.into()).collect(),
                near: nearest(name, EMBEDDED.iter().map(|e| e.name)).map(Into::into),
            })
    }

    /// What the scenario shows, from its first line.
    #[must_use]
    pub fn summary(&self) -> &'static str {
        self.text.lines().next().unwrap_or("").trim_start_matches('#').trim()
    }
}

impl Document {
    /// Opens a scenario by path, or by the name of an embedded one; a file takes precedence. `-` is standard input.
    ///
    /// # Errors
    /// [`Error::UnknownScenario`] if there is neither; [`Error::Input`], [`Error::Syntax`].
    pub fn open(scenario: &str) -> Result<Self, Error> {
        let path = Path::new(scenario);
        if path.is_file() || scenario == "-" {
            return Self::read(path);
        }
        match Embedded::named(scenario) {
            Ok(embedded) => Self::parse_embedded(embedded.name, embedded.text),
            // A pipe can be read; a folder gives the system's word for it.
            Err(_) if path.exists() => Self::read(path),
            Err(unknown) => Err(unknown),
        }
    }
}
