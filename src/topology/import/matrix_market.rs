//! Matrix Market coordinate files (NIST, 1996): the pattern of a square sparse matrix, read as links.
//!
//! The banner `%%MatrixMarket matrix coordinate FIELD SYMMETRY`, comments that start with `%`, the size line `rows
//! columns entries`, then a line `row column [value [value]]` per entry, numbered from 1. Each stored entry is a link
//! between its row and its column whatever its value, also an explicit zero; entries on the diagonal are self-loops. A
//! general matrix is read without directions, so an entry and its mirror image are one link and a duplicate.
//!
//! Unlike the rows of an adjacency file, the number of nodes is only a claim: nodes without entries take no room in the
//! file. More than 2²⁰ nodes are believed only if there is an entry for every 64, or if the caller says so.

use std::ops::Range;

use rayon::prelude::*;

use super::account::Account;
use super::graph::Graph;
use super::ids::Ids;
use super::lines::{Refused, Whole, chunks, columns, lines, whole};
use super::{Format, Imported, Limits, nothing};
use crate::error::ImportError;
use crate::input::{Text, excerpt};

/// What the first line of a Matrix Market file starts with, in any case.
pub(super) const BANNER: &[u8] = b"%%MatrixMarket";

const SYMMETRIES: [&str; 4] = ["general", "symmetric", "skew-symmetric", "hermitian"];

/// The fields, and the values that an entry of each has.
const FIELDS: [(&str, usize); 6] = [
    ("pattern", 0),
    ("real", 1),
    ("double", 1),
    ("integer", 1),
    ("unsigned-integer", 1),
    ("complex", 2),
];

/// Whether a text starts with the banner; some collections write it with one percent sign.
pub(super) fn told(bytes: &[u8]) -> bool {
    let starts = |banner: &[u8]| {
        bytes
            .get(..banner.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(banner))
    };
    starts(BANNER) || starts(&BANNER[1..])
}

/// Refuses a claim of many nodes of which nearly all would have no link; `place` is a file and a line of it.
pub(super) fn believe(nodes: u64, entries: u64, place: (&str, u64), limits: &Limits) -> Result<(), ImportError> {
    let limit = entries.saturating_mul(64).max(1 << 20);
    if nodes > limit && !limits.mostly_isolated {
        return Err(ImportError::MostlyIsolated {
            file: place.0.to_owned(),
            line: place.1,
            nodes,
            entries,
            limit,
        });
    }
    Ok(())
}

/// Reads a Matrix Market matrix.
pub(super) fn read(text: Text<'_>, limits: &Limits) -> Result<Imported, ImportError> {
    let (file, bytes) = (text.name(), text.bytes());
    let (field, values) = banner(&text)?;
    let size = Size::find(&text)?;
    limits.nodes_within(&file, size.nodes)?;

    let body = size.end..bytes.len();
    let read: Vec<Entries<'_>> = chunks(bytes, body)
        .into_par_iter()
        .map(|chunk| read_chunk(bytes, chunk, &size, 2 + values))
        .collect();
    let links = read.into_iter().collect::<Result<Vec<_>, _>>().map_err(|refused| {
        let (file, line, text) = (file.clone(), text.line(refused.at), excerpt(refused.column));
        match refused.why {
            Why::OutOfRange => ImportError::NodeOutOfRange {
                file,
                line,
                text,
                nodes: size.nodes,
            },
            Why::NotWhole => {
                let allowed = "a row or column, a whole number from 1";
                ImportError::Number {
                    file,
                    line,
                    text,
                    allowed,
                    remedy: "correct the entry",
                }
            }
            Why::Columns(found) => ImportError::MatrixColumns {
                file,
                line,
                text,
                field,
                expected: 2 + values,
                found,
            },
        }
    })?;
    let found: u64 = links.iter().map(|chunk| chunk.len() as u64).sum();
    if found != size.entries {
        return Err(ImportError::MatrixEntries {
            file,
            line: size.line,
            expected: size.entries,
            found,
        });
    }
    drop(text);
    believe(size.nodes, found, (&file, size.line), limits)?;
    let mut account = Account::default();
    if values > 0 {
        account.weighted(|| format!("the entries, which are {field}"));
    }
    account.weighed(&file, limits)?;
    let nodes = size.nodes as u32; // within limits.max_nodes, which is 32-bit
    let built = Graph::from_chunks(nodes, &links).map_err(|source| ImportError::Graph {
        file: file.clone(),
        source,
    })?;
    drop(links);
    Imported::new(
        file,
        built,
        Ids::OneBased { nodes },
        Format::MatrixMarket,
        found,
        account,
    )
}

