//! What the rows of an edge list are: which columns are ids, whether the first row is a header, and when they are no edge list
//! at all, or more than one thing.

use super::account::Account;
use super::census::starts_like_a_number;
use super::lines::{Whole, whole};
use super::{Column, Limits};
use crate::error::ImportError;
use crate::error::excerpt;
use std::collections::HashSet;

/// Rows, as cells.
pub(super) type Rows = [Vec<Vec<u8>>];

/// How many rows are looked at.
pub(super) const LOOKED_AT: usize = 1000;

/// Headers of the two ends of a link, in lower case and without blanks, underscores, dashes and points.
const PAIRS: [[&str; 2]; 24] = [
    ["source", "target"],
    ["from", "to"],
    ["fromnodeid", "tonodeid"],
    ["fromnode", "tonode"],
    ["fromid", "toid"],
    ["sourceid", "targetid"],
    ["sourcenode", "targetnode"],
    ["src", "dst"],
    ["src", "dest"],
    ["src", "tgt"],
    ["srcid", "dstid"],
    ["source", "destination"],
    ["origin", "destination"],
    ["node1", "node2"],
    ["nodea", "nodeb"],
    ["nodeid1", "nodeid2"],
    ["id1", "id2"],
    ["user1", "user2"],
    ["vertex1", "vertex2"],
    ["v1", "v2"],
    ["u", "v"],
    ["sender", "receiver"],
    ["follower", "followee"],
    ["citing", "cited"],
];

/// Headers of weights.
const WEIGHTS: [&str; 10] = [
    "weight",
    "weights",
    "w",
    "value",
    "capacity",
    "cost",
    "distance",
    "length",
    "strength",
    "bandwidth",
];

/// A header's cell without what people spell differently.
fn plain(cell: &[u8]) -> String {
    let text = String::from_utf8_lossy(cell).to_lowercase();
    text.chars()
        .filter(|c| !matches!(c, ' ' | '_' | '-' | '.' | ':' | '~'))
        .collect()
}

/// Whether a header's cell names a weight.
fn is_weight(cell: &[u8]) -> bool {
    WEIGHTS.contains(&&*plain(cell))
}

fn is_number(cell: &[u8]) -> bool {
    std::str::from_utf8(cell).is_ok_and(|cell| cell.parse::<f64>().is_ok())
}

/// How the rows are to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// Whether the first row is a header.
    pub(super) header: bool,
    /// The columns of the two ends, from 0.
    pub(super) ends: [usize; 2],
    /// How many cells each row has; none if any number will do.
    pub(super) width: Option<usize>,
    /// Whether one row lists all links, pair after pair.
    pub(super) pairs: bool,
    /// The columns that are not used, as a person would call them.
    pub(super) unused: Vec<String>,
    /// Which of those holds weights.
    pub(super) weights: Option<String>,
}

impl Layout {
    /// Of the first rows of a file; there is at least one. `line` is that of the first.
    ///
    /// # Errors
    /// Columns that are asked for and are not there; rows that are no edge list, or may be several things.
    pub(super) fn of(rows: &Rows, file: &str, line: u64, limits: &Limits) -> Result<Self, ImportError> {
        let first = &rows[0];
        let explicit = limits.format.is_some() || limits.columns.is_some();
        let body_width = usual_width(rows);
        // Row names have no name of their own where R writes a table between blanks.
        let shift = usize::from(first.len() + 1 == body_width);
        let named = pair(first);
        let over_numbers = is_over_numbers(rows);
        let (header, ends) = match (&limits.columns, named) {
            (Some(columns), named) => {
                let found = chosen(columns, first, shift, file, line)?;
                let by_name = columns.iter().any(|column| matches!(column, Column::Name(_)));
                let over = rows.len() > 1
                    && found.iter().all(|&at| {
                        first.get(at).is_none_or(|cell| whole(cell) == Whole::Not)
                            && rows[1..]
                                .iter()
                                .all(|row| row.get(at).is_some_and(|cell| whole(cell) != Whole::Not))
                    });
                (by_name || named.is_some() || over, found)
            }
            // Also where nothing follows: a table of no links, which is then refused as such.
            (None, Some([one, other])) => (true, [one + shift, other + shift]),
            (None, _) => (over_numbers, [0, 1]),
        };
        if header && limits.columns.is_none() {
            let refuse = |message: String| ImportError::Shape {
                file: file.to_owned(),
                line,
                message,
            };
            const COLUMNS: &str = "say which columns are the ends of a link, as in topology.columns=[1,2]";
            if let Some(weight) = ends.iter().filter_map(|&at| first.get(at)).find(|cell| is_weight(cell)) {
                let name = excerpt(weight);
                return Err(refuse(format!(
                    "a header whose column \"{name}\", which sounds like a weight, would be an end of each link; {COLUMNS}"
                )));
            }
            if rows.len() > 1 && first.len() > body_width {
                let message = format!(
                    "a header of {} columns above rows of {body_width}; {COLUMNS}",
                    first.len()
                );
                return Err(refuse(message));
            }
        }
        let body = &rows[usize::from(header)..];
        let pairs = is_pairs(body) && !explicit;
        if !header && !pairs && limits.columns.is_none() {
            let doubt = doubt(body, limits.format.is_some());
            if let Some(message) = doubt {
                return Err(ImportError::Shape {
                    file: file.to_owned(),
                    line,
                    message,
                });
            }
        }
        let width = (!explicit).then_some(body_width);
        let mut layout = Self {
            header,
            ends,
            width,
            pairs,
            unused: Vec::new(),
            weights: None,
        };
        if !pairs {
            layout.name_unused(rows, shift, body_width);
        }
        Ok(layout)
    }

