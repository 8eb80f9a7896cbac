//! The state itself, saved: a row a node, with every value that means something to whoever reads it.
//!
//! The first column is `node`, the number of the node, or `cell` where nodes are cells; where the network came from a file, `id` is
//! what that file calls it. The others are what the plan says that its columns mean, see [`crate::Shown`]. The file is Parquet or
//! .npz, by its ending; it is there whole or not at all. Beside the state of the swarm only some rows are in memory at a time.

use crate::device::Execution;
use crate::error::Error;
use crate::plan::Plan;
use crate::shown::{ID, NODE};
use crate::shown::{Shown, ShownKind};
use crate::table::{Heading, Kind, Npz, Values, Writer};
use crate::topology::import::Ids;
use crate::whole_file;
use std::io;
use std::ops::Range;
use std::path::Path;

/// Rows that are in memory at a time, and in a group of Parquet's.
const ROWS: u64 = 1 << 18;

/// What is done, for an error.
const ACTION: &str = "save the state";

/// A format that states are saved in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveFormat {
    /// Parquet.
    Parquet,
    /// An archive of NumPy arrays.
    Npz,
}

impl SaveFormat {
    /// What a file's ending asks for.
    ///
    /// # Errors
    /// [`Error::Invalid`] if it is neither.
    pub fn of(path: &Path) -> Result<Self, Error> {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if ending.eq_ignore_ascii_case("parquet") {
            Ok(Self::Parquet)
        } else if ending.eq_ignore_ascii_case("npz") {
            Ok(Self::Npz)
        } else {
            let message =
                "does not end in .parquet or .npz, which says the format; name such a file, as in state.parquet";
            Err(Error::invalid(format!("--save {}", path.display()), message))
        }
    }
}

/// Sees to it, before a run takes its time, that a file can be written in the folder that it is to be in.
///
/// # Errors
/// [`Error::File`] if not.
pub fn probe(path: &Path) -> Result<(), Error> {
    whole_file::probe(path, ACTION)
}

/// A column of the table.
enum Column<'a> {
    Node,
    Id(&'a Ids),
    Shown(&'a Shown),
}

impl Column<'_> {
    fn heading(&self, plan: &Plan) -> Heading {
        let (name, unit, about, kind): (_, _, std::borrow::Cow<'static, str>, _) = match self {
            Self::Node => match plan.work() {
                Some(_) => (NODE[1], "", "the number of the cell, from 0".into(), Kind::U32),
                None => (NODE[0], "", "the number of the node, from 0".into(), Kind::U32),
            },
            Self::Id(ids) => {
                let kind = match ids {
                    Ids::Words(_) => Kind::Text,
                    _ => Kind::I64,
                };
                (ID, "", "what the network's file calls the node".into(), kind)
            }
            Self::Shown(shown) => {
                let kind = match shown.kind {
                    ShownKind::Signed => Kind::I32,
                    ShownKind::Unsigned | ShownKind::Optional => Kind::U32,
                    ShownKind::Flag => Kind::Flag,
                };
                (shown.name, shown.unit, shown.about.clone(), kind)
            }
        };
        Heading {
            name: name.into(),
            unit: unit.into(),
            about,
            kind,
            is_optional: matches!(self, Self::Shown(shown) if shown.kind == ShownKind::Optional),
        }
    }

    /// The values of some nodes.
    fn values(&self, execution: &mut dyn Execution, nodes: Range<u64>) -> Result<Values, Error> {
        // Nodes are numbered by 32 bits.
        let numbers = nodes.start as u32..nodes.end as u32;
        Ok(match self {
            Self::Node => Values::U32(numbers.map(Some).collect()),
            Self::Id(Ids::Words(words)) => Values::Text(numbers.map(|i| Some(words.get(i).to_owned())).collect()),
            Self::Id(Ids::Integers(ids)) => {
                Values::I64(numbers.map(|i| ids.get(i as usize).map(|&id| id.into())).collect())
            }
            Self::Id(Ids::OneBased { .. }) => Values::I64(numbers.map(|i| Some(i64::from(i) + 1)).collect()),
            Self::Id(Ids::Same { .. }) => Values::I64(numbers.map(|i| Some(i.into())).collect()),
            Self::Shown(shown) => read(shown, execution, nodes)?,
        })
    }
}

/// What is shown of some nodes.
fn read(shown: &Shown, execution: &mut dyn Execution, nodes: Range<u64>) -> Result<Values, Error> {
    let all = u64::from(execution.plan().nodes());
    let mut lanes = Vec::new();
    for &(column, word) in &shown.words {
        let first = u64::from(word) * all;
        lanes.push(execution.read_range(column, first + nodes.start..first + nodes.end)?);
    }
    let mut words = vec![0; lanes.len()];
    let count = (nodes.end - nodes.start) as usize;
    let values = (0..count).map(|at| {
        for (word, lane) in words.iter_mut().zip(&lanes) {
            *word = lane.get(at).copied().unwrap_or_default();
        }
        shown.value(&words)
    });
    Ok(match shown.kind {
        ShownKind::Signed => Values::I32(values.map(|word| word.map(|word| word as i32)).collect()),
        ShownKind::Unsigned | ShownKind::Optional => Values::U32(values.collect()),
        ShownKind::Flag => Values::Flag(values.map(|word| word.map(|word| word != 0)).collect()),
    })
}

/// Writes the current state to a file; an existing one of that name is replaced. `about` is what else its metadata say, as pairs of a
/// key and a text.
pub(crate) fn save(execution: &mut dyn Execution, path: &Path, about: &[(String, String)]) -> Result<(), Error> {
    let format = SaveFormat::of(path)?;
    let (shown, topology) = (
        execution.plan().shown.clone(),
        std::sync::Arc::clone(&execution.plan().topology),
    );
    let rows = u64::from(topology.nodes());
    let ids = topology.ids().map(Column::Id);
    let columns: Vec<Column<'_>> = [Column::Node]
        .into_iter()
        .chain(ids)
        .chain(shown.iter().map(Column::Shown))
        .collect();
    let headings: Vec<Heading> = columns.iter().map(|column| column.heading(execution.plan())).collect();
    let mut about = about.to_vec();
    about.push(("tetraswarm.tick".to_owned(), execution.tick().to_string()));
    // A device that fails is no trouble of the file's.
    let mut failed = None;
    let mut values = |at: usize, nodes: Range<u64>| {
        let column: &Column<'_> = &columns[at];
        column.values(execution, nodes).map_err(|error| {
            let told = io::Error::other(error.to_string());
            failed = Some(error);
            told
        })
    };
    let written = whole_file::write(path, ACTION, |to| match format {
        SaveFormat::Parquet => {
            let mut table = Writer::new(to, headings, &about)?;
            for first in (0..rows).step_by(ROWS as usize) {
                table.group(|at| values(at, first..(first + ROWS).min(rows)))?;
            }
            table.finish().map(drop)
        }
        SaveFormat::Npz => Npz::new(to, headings, rows, &about).write(ROWS, values).map(drop),
    });
    match failed {
        Some(error) => Err(error),
        None => written,
    }
}
