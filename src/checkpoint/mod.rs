//! Checkpoints: the state of a run in a folder, from which it goes on as if nothing had happened, on any device.
//!
//! A run is its columns and its tick: draws are stateless, steps are gathers, the plan follows from the scenario. Besides, a run knows
//! what was seen of the swarm after each event ([`crate::gauge::Sightings`]), and which of its rows are written. All of that is in a
//! checkpoint, with the scenario, the hashes of the files that it names, and the program's version:
//!
//! | file | what it holds |
//! | --- | --- |
//! | `NN-COLUMN.npy` | a column, words of 32 bits of shape lanes × nodes, which NumPy maps into memory; `.npy.zst` if compressed |
//! | `NN-COLUMN.RANK.npy` | those that a rank has, where several processes run the swarm |
//! | `scenario.toml` | complete and resolved |
//! | `manifest.json` | tick, counters, a hash of each file, a fingerprint of each column, and last its own hash |
//!
//! A checkpoint is written under a hidden name, down to the disk, and then renamed: it is there whole or not at all, whatever ends the
//! program. A column is read off the device, hashed and written piece by piece, so that there is never a second copy of the state in
//! memory. Whoever reads one believes nothing of it that is not checked: every bit of every file is under a hash, and what the device
//! holds afterwards has to have the fingerprint that the run had.

mod folder;
mod inputs;
mod manifest;
mod read;
mod write;

pub use folder::{Checkpoints, Lock, NAME};
pub use inputs::InputFile;
pub use manifest::{Manifest, SavedColumn, SavedPart};
pub use read::Checkpoint;
pub(crate) use write::write;

use crate::gauge::SightingsMemory;
use serde::{Deserialize, Serialize};

/// What is to be known of a run besides its columns, to write a checkpoint of it.
#[derive(Clone, Debug, Default)]
pub struct Setting {
    /// The scenario, complete and resolved, as TOML.
    pub scenario: String,
    /// The section, name and version of each part.
    pub parts: String,
    /// The files that the scenario names.
    pub inputs: Vec<InputFile>,
    /// When checkpoints are written.
    pub options: Options,
    /// Why the run had come to its end, if it had: `ticks` or `condition`.
    pub ended: Option<String>,
}

/// When and how checkpoints of a run are written, in the words of the command line: a run that goes on writes them as before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// After how long, or so many ticks, if that was given.
    pub when: Option<String>,
    /// How many are kept, if that was given.
    pub keep: Option<String>,
    /// Whether files are compressed.
    pub compress: bool,
    /// Whether the run is to have a report.
    #[serde(default)]
    pub report: bool,
}

/// What a run knows between ticks besides its columns.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory {
    /// What was seen after each event.
    pub sightings: Option<SightingsMemory>,
    /// The tick of the last row that the run would have had anyway, wherever it was to end.
    pub last_row: Option<u32>,
    /// The fingerprint at tick 0.
    pub start: u64,
}

/// A checkpoint that has been written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// After how many ticks.
    pub tick: u32,
    /// Bytes of all its files.
    pub bytes: u64,
}

/// Bytes that the files of a plan's checkpoint take, not compressed: what there must be room for.
#[must_use]
pub fn bytes(plan: &crate::plan::Plan) -> u64 {
    let columns = (0..plan.columns.len()).map(crate::column::ColumnId);
    let state = columns.filter(|column| plan.columns[column.0].is_state());
    // The head of a file, and what the manifest says of it.
    state.map(|column| 4 * plan.words(column) + 1024).sum()
}
