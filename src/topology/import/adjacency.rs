//! Adjacency lists: a row per node, the node and then its neighbours, as NetworkX (`adjlist`) and Gephi (CSV) write them.
//!
//! A link may be listed at one end or at both. Detection needs rows of differing length, in which the first cells are
//! distinct, and either every neighbour has a row of its own (between blanks, as NetworkX writes) or some neighbour beyond the
//! first one is known from the first two columns (of tables, as Gephi writes): rows of two and three cells may as well be links,
//! some of them with a weight.

use super::format::Format;
use super::lines::lines;
use super::named::Named;
use super::shape::LOOKED_AT;
use super::table::{self, Separator, is_nothing};
use super::{Imported, Limits, nothing};
use crate::error::ImportError;
use crate::input::{Text, excerpt};
use std::collections::HashSet;

/// The separator that stands in any line: a node without neighbours has none.
fn separator(bytes: &[u8]) -> Separator {
    const MARKS: [(u8, Separator); 3] = [
        (b';', Separator::Semicolon),
        (b'\t', Separator::Tab),
        (b',', Separator::Comma),
    ];
    let stands = |mark: u8| {
        let mut all = lines(bytes, 0..bytes.len())
            .take(LOOKED_AT)
            .filter(|(_, line)| !is_nothing(line));
        all.any(|(_, line)| memchr::memchr(mark, line).is_some())
    };
    let found = MARKS.iter().find(|(mark, _)| stands(*mark));
    found.map_or(Separator::Blank, |(_, separator)| *separator)
}

/// Whether it is one without doubt.
pub(super) fn told(bytes: &[u8]) -> bool {
    let separator = separator(bytes);
    let sample = table::sample(bytes, separator, LOOKED_AT);
    let ragged = sample.windows(2).any(|rows| rows[0].len() != rows[1].len());
    if !ragged
        || sample
            .iter()
            .flatten()
            .any(|cell| cell.is_empty() || cell.starts_with(b"{"))
    {
        return false;
    }
    let firsts: HashSet<&[u8]> = sample.iter().map(|row| &*row[0]).collect();
    if firsts.len() != sample.len() {
        return false;
    }
    let neighbours = || sample.iter().flat_map(|row| row[1..].iter().map(|cell| &**cell));
    if separator == Separator::Blank {
        // Beyond the rows that were looked at there may be the others.
        let all = sample.len() < LOOKED_AT;
        return all && neighbours().next().is_some() && neighbours().all(|cell| firsts.contains(cell))
            || !all && sample.iter().any(|row| row.len() == 1 || row.len() > 3);
    }
    let seconds: HashSet<&[u8]> = sample.iter().filter_map(|row| row.get(1)).map(|cell| &**cell).collect();
    let mut further = sample.iter().flat_map(|row| row.iter().skip(2).map(|cell| &**cell));
    further.any(|cell| firsts.contains(cell) || seconds.contains(cell))
}

/// Reads an adjacency list.
pub(super) fn read(text: Text<'_>, limits: &Limits) -> Result<Imported, ImportError> {
    let mut named = Named::new(Format::AdjacencyList, text.meter(), text.bytes().len(), limits);
    table::each_row(&text, separator(text.bytes()), &mut |line, cells| {
        let mut nodes = cells.iter().filter(|cell| !cell.is_empty()).map(|cell| {
            std::str::from_utf8(cell).map_err(|_| ImportError::Binary {
                file: text.name(),
                line,
                text: excerpt(cell),
            })
        });
        let Some(first) = nodes.next() else { return Ok(true) };
        let node = named.node(first?, line)?;
        for neighbour in nodes {
            let neighbour = named.node(neighbour?, line)?;
            named.link(node, neighbour)?;
        }
        Ok(true)
    })?;
    if named.nodes() == 0 {
        return Err(nothing(&text));
    }
    drop(text);
    named.finish()
}
