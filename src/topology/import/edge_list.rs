//! Edge lists: a link per line, `a b` and whatever follows. SNAP, KONECT, CSV tables of links.
//!
//! * Comments start with `#` or `%`, at the start of a line or of a column; empty lines are nothing.
//! * Columns are separated by blanks, or by one comma or semicolon with or without blanks round it.
//! * Further columns (weights, times) are ignored. Links have no direction; self-loops and repetitions are dropped.
//!
//! **What ids are** is a property of the whole file, whatever the order of its lines:
//! * Every id is a whole number: *integer ids*, which must be in `0..=4294967294`; nodes are numbered by increasing id.
//!   The first line may then be a header of two words, as in `source,target`; it is skipped.
//! * Some id is a word, that is, does not even start like a number: *word ids*. All ids are taken as written (`7` and
//!   `07` differ, nothing is out of range), nodes are numbered by first appearance, and the first line is a link, not a
//!   header, since nothing tells them apart.
//! * There are whole numbers, no words, but something that starts like a number and is none (`3x`, `1.5`): an error,
//!   since it is more likely a slip than a name.
//! * Nothing is a whole number, and all ids start like one (`10.0.0.1`): word ids.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;

use memchr::memchr;
use rayon::prelude::*;

use super::census::Census;
use super::error::ImportError;
use super::graph::Graph;
use super::ids::{Ids, Words};
use super::lines::{Whole, chunks, is_blank, lines, whole};
use super::{Format, Imported, Limits, nothing, numbering};
use crate::input::{Text, excerpt};

/// The largest integer id: 2³² − 2, so that 2³² − 1 is free to mean "none".
pub const MAX_ID: u32 = u32::MAX - 1;

/// Reads an edge list.
pub(super) fn read(text: Text<'_>, limits: &Limits) -> Result<Imported, ImportError> {
    let file = text.name();
    let Parsed { mut links, ids, header } = parse(&text, limits)?;
    // The file is the largest thing in memory, and the graph is not built yet.
    drop(text);
    let ids = ids.unwrap_or_else(|| numbering::number(&mut links));
    limits.nodes_within(&file, u64::from(ids.len()))?;
    let links_read = links.iter().map(|chunk| chunk.len() as u64).sum();
    let built = Graph::from_chunks(ids.len(), &links).map_err(|source| ImportError::Graph {
        file: file.clone(),
        source,
    })?;
    drop(links);
    Imported::new(file, built, ids, Format::EdgeList, links_read, header)
}

/// What the text says: links between ids, or between nodes where there are `ids` already.
struct Parsed {
    links: Vec<Vec<(u32, u32)>>,
    ids: Option<Ids>,
    header: Option<String>,
}

fn parse(text: &Text<'_>, limits: &Limits) -> Result<Parsed, ImportError> {
    let bytes = text.bytes();
    let header = header(bytes);
    let body = header.as_ref().map_or(0, |line| line.end)..bytes.len();
    let scanned: Vec<Option<Vec<(u32, u32)>>> = chunks(bytes, body.clone())
        .into_par_iter()
        .map(|chunk| scan(&bytes[chunk]))
        .collect();
    if let Some(links) = scanned.into_iter().collect::<Option<Vec<_>>>() {
        if links.iter().any(|chunk| !chunk.is_empty()) {
            let header = header.map(|line| excerpt(&bytes[line]));
            return Ok(Parsed {
                links,
                ids: None,
                header,
            });
        }
        if header.is_none() {
            return Err(nothing(text));
        }
    } else {
        let census = Census::of(bytes, body);
        census.refuse(text)?;
    }
    let (links, words) = words(text, limits)?;
    Ok(Parsed {
        links: vec![links],
        ids: Some(Ids::Words(words)),
        header: None,
    })
}

/// The pairs of integer ids on whole lines, or nothing if any line is out of the ordinary. This is the fast path: it
/// reads each byte once and explains nothing.
fn scan(bytes: &[u8]) -> Option<Vec<(u32, u32)>> {
    let mut links = Vec::with_capacity(bytes.len() / 12);
    let mut at = 0;
    loop {
        at = blanks(bytes, at);
        match bytes.get(at) {
            None => break,
            Some(b'\n' | b'\r') => at = line_end(bytes, at)?,
            Some(b'#' | b'%') => at = next_line(bytes, at),
            Some(_) => {
                let (one, after) = integer(bytes, at)?;
                let (other, after) = integer(bytes, separator(bytes, after)?)?;
                links.push((one, other));
                at = line_end(bytes, after)?;
            }
        }
    }
    links.shrink_to_fit();
    Some(links)
}

/// The first byte from `at` that is no blank.
fn blanks(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(|&byte| is_blank(byte)) {
        at += 1;
    }
    at
}