    /// Adds to what was left out.
    pub(super) fn say(&self, account: &mut Account) {
        account.weights.clone_from(&self.weights);
        match &self.unused[..] {
            [] => {}
            [one] => account.note(format!("{one} is not used")),
            several => account.note(format!("{} are not used", several.join(", "))),
        }
    }

    /// Finds which columns are not used, and which of them holds weights.
    fn name_unused(&mut self, rows: &Rows, shift: usize, width: usize) {
        for at in (0..width).filter(|at| !self.ends.contains(at)) {
            let head = self
                .header
                .then(|| at.checked_sub(shift).and_then(|at| rows[0].get(at)))
                .flatten();
            let head = head.filter(|cell| !cell.is_empty());
            let body = || rows[usize::from(self.header)..].iter().filter_map(|row| row.get(at));
            let numbers = !rows.is_empty() && body().all(|cell| is_number(cell));
            let called = match head {
                Some(cell) => format!("column {} (\"{}\")", at + 1, excerpt(cell)),
                None => format!("column {}", at + 1),
            };
            let weighs = match head {
                Some(cell) => is_weight(cell),
                None => at == 2 && at > self.ends[1] && numbers && body().next().is_some(),
            };
            if weighs && self.weights.is_none() {
                self.weights = Some(called);
            } else if body().any(|cell| !cell.is_empty() && cell != b"{}") {
                self.unused.push(called);
            }
        }
    }
}

/// How many cells most rows have; of two that are as many, the first.
fn usual_width(rows: &Rows) -> usize {
    let mut counts: Vec<(usize, usize)> = Vec::new();
    for row in rows {
        match counts.iter_mut().find(|(width, _)| *width == row.len()) {
            Some((_, count)) => *count += 1,
            None => counts.push((row.len(), 1)),
        }
    }
    let most = counts.iter().map(|(_, count)| *count).max();
    counts
        .iter()
        .find(|(_, count)| Some(*count) == most)
        .map_or(0, |(width, _)| *width)
}

/// Whether the first row has two words where those below have whole numbers, or what was meant to be some.
fn is_over_numbers(rows: &Rows) -> bool {
    let first = &rows[0];
    let mut body = rows[1..]
        .iter()
        .filter(|row| row.len() > 1)
        .flat_map(|row| &row[..2])
        .peekable();
    if first.len() < 2 || first[..2].iter().any(|cell| whole(cell) != Whole::Not) || body.peek().is_none() {
        return false;
    }
    let mut any = false;
    body.all(|cell| {
        any |= whole(cell) != Whole::Not;
        whole(cell) != Whole::Not || starts_like_a_number(cell)
    }) && any
}

/// The columns of a header that names both ends of a link.
fn pair(row: &[Vec<u8>]) -> Option<[usize; 2]> {
    let cells: Vec<String> = row.iter().map(|cell| plain(cell)).collect();
    PAIRS.iter().find_map(|[one, other]| {
        let at = |name: &str| cells.iter().position(|cell| cell == name);
        Some([at(one)?, at(other)?])
    })
}

