//! How a checkpoint is written: piece by piece, one thread reading the device while another hashes and writes, and a third brings what is
//! written down to the disk.

use super::file::{PIECE, Sink, bytes, head};
use super::inputs::hash;
use super::manifest::{FILE, FORMAT, Manifest, SCENARIO, SavedColumn, digits};
use super::{Memory, Setting, Written};
use crate::column::{Column, ColumnId, Extent};
use crate::device::Execution;
use crate::error::Error;
use crate::gauge::Fingerprint;
use crate::plan::Plan;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::thread;

/// What is done, for an error.
const ACTION: &str = "write the checkpoint";

/// Pieces that may wait to be written.
const WAITING: usize = 2;

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

/// A name that any system takes for a file.
fn file_name(at: usize, column: &str, compress: bool) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || "._-".contains(c) {
            c
        } else {
            '_'
        }
    };
    let name: String = column.chars().take(100).map(plain).collect();
    format!("{at:02}-{name}.npy{}", if compress { ".zst" } else { "" })
}

/// What the writing thread is handed.
enum Piece {
    Begin { name: String, head: Vec<u8> },
    Words(Vec<u32>),
    End,
}

/// Bytes after which what has been written of a file is sent down to the disk, while more is being written.
const STRETCH: usize = 32 << 20;

/// Brings files down to the disk, as they come with their names.
fn down(files: &Receiver<(String, File)>) -> Result<(), (String, io::Error)> {
    for (name, file) in files {
        file.sync_all().map_err(|error| (name, error))?;
    }
    Ok(())
}

/// Writes what comes; answers bytes and hash of each file. Which file it was that failed comes with the error.
fn files(
    folder: &Path,
    compress: bool,
    pieces: &Receiver<Piece>,
    down: &Sender<(String, File)>,
) -> Result<Vec<(u64, String)>, (String, io::Error)> {
    let mut all = Vec::new();
    let mut open: Option<Sink> = None;
    let mut current = String::new();
    let mut waiting = 0;
    for piece in pieces {
        let step = || -> io::Result<()> {
            match piece {
                Piece::Begin { name, head } => {
                    current.clone_from(&name);
                    let mut sink = Sink::new(File::create(folder.join(name))?, compress)?;
                    sink.write(&head)?;
                    open = Some(sink);
                }
                Piece::Words(mut words) => {
                    if let Some(sink) = &mut open {
                        sink.write(bytes(&mut words))?;
                        waiting += 4 * words.len();
                        if waiting >= STRETCH {
                            waiting = 0;
                            // If nobody takes it, that has failed and is told there.
                            let _ = down.send((current.clone(), sink.handle()?));
                        }
                    }
                }
                Piece::End => {
                    if let Some(sink) = open.take() {
                        let (file, bytes, hash) = sink.finish()?;
                        let _ = down.send((current.clone(), file));
                        all.push((bytes, hash));
                    }
                }
            }
            Ok(())
        };
        if let Err(error) = step() {
            return Err((current, error));
        }
    }
    Ok(all)
}

/// Reads the columns of the state off the device and hands them on; answers them without what is known only when they are written.
fn columns(
    execution: &mut dyn Execution,
    compress: bool,
    mut send: impl FnMut(Piece) -> bool,
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
        let (name, file) = (column.name.to_owned(), file_name(all.len(), column.name, compress));
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

/// Puts a checkpoint of what is on the device into an empty folder that is there.
pub(crate) fn write(
    execution: &mut dyn Execution,
    folder: &Path,
    setting: &Setting,
    memory: Memory,
) -> Result<Written, Error> {
    let compress = setting.options.compress;
    let (read, written) = thread::scope(|scope| {
        let (send, receive) = sync_channel(WAITING);
        let (send_down, receive_down) = channel();
        let syncer = scope.spawn(move || down(&receive_down));
        let writer = scope.spawn(move || files(folder, compress, &receive, &send_down));
        let read = columns(execution, compress, |piece| send.send(piece).is_ok());
        drop(send);
        let written = writer.join();
        let synced = syncer.join();
        let both = written.and_then(|written| synced.map(|synced| written.and_then(|all| synced.map(|()| all))));
        (read, both)
    });
    let mut columns = read?;
    let failed = |name: &str, error| Error::file(folder.join(name), ACTION, error);
    let written = match written {
        Ok(written) => written.map_err(|(name, error)| failed(&name, error))?,
        Err(_) => return Err(failed("", io::Error::other("the writing thread has ended"))),
    };
    let mut print = Fingerprint::default();
    let mut bytes = 0;
    for (column, (length, sha256)) in columns.iter_mut().zip(written) {
        (column.bytes, column.sha256) = (length, sha256);
        bytes += length;
        let bits = u64::from_str_radix(&column.fingerprint, 16).unwrap_or_default();
        print = print.plus(Fingerprint([(bits >> 32) as u32, bits as u32]));
    }
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
