//! Edge lists: a link per line, two ids and whatever else. SNAP, KONECT, CSV tables of links.
//!
//! * Comments start with `#` or `%`; empty lines are nothing.
//! * A file has one separator, and cells may be quoted: see `table`.
//! * A header chooses the columns by its names (`shape`), else the first two are the ends; `columns` overrides either. Further
//!   columns are not used, which is said. Without `format` or `columns` every row has as many cells.
//! * A first row `n m` or `n n m` is the size, if there are m further rows and their ids are within 0..n or 1..=n.
//! * Links have no direction; self-loops and repetitions are dropped. In KONECT's bipartite files (`% bip`) both columns count
//!   from 1, and are the two sides.
//!
//! **What ids are** is a property of the whole file, whatever the order of its lines:
//! * Every id is a whole number: *integer ids*, which must be in `0..=4294967294`; nodes are numbered by increasing id. A
//!   first line of two words is then a header, whatever they are; it is skipped.
//! * Some id is a word, that is, does not even start like a number: *word ids*. All ids are taken as written (`7` and
//!   `07` differ, nothing is out of range), nodes are numbered by first appearance.
//! * There are whole numbers, no words, but something that starts like a number and is none (`3x`, `1.5`): an error,
//!   since it is more likely a slip than a name.
//! * Nothing is a whole number, and all ids start like one (`10.0.0.1`): word ids.

use super::account::Account;
use super::census::Census;
use super::graph::Graph;
use super::lines::{Whole, lines, whole};
use super::named::Named;
use super::plain;
use super::shape::{LOOKED_AT, Layout};
use super::size::Size;
use super::table::{self, Separator, is_nothing};
use super::{Format, Imported, Limits, nothing, numbering};
use crate::error::ImportError;
use crate::grouped;
use crate::input::{Text, excerpt};
use std::collections::HashSet;

/// The largest integer id: 2³² − 2, so that 2³² − 1 is free to mean "none".
pub const MAX_ID: u32 = u32::MAX - 1;

/// Integer links, and what was said beside them.
pub(super) struct Links {
    pub(super) links: Vec<Vec<(u32, u32)>>,
    pub(super) account: Account,
    /// The number of nodes that the first line states.
    pub(super) stated: Option<Size>,
}

/// Reads an edge list.
pub(super) fn read(text: Text<'_>, limits: &Limits) -> Result<Imported, ImportError> {
    if text.bytes().iter().all(u8::is_ascii_whitespace) {
        return Err(nothing(&text));
    }
    let plain = if limits.columns.is_none() && !is_two_sided(text.bytes()) {
        plain::read(text.bytes(), limits)
    } else {
        None
    };
    let links = match plain {
        Some(links) => links,
        None => match by_rows(&text, limits)? {
            Read::Integers(links) => links,
            Read::Words(imported) => return Ok(*imported),
        },
    };
    let mut links = links;
    if limits.format.is_none() && limits.columns.is_none() && may_be_neighbours(&text, &links.account) {
        links.account.note(MAY_BE_NEIGHBOURS);
    }
    let file = text.name();
    // The file is the largest thing in memory, and the graph is not built yet.
    drop(text);
    let Links {
        mut links,
        account,
        stated,
    } = links;
    account.weighed(&file, limits)?;
    let entries = links.iter().map(|chunk| chunk.len() as u64).sum();
    let ids = match stated {
        Some(size) => size.number(&mut links, entries, &file, limits)?,
        None => numbering::number(&mut links),
    };
    limits.nodes_within(&file, u64::from(ids.len()))?;
    let built = Graph::from_chunks(ids.len(), &links).map_err(|source| ImportError::Graph {
        file: file.clone(),
        source,
    })?;
    drop(links);
    Imported::new(file, built, ids, Format::EdgeList, entries, account)
}

/// What is said of rows that could mean something else.
const MAY_BE_NEIGHBOURS: &str = "rows of three numbers are taken for a link and its weight; where each is a node and its two neighbours, \
    set topology.format = \"adjacency-list\"";

/// Whether all rows, as far as is looked at, are three whole numbers, the third of which is the id of a node as well.
fn may_be_neighbours(text: &Text<'_>, account: &Account) -> bool {
    if account.weights.is_none() || account.header.is_some() {
        return false;
    }
    let bytes = text.bytes();
    let rows = table::sample(bytes, Separator::of(bytes), LOOKED_AT);
    let id = |cell: &Vec<u8>| str::from_utf8(cell).ok()?.parse::<u32>().ok();
    let rows: Option<Vec<[u32; 3]>> = rows
        .iter()
        .map(|row| match &row[..] {
            [a, b, c] => Some([id(a)?, id(b)?, id(c)?]),
            _ => None,
        })
        .collect();
    rows.is_some_and(|rows| {
        let ids: HashSet<u32> = rows.iter().flat_map(|[a, b, _]| [*a, *b]).collect();
        rows.len() > 1 && rows.iter().all(|[a, b, c]| c != a && c != b && ids.contains(c))
    })
}

