//! METIS adjacency files, as METIS, Chaco and the DIMACS challenge use them (METIS 5 manual, section 4.1.1).
//!
//! The first line is the header `nodes links [fmt [ncon]]`; then follows a line per node with its neighbours, numbered
//! from 1, and an empty line for a node without any. Lines that start with `%` are comments and no rows. `fmt` is up to
//! three digits, each 0 or 1: do rows start with a vertex size, with `ncon` vertex weights, is each neighbour followed
//! by a link weight. Sizes and weights are checked to be numbers and skipped; an empty row needs none.
//!
//! The rows are checked against the header and each other: a row per node, two link ends per link, each link listed at
//! both its ends. Empty lines after the last row are nothing. METIS forbids self-loops and repeated neighbours; here
//! they are dropped and counted.

use std::ops::Range;

use rayon::prelude::*;

use super::account::Account;
use super::graph::{Graph, ends_within_limit};
use super::ids::Ids;
use super::lines::{Refused, Whole, chunks, columns, lines, whole};
use super::{Format, Imported, Limits, nothing};
use crate::error::GraphError;
use crate::error::ImportError;
use crate::input::{Text, excerpt};

/// Reads a METIS graph.
pub(super) fn read(text: Text<'_>, limits: &Limits) -> Result<Imported, ImportError> {
    let (file, bytes) = (text.name(), text.bytes());
    let Some(header) = header_line(bytes) else {
        return Err(nothing(&text));
    };
    let header_at = text.line(header.start);
    let line = bytes[header.clone()].trim_ascii();
    let head = Header::parse(line).map_err(|reason| ImportError::MetisHeader {
        file: file.clone(),
        line: header_at,
        text: excerpt(line),
        reason,
    })?;
    limits.nodes_within(&file, head.nodes)?;

    let body = header.end..bytes.len();
    let rows = read_rows(bytes, body.clone(), &head).map_err(|refused| {
        if refused.why == Why::OutOfRange && whole(refused.column) == Whole::Value(0) {
            return ImportError::MetisFromZero {
                file: file.clone(),
                line: text.line(refused.at),
                nodes: head.nodes,
            };
        }
        refused.why.error(&text, &head, &refused)
    })?;
    let found: u64 = rows.iter().map(|rows| rows.lengths.len() as u64).sum();
    if found != head.nodes {
        let surplus = nth_row(bytes, body.clone(), head.nodes).unwrap_or(bytes.trim_ascii_end().len());
        return Err(ImportError::MetisRows {
            line: text.line(surplus),
            file,
            expected: head.nodes,
            found,
        });
    }
    let ends: u64 = rows.iter().map(|rows| rows.ends.len() as u64).sum();
    let loops = self_loops(&rows);
    // Some count a self-loop as a link that is listed once, some leave it out.
    let fits = [(ends - loops) / 2, (ends - loops) / 2 + loops].contains(&head.links);
    if !(fits && (ends - loops).is_multiple_of(2) || ends == head.links.saturating_mul(2)) {
        let (links, expected) = (head.links, head.links.saturating_mul(2));
        return Err(ImportError::MetisEnds {
            file,
            line: header_at,
            links,
            expected,
            found: ends,
            right: (ends - loops) / 2,
        });
    }
    let graph_error = |source| ImportError::Graph {
        file: file.clone(),
        source,
    };
    ends_within_limit(ends).map_err(graph_error)?;
    let (offsets, ends) = join(rows);
    let nodes = head.nodes as u32; // within limits.max_nodes, which is 32-bit
    let built = Graph::from_rows(offsets, ends).map_err(|error| match error {
        GraphError::OneSided { node, neighbour } => {
            let at = nth_row(bytes, body, u64::from(node)).unwrap_or(header.start);
            let (node, neighbour) = (u64::from(node) + 1, u64::from(neighbour) + 1);
            ImportError::MetisOneSided {
                file: file.clone(),
                line: text.line(at),
                node,
                neighbour,
            }
        }
        source => graph_error(source),
    })?;
    drop(text);
    let mut account = Account::default();
    if head.link_weights {
        account.weighted(|| "the rows".to_owned());
    }
    if head.before > 0 {
        account.note("sizes and weights of nodes are not used");
    }
    account.weighed(&file, limits)?;
    Imported::new(file, built, Ids::OneBased { nodes }, Format::Metis, head.links, account)
}

