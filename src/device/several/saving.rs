//! A checkpoint in parts: each process writes the words of its own nodes, and tells the first one what it has written.

use super::ANSWER;
use super::columns::{is_of_nodes, pieces};
use super::execution::{Part, SeveralExecution};
use super::order::{Done, Order};
use super::wire::{text_of, words_of};
use crate::column::{ColumnId, Extent};
use crate::column_file::{self, PIECE, Piece, file_name, head};
use crate::device::PartFile;
use crate::error::Error;
use crate::gauge::Fingerprint;
use crate::plan::Plan;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Words of a process's report: what it says of each column, and before that whether all went well, and if not, why.
const OF_COLUMN: usize = 2 + 8 + 2;
const REASON: usize = 128;

/// What a place writes of a column: the words, and their shape as an array. Nothing where that is nothing.
fn own(plan: &Plan, column: ColumnId, (at, nodes): (usize, &super::Nodes)) -> Option<(Vec<Range<u64>>, Vec<u64>)> {
    let all = &plan.columns[column.0];
    if !all.is_state() {
        return None;
    }
    if !is_of_nodes(all.extent) {
        let words = plan.words(column);
        let shape = match all.extent {
            Extent::Groups(_) => vec![1, words],
            _ => vec![words],
        };
        return (at == 0).then(|| (std::iter::once(0..words).collect(), shape));
    }
    let words = pieces(plan, column, nodes);
    let count: u64 = words.iter().map(|words| words.end - words.start).sum();
    let own: u64 = nodes.iter().map(|range| range.len() as u64).sum();
    let is_flat = all.extent == Extent::LinkEnd && plan.topology.rows().is_some();
    let shape = match count % own.max(1) {
        0 if !is_flat && own > 0 && nodes.len() == 1 => vec![count / own, own],
        _ => vec![count],
    };
    (count > 0).then_some((words, shape))
}

/// What is to be written of all columns: the file's name, the words, their shape.
type Written = (ColumnId, String, Vec<Range<u64>>, Vec<u64>);

fn all(plan: &Plan, place: (usize, &super::Nodes), compress: bool) -> Vec<Written> {
    let state = (0..plan.columns.len()).map(ColumnId);
    let state = state.filter(|column| plan.columns[column.0].is_state()).enumerate();
    state
        .filter_map(|(number, column)| {
            let (words, shape) = own(plan, column, place)?;
            let part = is_of_nodes(plan.columns[column.0].extent).then_some(place.0);
            let name = file_name(number, plan.columns[column.0].name, compress, part);
            Some((column, name, words, shape))
        })
        .collect()
}

/// Writes the words of a place.
fn write(plan: &Plan, part: &mut Part, folder: &Path, compress: bool) -> Result<Vec<PartFile>, Error> {
    let files = all(plan, (part.at, &part.nodes), compress);
    let read = |send: &mut dyn FnMut(Piece) -> bool| -> Result<Vec<Fingerprint>, Error> {
        let mut prints = Vec::new();
        for (column, name, words, shape) in &files {
            let mut print = Fingerprint::default();
            let begin = Piece::Begin {
                name: name.clone(),
                head: head(shape),
            };
            if !send(begin) {
                return Ok(prints);
            }
            for stretch in words {
                let mut first = stretch.start;
                while first < stretch.end {
                    let next = (first + PIECE as u64).min(stretch.end);
                    let piece = part.execution.read_range(*column, first..next)?;
                    print = print.plus(Fingerprint::of(plan.columns[column.0].number(), first as u32, &piece));
                    if !send(Piece::Words(piece)) {
                        return Ok(prints);
                    }
                    first = next;
                }
            }
            send(Piece::End);
            prints.push(print);
        }
        Ok(prints)
    };
    let (prints, written) = column_file::write(folder, compress, read)?;
    let all = files.into_iter().zip(prints).zip(written);
    Ok(all
        .map(|(((column, file, words, shape), print), (bytes, sha256))| PartFile {
            column,
            file,
            shape,
            words,
            print,
            bytes,
            sha256,
        })
        .collect())
}