/// Whether it is one of KONECT's bipartite networks, whose two columns count from 1 each.
fn is_two_sided(bytes: &[u8]) -> bool {
    let first = lines(bytes, 0..bytes.len()).next();
    first.is_some_and(|(_, line)| {
        let mut words = line.strip_prefix(b"%").unwrap_or(b"").split(|&byte| byte == b' ');
        words.find(|word| !word.is_empty()) == Some(b"bip")
    })
}

/// What rows hold.
enum Read {
    Integers(Links),
    Words(Box<Imported>),
}

/// Reads any table of links, row by row.
fn by_rows(text: &Text<'_>, limits: &Limits) -> Result<Read, ImportError> {
    let bytes = text.bytes();
    let separator = Separator::of(bytes);
    let sample = table::sample(bytes, separator, LOOKED_AT);
    let mut first_line = 1;
    table::each_row(text, separator, &mut |line, _| {
        first_line = line;
        Ok(false)
    })?;
    if sample.is_empty() {
        return Err(nothing(text));
    }
    let layout = Layout::of(&sample, &text.name(), first_line, limits)?;
    let two_sided = is_two_sided(bytes);
    let mut account = Account::default();
    if layout.header {
        let header = lines(bytes, 0..bytes.len()).find(|(_, line)| !is_nothing(line));
        account.header = header.map(|(_, line)| excerpt(line));
    }
    layout.say(&mut account);
    let rows = Rows {
        text,
        separator,
        layout: &layout,
    };
    let (mut census, mut first) = (Census::default(), Census::default());
    let size = Size::stated_by(&sample[0]).filter(|_| !layout.header && !layout.pairs && limits.columns.is_none());
    let mut words = WordSize::default();
    let looked = rows.each(size.is_some(), &mut |line, one, other| {
        census.add_id(line, one);
        census.add_id(line, other);
        words.add(one, other);
        Ok(())
    });
    if size.is_some() {
        sample[0][..2].iter().for_each(|cell| first.add_id(first_line, cell));
    }
    if let Err(error) = looked {
        // What is wrong with an id before comes first.
        let census = census.after(first);
        return Err(census.are_integers(text).err().unwrap_or(error));
    }
    let stated = size.filter(|size| words.bears_out(size));
    if let Some(size) = &stated {
        account.note(size.note());
    } else if size.is_some() {
        census = census.after(first);
        if layout.width.is_some_and(|width| width != sample[0].len()) {
            return Err(rows.ragged(first_line, sample[0].len()));
        }
    }
    let skip = stated.is_some();
    if two_sided {
        account.note("its two sides are named left and right");
    } else if census.are_integers(text)? {
        let mut links = Vec::new();
        rows.each(skip, &mut |_, one, other| {
            let number = |id| match whole(id) {
                Whole::Value(number) => u32::try_from(number).unwrap_or(MAX_ID),
                _ => MAX_ID, // the census has refused it
            };
            links.push((number(one), number(other)));
            Ok(())
        })?;
        return Ok(Read::Integers(Links {
            links: vec![links],
            account,
            stated,
        }));
    }
    let mut named = Named::new(Format::EdgeList, text.meter(), bytes.len(), limits);
    named.account = account;
    let (mut left, mut right) = (String::new(), String::new());
    let mut heading = Heading::of(&layout, &sample[0]);
    rows.each(skip, &mut |line, one, other| {
        heading.look(one, other);
        let (mut one, mut other) = (word(one, text, line)?, word(other, text, line)?);
        if two_sided {
            left.clear();
            right.clear();
            left.extend(["left:", one]);
            right.extend(["right:", other]);
            (one, other) = (&left, &right);
        }
        let ends = (named.node(one, line)?, named.node(other, line)?);
        named.link(ends.0, ends.1)
    })?;
    if !two_sided && limits.columns.is_none() {
        heading.say(text, &sample[0], &mut named.account);
    }
    named.finish().map(|imported| Read::Words(Box::new(imported)))
}

/// Whether a first row of words may be a header of unfamiliar names: what it names is named nowhere else.
struct Heading<'r> {
    ends: Option<[&'r [u8]; 2]>,
    rows: u64,
}

impl<'r> Heading<'r> {
    fn of(layout: &Layout, first: &'r [Vec<u8>]) -> Self {
        let end = |at: usize| first.get(at).map(|cell| &**cell);
        let ends = match (end(layout.ends[0]), end(layout.ends[1])) {
            (Some(one), Some(other)) if !layout.header && !layout.pairs => Some([one, other]),
            _ => None,
        };
        let are_words = ends.is_some_and(|ends| ends.iter().all(|end| whole(end) == Whole::Not));
        Self {
            ends: ends.filter(|_| are_words),
            rows: 0,
        }
    }