/// How many neighbours are the node itself.
fn self_loops(chunks: &[Rows]) -> u64 {
    let (mut node, mut loops) = (0, 0);
    for rows in chunks {
        let mut ends = rows.ends.iter();
        for &length in &rows.lengths {
            let row = ends.by_ref().take(length as usize);
            loops += row.filter(|&&end| u64::from(end) == node).count() as u64;
            node += 1;
        }
    }
    loops
}

/// The header line, if there is any line that is no comment and not empty.
pub(super) fn header_line(bytes: &[u8]) -> Option<Range<usize>> {
    let mut all = lines(bytes, 0..bytes.len());
    let (start, _) = all.find(|(_, line)| !is_comment(line) && !line.trim_ascii().is_empty())?;
    Some(start..all.next().map_or(bytes.len(), |(next, _)| next))
}

pub(super) fn is_comment(line: &[u8]) -> bool {
    columns(line).next().is_some_and(|first| first[0] == b'%')
}

/// What a METIS header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) nodes: u64,
    pub(super) links: u64,
    /// Numbers before the neighbours of a row: a vertex size and the vertex weights.
    pub(super) before: u64,
    /// Whether a link weight follows each neighbour.
    pub(super) link_weights: bool,
}

impl Header {
    /// Reads `nodes links [fmt [ncon]]`, or says what is wrong with it.
    pub(super) fn parse(line: &[u8]) -> Result<Self, &'static str> {
        let columns: Vec<&[u8]> = columns(line).take(5).collect();
        let number = |column| match whole(column) {
            Whole::Value(value) => Ok(value),
            Whole::Beyond => Err("holds a number below zero or beyond 64 bits"),
            Whole::Not => Err("holds something that is no whole number"),
        };
        let (nodes, links, rest) = match columns[..] {
            [nodes, links, ref rest @ ..] if rest.len() <= 2 => (number(nodes)?, number(links)?, rest),
            _ => return Err("has not two to four columns"),
        };
        let (size, weights, link_weights) = match rest.first() {
            None => (false, false, false),
            Some(fmt) if fmt.len() <= 3 && fmt.iter().all(|digit| matches!(digit, b'0' | b'1')) => {
                let digit = |place: usize| fmt.len() > place && fmt[fmt.len() - 1 - place] == b'1';
                (digit(2), digit(1), digit(0))
            }
            Some(_) => return Err("has a fmt other than one to three digits 0 or 1"),
        };
        let weights = match (weights, rest.get(1)) {
            (false, None) => 0,
            (true, None) => 1,
            (true, Some(ncon)) => number(ncon)?.max(1),
            (false, Some(ncon)) if number(ncon)? == 0 => 0,
            (false, Some(_)) => {
                return Err("gives ncon vertex weights, but its fmt says that there are none");
            }
        };
        Ok(Header {
            nodes,
            links,
            before: weights.saturating_add(u64::from(size)),
            link_weights,
        })
    }
}

/// Consecutive rows: how long each is, and their neighbours numbered from 0.
#[derive(Default)]
struct Rows {
    lengths: Vec<u32>,
    ends: Vec<u32>,
}

/// Why a row is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    NoNeighbour,
    NoWeight,
    OutOfRange,
    LackingBefore,
    LackingLinkWeight,
}

impl Why {
    fn error(self, text: &Text<'_>, head: &Header, refused: &Refused<'_, Why>) -> ImportError {
        let (file, line, text) = (text.name(), text.line(refused.at), excerpt(refused.column));
        let remedy = "correct it (read as METIS; if the file is an edge list, set topology.format=edge-list)";
        match self {
            Why::NoNeighbour => ImportError::Number {
                file,
                line,
                text,
                allowed: "a neighbour, a whole number from 1",
                remedy,
            },
            Why::NoWeight => ImportError::Number {
                file,
                line,
                text,
                allowed: "a weight, a number",
                remedy,
            },
            Why::OutOfRange => ImportError::NodeOutOfRange {
                file,
                line,
                text,
                nodes: head.nodes,
            },
            Why::LackingBefore => ImportError::MetisWeights {
                file,
                line,
                text,
                lacking: "a vertex size or weight",
            },
            Why::LackingLinkWeight => ImportError::MetisWeights {
                file,
                line,
                text,
                lacking: "the weight of a link",
            },
        }
    }
}