/// What a process says of what it has written.
fn report(plan: &Plan, done: &Result<Vec<PartFile>, Error>) -> Vec<u32> {
    let mut words = vec![0; 1 + OF_COLUMN * plan.columns.len() + REASON];
    match done {
        Ok(saved) => {
            words[0] = 1;
            for saved in saved {
                let own = &mut words[1 + OF_COLUMN * saved.column.0..][..OF_COLUMN];
                (own[0], own[1]) = (saved.bytes as u32, (saved.bytes >> 32) as u32);
                for (k, word) in own[2..10].iter_mut().enumerate() {
                    let digits = saved.sha256.get(8 * k..8 * k + 8);
                    *word = digits
                        .and_then(|digits| u32::from_str_radix(digits, 16).ok())
                        .unwrap_or(0);
                }
                own[10..].copy_from_slice(&saved.print.0);
            }
        }
        Err(error) => {
            let text: String = error.to_string().chars().take(REASON).collect();
            let reason = words_of(&text);
            let place = words.len() - REASON;
            let count = reason.len().min(REASON);
            words[place..place + count].copy_from_slice(&reason[..count]);
        }
    }
    words
}

impl SeveralExecution {
    /// Has all processes write their own words, if there are several and all see the folder.
    pub(super) fn saved(&mut self, folder: &Path, compress: bool) -> Result<Option<Vec<PartFile>>, Error> {
        let absolute = std::path::absolute(folder).ok();
        let Some(text) = absolute.as_deref().and_then(Path::to_str).filter(|_| self.leads) else {
            return Ok(None);
        };
        let words = words_of(text);
        // Whoever asks for an end does not want to wait for one that never answers.
        self.wire.limit(self.halt.is_asked().then_some(ANSWER));
        let seen = self.order(&Order::Sees(&words))?.words();
        self.wire.limit(None);
        if !seen.is_some_and(|seen| seen.iter().all(|&sees| sees == 1)) {
            return Ok(None);
        }
        // Writing takes as long as the disk does.
        self.wire.limit(Some(Duration::MAX));
        let reports = self.order(&Order::Save(compress, &words));
        self.wire.limit(None);
        let reports = reports?.words();
        let reports = reports.ok_or_else(|| self.failed("what was written of a checkpoint was not told"))?;
        let size = reports.len() / self.places.len().max(1);
        let mut saved = Vec::new();
        for (at, report) in reports.chunks(size.max(1)).enumerate() {
            if report[0] != 1 {
                let reason = text_of(&report[report.len() - REASON..]);
                let message = std::io::Error::other(format!("rank {at} says: {reason}"));
                return Err(Error::file(folder, column_file::ACTION, message));
            }
            for (column, file, words, shape) in all(&self.plan, (at, &self.places[at]), compress) {
                let own = &report[1 + OF_COLUMN * column.0..][..OF_COLUMN];
                saved.push(PartFile {
                    column,
                    file,
                    shape,
                    words,
                    print: Fingerprint([own[10], own[11]]),
                    bytes: u64::from(own[0]) | u64::from(own[1]) << 32,
                    sha256: own[2..10].iter().map(|word| format!("{word:08x}")).collect(),
                });
            }
        }
        Ok(Some(saved))
    }

    /// Whether a folder is there, from each process a word.
    pub(super) fn sees(&mut self, folder: &[u32]) -> Result<Done, Error> {
        let sees = u32::from(Path::new(&text_of(folder)).is_dir());
        self.told(vec![sees])
    }

    /// Writes the words of the places that are here.
    pub(super) fn save(&mut self, compress: bool, folder: &[u32]) -> Result<Done, Error> {
        let folder = PathBuf::from(text_of(folder));
        let done = match self.parts.first_mut() {
            Some(part) => write(&self.plan, part, &folder, compress),
            None => Ok(Vec::new()),
        };
        self.told(report(&self.plan, &done))
    }

    /// Brings a report of each process to the first, one after the other.
    fn told(&mut self, report: Vec<u32>) -> Result<Done, Error> {
        let counts = vec![report.len(); self.places.len()];
        let at = self.parts.first().map_or(0, |part| part.at);
        let all = self.bring_to_first(vec![(at, report)], &counts)?;
        Ok(match all {
            Some(all) => Done::Words(
                all.iter()
                    .flat_map(|words: &Arc<Vec<u32>>| words.iter().copied())
                    .collect(),
            ),
            None => Done::Nothing,
        })
    }
}