/// Reads the first line; returns the field and how many values an entry has.
fn banner(text: &Text<'_>) -> Result<(&'static str, usize), ImportError> {
    if text.bytes().trim_ascii().is_empty() {
        return Err(nothing(text));
    }
    let line = lines(text.bytes(), 0..text.bytes().len())
        .next()
        .map_or(&b""[..], |(_, line)| line);
    let mut words: Vec<String> = columns(line)
        .take(6)
        .map(|word| String::from_utf8_lossy(word).to_lowercase())
        .collect();
    if let Some(first) = words.first_mut().filter(|word| word.starts_with("%matrix")) {
        first.insert(0, '%');
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let wrong = |reason| {
        let remedy = "the first line is `%%MatrixMarket matrix coordinate pattern|real|integer|complex \
                      general|symmetric|skew-symmetric|hermitian`";
        Err(ImportError::MatrixHeader {
            file: text.name(),
            line: 1,
            text: excerpt(line),
            reason,
            remedy,
        })
    };
    match words[..] {
        ["%%matrixmarket", "matrix", "array", ..] => Err(ImportError::MatrixDense {
            file: text.name(),
            line: 1,
        }),
        ["%%matrixmarket", "matrix", "coordinate", field, symmetry] => {
            let known = FIELDS.into_iter().find(|(name, _)| *name == field);
            match known {
                Some(found) if SYMMETRIES.contains(&symmetry) => Ok(found),
                Some(_) => wrong("names a symmetry that Matrix Market does not know"),
                None => wrong("names a field that Matrix Market does not know"),
            }
        }
        ["%%matrixmarket", ..] => wrong("is not a banner of five words for a coordinate matrix"),
        _ => wrong("is no Matrix Market banner"),
    }
}

/// The size line.
struct Size {
    nodes: u64,
    entries: u64,
    line: u64,
    /// Where the line after it starts.
    end: usize,
}

impl Size {
    fn find(text: &Text<'_>) -> Result<Self, ImportError> {
        let bytes = text.bytes();
        let mut all = lines(bytes, 0..bytes.len()).skip(1);
        let file = text.name();
        let remedy = "after the banner and the comments stands a line `rows columns entries`";
        let Some((at, line)) = all.find(|(_, line)| !is_nothing(line)) else {
            let (line, reason) = (
                text.line(bytes.trim_ascii_end().len()),
                "is the last line, the file has no size line",
            );
            let last = lines(bytes.trim_ascii_end(), 0..bytes.trim_ascii_end().len()).last();
            let text = last.map_or(String::new(), |(_, line)| excerpt(line));
            return Err(ImportError::MatrixHeader {
                file,
                line,
                text,
                reason,
                remedy,
            });
        };
        let end = all.next().map_or(bytes.len(), |(next, _)| next);
        let numbers: Vec<Whole> = columns(line).take(4).map(whole).collect();
        let [Whole::Value(rows), Whole::Value(columns), Whole::Value(entries)] = numbers[..] else {
            let reason = "is not a size line of three whole numbers";
            return Err(ImportError::MatrixHeader {
                file,
                line: text.line(at),
                text: excerpt(line),
                reason,
                remedy,
            });
        };
        let line = text.line(at);
        if rows != columns {
            return Err(ImportError::MatrixRectangular {
                file,
                line,
                rows,
                columns,
            });
        }
        Ok(Size {
            nodes: rows,
            entries,
            line,
            end,
        })
    }
}

/// Whether a line is empty or a comment.
fn is_nothing(line: &[u8]) -> bool {
    columns(line).next().is_none_or(|first| first[0] == b'%')
}

/// Why an entry is refused.
#[derive(Clone, Copy)]
enum Why {
    NotWhole,
    OutOfRange,
    Columns(usize),
}

/// The entries of a chunk as links from 0, or the first entry that is refused.
type Entries<'a> = Result<Vec<(u32, u32)>, Refused<'a, Why>>;

fn read_chunk<'a>(bytes: &'a [u8], chunk: Range<usize>, size: &Size, expected: usize) -> Entries<'a> {
    let mut links = Vec::with_capacity(chunk.len() / 12);
    for (at, line) in lines(bytes, chunk).filter(|(_, line)| !is_nothing(line)) {
        let refused = |column, why| Refused { at, column, why };
        let mut entry = columns(line);
        let mut node = || {
            let column = entry.next().ok_or(refused(line, Why::Columns(columns(line).count())))?;
            match whole(column) {
                // Within the nodes, which limits.max_nodes keeps to 32 bits.
                Whole::Value(number) if (1..=size.nodes).contains(&number) => Ok((number - 1) as u32),
                Whole::Value(_) | Whole::Beyond => Err(refused(column, Why::OutOfRange)),
                Whole::Not => Err(refused(column, Why::NotWhole)),
            }
        };
        links.push((node()?, node()?));
        // Values are not looked at, but a missing one tells a cut line.
        let found = 2 + entry.take(expected - 2).count();
        if found < expected {
            return Err(refused(line, Why::Columns(found)));
        }
    }
    links.shrink_to_fit();
    Ok(links)
}