/// Reads the rows in parallel, without the empty lines after the last; the first refused row if there is one.
fn read_rows<'a>(bytes: &'a [u8], body: Range<usize>, head: &Header) -> Result<Vec<Rows>, Refused<'a, Why>> {
    let read: Vec<Result<Rows, Refused<'a, Why>>> = chunks(bytes, body)
        .into_par_iter()
        .map(|chunk| read_chunk(bytes, chunk, head))
        .collect();
    let mut rows = read.into_iter().collect::<Result<Vec<_>, _>>()?;
    let mut surplus = rows
        .iter()
        .map(|rows| rows.lengths.len() as u64)
        .sum::<u64>()
        .saturating_sub(head.nodes);
    for rows in rows.iter_mut().rev() {
        while surplus > 0 && rows.lengths.last() == Some(&0) {
            rows.lengths.pop();
            surplus -= 1;
        }
        if !rows.lengths.is_empty() {
            break;
        }
    }
    Ok(rows)
}

fn read_chunk<'a>(bytes: &'a [u8], chunk: Range<usize>, head: &Header) -> Result<Rows, Refused<'a, Why>> {
    let mut rows = Rows::default();
    rows.ends.reserve(chunk.len() / 8);
    for (at, line) in lines(bytes, chunk).filter(|(_, line)| !is_comment(line)) {
        let before = rows.ends.len();
        let blank_surplus = head.before > 0 && line.trim_ascii().is_empty();
        if !blank_surplus {
            read_row(line, head, 1, |end| rows.ends.push(end)).map_err(|(column, why)| Refused { at, column, why })?;
        }
        // A longer row has more ends than any graph, and is refused when all ends are counted.
        rows.lengths
            .push(u32::try_from(rows.ends.len() - before).unwrap_or(u32::MAX));
    }
    rows.ends.shrink_to_fit();
    Ok(rows)
}

/// Reads a row whose neighbours count from `base`, and hands them, numbered from 0, to `end`.
pub(super) fn read_row<'a>(
    line: &'a [u8],
    head: &Header,
    base: u64,
    mut end: impl FnMut(u32),
) -> Result<(), (&'a [u8], Why)> {
    let mut columns = columns(line);
    for _ in 0..head.before {
        weight(columns.next().ok_or((line, Why::LackingBefore))?)?;
    }
    while let Some(column) = columns.next() {
        match whole(column) {
            // Within the nodes, which limits.max_nodes keeps to 32 bits.
            Whole::Value(neighbour) if (base..head.nodes.saturating_add(base)).contains(&neighbour) => {
                end((neighbour - base) as u32);
            }
            Whole::Value(_) | Whole::Beyond => return Err((column, Why::OutOfRange)),
            Whole::Not => return Err((column, Why::NoNeighbour)),
        }
        if head.link_weights {
            weight(columns.next().ok_or((line, Why::LackingLinkWeight))?)?;
        }
    }
    Ok(())
}

/// Checks that a weight looks like a number; some programs write real ones.
fn weight(column: &[u8]) -> Result<(), (&[u8], Why)> {
    let digits = |byte: &u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
    if column.iter().all(digits) {
        Ok(())
    } else {
        Err((column, Why::NoWeight))
    }
}

/// Where the row with this number, from 0, starts.
fn nth_row(bytes: &[u8], body: Range<usize>, row: u64) -> Option<usize> {
    let mut rows = lines(bytes, body).filter(|(_, line)| !is_comment(line));
    rows.nth(usize::try_from(row).ok()?).map(|(at, _)| at)
}

/// The rows of all chunks as offsets and ends.
fn join(chunks: Vec<Rows>) -> (Vec<u32>, Vec<u32>) {
    let mut offsets = Vec::with_capacity(1 + chunks.iter().map(|rows| rows.lengths.len()).sum::<usize>());
    let mut ends = Vec::with_capacity(chunks.iter().map(|rows| rows.ends.len()).sum());
    let mut total = 0;
    offsets.push(total);
    for rows in chunks {
        for length in rows.lengths {
            total += length; // no more than all ends, which 32 bits count
            offsets.push(total);
        }
        ends.extend_from_slice(&rows.ends);
    }
    (offsets, ends)
}