/// An id in range at `at`, and where it ends.
fn integer(bytes: &[u8], at: usize) -> Option<(u32, usize)> {
    let first = at + usize::from(bytes.get(at) == Some(&b'+'));
    let mut value = 0;
    let mut at = first;
    while let Some(digit) = bytes
        .get(at)
        .map(|byte| byte.wrapping_sub(b'0'))
        .filter(|&digit| digit < 10)
    {
        value = 10 * value + u64::from(digit);
        if value > u64::from(MAX_ID) {
            return None;
        }
        at += 1;
    }
    (at > first).then_some((value as u32, at)) // no more than MAX_ID
}

/// Where the column after the separator at `at` starts.
fn separator(bytes: &[u8], at: usize) -> Option<usize> {
    let mark = blanks(bytes, at);
    match bytes.get(mark) {
        Some(b',' | b';') => Some(blanks(bytes, mark + 1)),
        _ => (mark > at).then_some(mark),
    }
}

/// Where the next line starts, if a column ends at `at` and no carriage return stands inside the rest of the line.
fn line_end(bytes: &[u8], at: usize) -> Option<usize> {
    match bytes.get(at) {
        None => Some(at),
        Some(b'\n') => Some(at + 1),
        Some(&byte) if is_blank(byte) || matches!(byte, b',' | b';' | b'\r') => {
            let next = next_line(bytes, at);
            let mut rest = &bytes[at..next];
            while let [shorter @ .., b'\n' | b'\r'] = rest {
                rest = shorter;
            }
            memchr(b'\r', rest).is_none().then_some(next)
        }
        Some(_) => None,
    }
}

fn next_line(bytes: &[u8], at: usize) -> usize {
    memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |more| at + more + 1)
}

/// What a line holds, whatever its ids are.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    Nothing,
    Link(&'a [u8], &'a [u8]),
    OneId,
    StrayReturn,
}

/// Splits a line as [`scan`] does, without asking what its ids are.
pub(super) fn split(line: &[u8]) -> Line<'_> {
    let start = blanks(line, 0);
    let column = |from: usize| {
        let ends = |&byte: &u8| is_blank(byte) || matches!(byte, b',' | b';');
        let column = &line[from..];
        let column = &column[..column.iter().position(ends).unwrap_or(column.len())];
        (!column.is_empty() && !matches!(column[0], b'#' | b'%')).then_some(column)
    };
    if matches!(line.get(start), None | Some(b'#' | b'%')) {
        return Line::Nothing;
    }
    if memchr(b'\r', line).is_some() {
        return Line::StrayReturn;
    }
    let Some(one) = column(start) else {
        return Line::OneId;
    };
    match separator(line, start + one.len()).and_then(column) {
        Some(other) => Line::Link(one, other),
        None => Line::OneId,
    }
}

/// The first line that is neither comment nor empty, if neither of its ids is a whole number.
fn header(bytes: &[u8]) -> Option<Range<usize>> {
    let first = lines(bytes, 0..bytes.len()).find(|(_, line)| split(line) != Line::Nothing);
    let (at, line) = first?;
    match split(line) {
        Line::Link(one, other) if whole(one) == Whole::Not && whole(other) == Whole::Not => {
            Some(at..next_line(bytes, at))
        }
        _ => None,
    }
}

/// Reads word ids, in the order of the file, which is what numbers them.
fn words(text: &Text<'_>, limits: &Limits) -> Result<(Vec<(u32, u32)>, Words), ImportError> {
    let bytes = text.bytes();
    let mut nodes: HashMap<&[u8], u32> = HashMap::new();
    let mut words = Words::default();
    let mut links = Vec::new();
    for (at, line) in lines(bytes, 0..bytes.len()) {
        let (one, other) = match split(line) {
            Line::Link(one, other) => (one, other),
            Line::Nothing | Line::OneId | Line::StrayReturn => continue, // the census has refused the latter two
        };
        let mut node = |id| -> Result<u32, ImportError> {
            match nodes.entry(id) {
                Entry::Occupied(known) => Ok(*known.get()),
                Entry::Vacant(new) => {
                    if words.len() >= limits.max_nodes {
                        limits.nodes_within(&text.name(), u64::from(words.len()) + 1)?;
                    }
                    let node = *new.insert(words.len());
                    words.push(word(id).map_err(|wrong| wrong(text.name(), text.line(at), excerpt(id)))?);
                    Ok(node)
                }
            }
        };
        links.push((node(one)?, node(other)?));
    }
    Ok((links, words))
}

/// Makes an error of a file, a line and an excerpt.
type Wrong = fn(String, u64, String) -> ImportError;

/// A word, if it is one.
fn word(id: &[u8]) -> Result<&str, Wrong> {
    if id[0] == b'"' {
        return Err(|file, line, text| ImportError::Quoted { file, line, text });
    }
    match std::str::from_utf8(id) {
        Ok(word) if !word.contains(char::is_control) => Ok(word),
        _ => Err(|file, line, text| ImportError::Binary { file, line, text }),
    }
}
