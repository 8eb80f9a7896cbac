//! Multiline adjacency lists, as NetworkX writes them: `node degree`, then a line `neighbour {data}` for each of so many.

use super::format::Format;
use super::lines::{Whole, whole};
use super::named::Named;
use super::table::{self, Separator, rows_of};
use super::{Imported, Limits, nothing};
use crate::error::ImportError;
use crate::input::{Text, excerpt};
use std::collections::HashSet;

/// Whether it is one: every row is where the degrees say, neighbours have nothing beside them but data in braces, and each has a
/// row with its degree.
pub(super) fn told(bytes: &[u8]) -> bool {
    let (mut left, mut fits) = (0_u64, true);
    let mut nodes: HashSet<Box<[u8]>> = HashSet::new();
    let mut neighbours: HashSet<Box<[u8]>> = HashSet::new();
    let read = rows_of("", bytes, Separator::Blank, &mut |_, cells| {
        if left > 0 {
            left -= 1;
            fits = cells.get(1).is_none_or(|data| data.starts_with(b"{")) && cells.len() <= 2;
            neighbours.insert(cells[0].into());
        } else {
            let degree = match cells {
                [_, degree] => whole(degree),
                _ => Whole::Not,
            };
            fits = nodes.insert(cells[0].into());
            match degree {
                Whole::Value(degree) => left = degree,
                _ => fits = false,
            }
        }
        Ok(fits)
    });
    read.is_ok() && fits && left == 0 && !neighbours.is_empty() && neighbours.is_subset(&nodes)
}

/// Reads a multiline adjacency list.
pub(super) fn read(text: Text<'_>, limits: &Limits) -> Result<Imported, ImportError> {
    let mut named = Named::new(Format::MultilineAdjacencyList, text.meter(), text.bytes().len(), limits);
    let (mut node, mut left, mut last) = (0, 0, 1);
    table::each_row(&text, Separator::Blank, &mut |line, cells| {
        last = line;
        let utf_8 = |cell: &[u8]| match std::str::from_utf8(cell) {
            Ok(name) => Ok(name.to_owned()),
            Err(_) => Err(ImportError::Binary {
                file: text.name(),
                line,
                text: excerpt(cell),
            }),
        };
        if left > 0 {
            let neighbour = named.node(&utf_8(cells[0])?, line)?;
            named.link(node, neighbour)?;
            if cells
                .get(1)
                .is_some_and(|data| memchr::memmem::find(data, b"weight").is_some())
            {
                named.account.weighted(|| "the data of neighbours".to_owned());
            }
            left -= 1;
            return Ok(true);
        }
        match (cells, cells.get(1).map(|degree| whole(degree))) {
            ([name, _], Some(Whole::Value(degree))) => {
                node = named.node(&utf_8(name)?, line)?;
                left = degree;
                Ok(true)
            }
            _ => Err(named.wrong(line, "no node and its number of neighbours, as in `alice 2`")),
        }
    })?;
    if named.nodes() == 0 {
        return Err(nothing(&text));
    }
    if left > 0 {
        return Err(named.wrong(
            last,
            format!("{left} neighbours of the last node are missing; is the file cut?"),
        ));
    }
    drop(text);
    named.finish()
}