    fn look(&mut self, one: &[u8], other: &[u8]) {
        self.rows += 1;
        let again = |end: &&[u8]| *end == one || *end == other;
        if self.rows > 1 && self.ends.is_some_and(|ends| ends.iter().any(again)) {
            self.ends = None;
        }
    }

    /// Says how the row was taken, where nothing tells.
    fn say(self, text: &Text<'_>, first: &[Vec<u8>], account: &mut Account) {
        let Some([one, other]) = self.ends.filter(|_| self.rows > 0) else {
            return;
        };
        let bytes = text.bytes();
        let line = lines(bytes, 0..bytes.len()).find(|(_, line)| !is_nothing(line));
        let shown = line.map_or_else(|| excerpt(&first.join(&b' ')), |(_, line)| excerpt(line));
        account.note(format!(
            "first line \"{shown}\" is taken as a link; if it is a header, set topology.columns = [\"{}\", \"{}\"]",
            excerpt(one),
            excerpt(other)
        ));
    }
}

/// Whether the first row states the size of what follows, where ids may be words.
#[derive(Default)]
struct WordSize {
    links: u64,
    largest: u64,
    zero: bool,
    words: bool,
}

impl WordSize {
    fn add(&mut self, one: &[u8], other: &[u8]) {
        self.links += 1;
        for id in [one, other] {
            match whole(id) {
                Whole::Value(number) => {
                    self.largest = self.largest.max(number);
                    self.zero |= number == 0;
                }
                _ => self.words = true,
            }
        }
    }

    fn bears_out(&self, size: &Size) -> bool {
        !self.words && size.is_borne_out(self.links, u64::from(!self.zero), self.largest)
    }
}

/// Takes the line and the ends of a link.
type Visit<'v> = dyn FnMut(u64, &[u8], &[u8]) -> Result<(), ImportError> + 'v;

/// The rows of a text that are links.
struct Rows<'r, 't> {
    text: &'r Text<'t>,
    separator: Separator,
    layout: &'r Layout,
}

impl Rows<'_, '_> {
    /// Hands over the line and the ends of each link; `skip` leaves out the first row.
    fn each(&self, skip: bool, visit: &mut Visit<'_>) -> Result<(), ImportError> {
        let layout = self.layout;
        let mut skip = skip || layout.header;
        table::each_row(self.text, self.separator, &mut |line, cells| {
            if std::mem::take(&mut skip) {
                return Ok(true);
            }
            if layout.pairs {
                for ends in cells.chunks_exact(2) {
                    visit(line, ends[0], ends[1])?;
                }
                return Ok(true);
            }
            let end = |at: usize| cells.get(layout.ends[at]).copied().filter(|cell| !cell.is_empty());
            let (Some(one), Some(other)) = (end(0), end(1)) else {
                return Err(self.one_id(line));
            };
            if layout.width.is_some_and(|width| width != cells.len()) {
                return Err(self.ragged(line, cells.len()));
            }
            visit(line, one, other)?;
            Ok(true)
        })
    }

    fn one_id(&self, line: u64) -> ImportError {
        let bytes = self.text.bytes();
        if self.separator == Separator::Blank
            && let Some(lacks) = table::lacks(bytes)
        {
            return ImportError::Shape {
                file: self.text.name(),
                line: lacks.line,
                message: format!(
                    "\"{}\" has no {}, which stands in {} of the {} lines; write two ids with one between them here too, or blanks in all \
                     lines",
                    excerpt(lacks.text),
                    lacks.mark,
                    grouped(lacks.with),
                    grouped(lacks.lines)
                ),
            };
        }
        let shown = lines(bytes, 0..bytes.len()).nth(line as usize - 1);
        ImportError::OneId {
            file: self.text.name(),
            line,
            text: shown.map_or(String::new(), |(_, line)| excerpt(line)),
            separator: self.separator.name(),
        }
    }

    fn ragged(&self, line: u64, cells: usize) -> ImportError {
        let width = self.layout.width.unwrap_or(0);
        ImportError::Shape {
            file: self.text.name(),
            line,
            message: format!(
                "{cells} columns where the rows before have {width}, between {}; if each row is a node and its neighbours, set \
                 topology.format=adjacency-list, if the first two columns are a link, topology.format=edge-list",
                self.separator.name()
            ),
        }
    }
}

/// A word, if it is one.
fn word<'w>(id: &'w [u8], text: &Text<'_>, line: u64) -> Result<&'w str, ImportError> {
    match std::str::from_utf8(id) {
        Ok(word) if !word.contains(char::is_control) => Ok(word),
        _ => Err(ImportError::Binary {
            file: text.name(),
            line,
            text: excerpt(id),
        }),
    }
}
