//! How a checkpoint is written: piece by piece, one thread reading the device while another hashes and writes, and a third brings what is
//! written down to the disk.

use super::inputs::hash;
use super::manifest::SavedPart;
use super::manifest::{FILE, FORMAT, Manifest, SCENARIO, SavedColumn, digits};
use super::{Memory, Setting, Written};
use crate::column::{Column, ColumnId, Extent};
use crate::column_file::{self, ACTION, PIECE, Piece, file_name, head};
use crate::device::{Execution, PartFile};
use crate::error::Error;
use crate::gauge::Fingerprint;
use crate::plan::Plan;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;

/// The shape of a column as an array.
fn shape(plan: &Plan, column: ColumnId) -> Vec<u64> {
    let words = plan.words(column);
    let lanes = match plan.columns[column.0].extent {
        Extent::Node | Extent::Groups(_) => 1,
        Extent::Wide => 2,
        Extent::Words(lanes) => u64::from(lanes),
        Extent::LinkEnd if plan.topology.rows().is_none() => u64::from(plan.topology.slots()),
        Extent::LinkEnd | Extent::Swarm(_) | Extent::Table(_) => return vec![words],
    };
    if lanes == 0 {
        return vec![words];
    }
    vec![lanes, words / lanes]
}

/// Reads the columns of the state off the device and hands them on; answers them without what is known only when they are written.
fn columns(
    execution: &mut dyn Execution,
    compress: bool,
    send: &mut dyn FnMut(Piece) -> bool,
) -> Result<Vec<SavedColumn>, Error> {
    let mut all = Vec::new();
    for at in 0..execution.plan().columns.len() {
        let id = ColumnId(at);
        let plan = execution.plan();
        let column = &plan.columns[at];
        if !column.is_state() {
            continue;
        }
        let (shape, words, number) = (shape(plan, id), plan.words(id), column.number());
        let (name, file) = (
            column.name.to_owned(),
            file_name(all.len(), column.name, compress, None),
        );
        let head = head(&shape);
        if !send(Piece::Begin {
            name: file.clone(),
            head,
        }) {
            return Ok(all);
        }
        let mut print = Fingerprint::default();
        let mut first = 0;
        while first < words {
            let next = (first + PIECE as u64).min(words);
            let piece = execution.read_range(id, first..next)?;
            if piece.len() as u64 != next - first {
                return Err(Error::invalid(
                    format!("column '{name}'"),
                    "gives fewer words than it has",
                ));
            }
            print = print.plus(Fingerprint::of(number, first as u32, &piece));
            if !send(Piece::Words(piece)) {
                return Ok(all);
            }
            first = next;
        }
        send(Piece::End);
        all.push(SavedColumn {
            name,
            file,
            shape,
            fingerprint: digits(print.bits()),
            bytes: 0,
            sha256: String::new(),
            parts: Vec::new(),
        });
    }
    Ok(all)
}

/// Writes a file down to the disk.
fn put(folder: &Path, name: &str, text: &str) -> Result<u64, Error> {
    let path = folder.join(name);
    let write = || {
        let mut file = File::create(&path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    write().map_err(|error| Error::file(&path, ACTION, error))?;
    Ok(text.len() as u64)
}

/// The fingerprint that digits say.
fn print_of(digits: &str) -> Fingerprint {
    let bits = u64::from_str_radix(digits, 16).unwrap_or_default();
    Fingerprint([(bits >> 32) as u32, bits as u32])
}

/// The columns whose files several processes have written, each its own words.
fn in_parts(plan: &Plan, parts: Vec<PartFile>) -> Vec<SavedColumn> {
    let state = (0..plan.columns.len()).map(ColumnId);
    let state = state.filter(|column| plan.columns[column.0].is_state());
    let mut all: Vec<SavedColumn> = state
        .map(|column| SavedColumn {
            name: plan.columns[column.0].name.to_owned(),
            file: String::new(),
            shape: shape(plan, column),
            fingerprint: String::new(),
            bytes: 0,
            sha256: String::new(),
            parts: parts
                .iter()
                .filter(|part| part.column == column)
                .map(|part| SavedPart {
                    file: part.file.clone(),
                    shape: part.shape.clone(),
                    words: part.words.iter().map(|words| [words.start, words.end]).collect(),
                    bytes: part.bytes,
                    sha256: part.sha256.clone(),
                })
                .collect(),
        })
        .collect();
    for saved in &mut all {
        let own = parts
            .iter()
            .filter(|part| plan.columns[part.column.0].name == saved.name);
        let print = own
            .clone()
            .fold(Fingerprint::default(), |sum, part| sum.plus(part.print));
        (saved.fingerprint, saved.bytes) = (digits(print.bits()), own.map(|part| part.bytes).sum());
        // One that is whole is as any.
        if let [one] = &*saved.parts
            && one.shape == saved.shape
        {
            (saved.file, saved.sha256) = (one.file.clone(), one.sha256.clone());
            saved.parts.clear();
        }
    }
    all
}

/// Puts a checkpoint of what is on the device into an empty folder that is there.
pub(crate) fn write(
    execution: &mut dyn Execution,
    folder: &Path,
    setting: &Setting,
    memory: Memory,
) -> Result<Written, Error> {
    let compress = setting.options.compress;
    let failed = |name: &str, error| Error::file(folder.join(name), ACTION, error);
    let columns = match execution.write_parts(folder, compress)? {
        Some(parts) => in_parts(execution.plan(), parts),
        None => {
            let read = |send: &mut dyn FnMut(Piece) -> bool| columns(execution, compress, send);
            let (mut columns, written) = column_file::write(folder, compress, read)?;
            for (column, (length, sha256)) in columns.iter_mut().zip(written) {
                (column.bytes, column.sha256) = (length, sha256);
            }
            columns
        }
    };
    let prints = columns.iter().map(|column| print_of(&column.fingerprint));
    let mut print = prints.fold(Fingerprint::default(), Fingerprint::plus);
    let mut bytes: u64 = columns.iter().map(|column| column.bytes).sum();
    bytes += put(folder, SCENARIO, &setting.scenario)?;
    if execution.plan().kinship.is_some() {
        // What stands at places where nobody is is no part of the state.
        let columns = execution.plan().columns.iter().map(Column::is_state);
        let state: Vec<bool> = columns.collect();
        let prints = execution.fingerprints()?.into_iter().zip(state);
        let of_state = prints.filter(|(_, is_state)| *is_state);
        print = of_state.fold(Fingerprint::default(), |sum, (one, _)| sum.plus(one));
    }
    let plan = execution.plan();
    let tick = execution.tick();
    let manifest = Manifest {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        parts: setting.parts.clone(),
        tick,
        ticks: plan.ticks,
        ended: setting.ended.clone(),
        fingerprint: digits(print.bits()),
        start: digits(memory.start),
        nodes: plan.nodes(),
        last_row: memory.last_row,
        sightings: memory.sightings,
        options: setting.options.clone(),
        scenario_sha256: hash(setting.scenario.as_bytes()),
        inputs: setting.inputs.clone(),
        columns,
    };
    let text = manifest.text().map_err(|error| failed(FILE, error.into()))?;
    bytes += put(folder, FILE, &text)?;
    sync_folder(folder);
    Ok(Written { tick, bytes })
}

/// Brings a folder's names down to the disk, where the system has such a thing.
pub(super) fn sync_folder(folder: &Path) {
    #[cfg(unix)]
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    #[cfg(not(unix))]
    let _ = folder;
}