/// The columns that were asked for.
fn chosen(
    columns: &[Column; 2],
    first: &[Vec<u8>],
    shift: usize,
    file: &str,
    line: u64,
) -> Result<[usize; 2], ImportError> {
    let find = |column: &Column| match column {
        Column::Number(0) => Err(ImportError::Columns {
            file: file.to_owned(),
            line,
            message: "no column 0; columns count from 1".to_owned(),
        }),
        Column::Number(number) => Ok(*number as usize - 1),
        Column::Name(name) => {
            let exact = first.iter().position(|cell| cell == name.as_bytes());
            let alike = || first.iter().position(|cell| plain(cell) == plain(name.as_bytes()));
            exact.or_else(alike).map(|at| at + shift).ok_or_else(|| {
                let known: Vec<String> = first.iter().map(|cell| format!("\"{}\"", excerpt(cell))).collect();
                let (name, known) = (excerpt(name.as_bytes()), excerpt(known.join(", ").as_bytes()));
                ImportError::Columns {
                    file: file.to_owned(),
                    line,
                    message: format!(
                        "no column \"{name}\" in the first row, {known}; name one of these, or give its number"
                    ),
                }
            })
        }
    };
    let found = [find(&columns[0])?, find(&columns[1])?];
    if found[0] == found[1] {
        return Err(ImportError::Columns {
            file: file.to_owned(),
            line,
            message: format!("both ends of a link in column {}; name two columns", found[0] + 1),
        });
    }
    Ok(found)
}

/// Whether one row lists all links, as igraph reads them.
fn is_pairs(rows: &Rows) -> bool {
    let [row] = rows else { return false };
    row.len() >= 4 && row.len().is_multiple_of(2) && row.iter().all(|cell| whole(cell) != Whole::Not)
}

/// Marks that stand between the ends of a link.
const ARROWS: [&[u8]; 10] = [
    b"->",
    b"<-",
    b"<->",
    b"=>",
    b"<=>",
    b"--",
    b"-",
    b">",
    b"-->",
    "\u{2192}".as_bytes(),
];

/// Whether the middle of three columns is always an arrow.
pub(super) fn has_arrows(rows: &Rows) -> bool {
    !rows.is_empty() && rows.iter().all(|row| row.len() >= 3 && ARROWS.contains(&&*row[1]))
}

/// Whether three columns of words are subject, relation, object: what stands in the middle is no subject, while objects are, or
/// there are fewer kinds of middles than of either.
pub(super) fn has_triples(rows: &Rows) -> bool {
    let three =
        |row: &Vec<Vec<u8>>| row.len() >= 3 && row[1..3].iter().all(|cell| !cell.is_empty() && !is_number(cell));
    if rows.is_empty() || !rows.iter().all(three) || has_arrows(rows) {
        return false;
    }
    let column = |at: usize| -> HashSet<&[u8]> { rows.iter().map(|row| &*row[at]).collect() };
    let [subjects, relations, objects] = [column(0), column(1), column(2)];
    if !relations.is_disjoint(&subjects) || rows.iter().any(|row| row[2].starts_with(b"{")) {
        return false;
    }
    !objects.is_disjoint(&subjects) || relations.len() < objects.len().min(subjects.len())
}

/// Why rows without a header may not be taken for links between the first two columns. What `explicit` says is an edge list is
/// none of two things.
pub(super) fn doubt(rows: &Rows, explicit: bool) -> Option<String> {
    const COLUMNS: &str =
        "say which are the ends of a link, as in topology.columns=[1,3] with topology.format=edge-list";
    if has_arrows(rows) {
        return Some(format!("an arrow between the ends of each link; {COLUMNS}"));
    }
    if has_triples(rows) {
        return Some(format!(
            "three columns of words, as tables of triples and SIF have them; {COLUMNS}"
        ));
    }
    if explicit || rows.len() < 2 {
        return None;
    }
    let wide = rows.iter().all(|row| row.len() >= 3);
    if !wide {
        return None;
    }
    let column = |at: usize| -> HashSet<&[u8]> { rows.iter().map(|row| &*row[at]).collect() };
    let [first, second, third] = [column(0), column(1), column(2)];
    let shared = third.intersection(&second).count();
    // Row names: the first column only counts, and is no id that the others know.
    let counted = rows.iter().enumerate().all(|(k, row)| match whole(&row[0]) {
        Whole::Value(number) => number == k as u64 || number == k as u64 + 1,
        _ => false,
    });
    if counted && first.is_disjoint(&second) && first.is_disjoint(&third) && 2 * shared >= third.len() {
        return Some(
            "a first column that only counts the rows, and two columns of ids; say which are the ends of a link, as in \
             topology.columns=[2,3]"
                .to_owned(),
        );
    }
    // A third column of words that the others know, and one row a node with its neighbours.
    let known = third.iter().all(|cell| first.contains(cell) || second.contains(cell));
    let words = third.iter().any(|cell| !is_number(cell));
    let one_row_each = first.len() == rows.len() && second.is_subset(&first) && third.len() > 1;
    let distinct = rows.iter().all(|row| {
        let cells: HashSet<&[u8]> = row.iter().map(|cell| &**cell).collect();
        cells.len() == row.len()
    });
    if known && (words || one_row_each && distinct) {
        return Some(
            "more than two columns of ids; if each row is a node and its neighbours, set topology.format=adjacency-list, if the \
             first two are a link, topology.format=edge-list"
                .to_owned(),
        );
    }
    None
}
