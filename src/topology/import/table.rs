//! A text as a table: which separator it has, and its rows.
//!
//! A file has one separator. If every line has a tab, a semicolon or a comma outside quotation marks, it is that (in this order),
//! and blanks belong to the cells; else it is blanks. Cells may be quoted, as in CSV (RFC 4180). Lines that start with `#` or `%`
//! are comments; between blanks also what follows a cell that starts so.

use super::lines::{is_blank, lines};
use crate::error::ImportError;
use crate::input::{Text, excerpt};
use csv::{ByteRecord, ReaderBuilder, Trim};
use memchr::memchr;

/// What stands between cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Separator {
    Blank,
    Tab,
    Semicolon,
    Comma,
}

impl Separator {
    /// The one of the whole text.
    pub(super) fn of(bytes: &[u8]) -> Self {
        const MARKS: [(u8, Separator); 3] = [
            (b'\t', Separator::Tab),
            (b';', Separator::Semicolon),
            (b',', Separator::Comma),
        ];
        let mut everywhere = [true; 3];
        let mut any = false;
        for (_, line) in lines(bytes, 0..bytes.len()).filter(|(_, line)| !is_nothing(line)) {
            any = true;
            for (k, (mark, _)) in MARKS.iter().enumerate() {
                everywhere[k] = everywhere[k] && stands_in(line, *mark);
            }
            if everywhere == [false; 3] {
                break;
            }
        }
        let found = MARKS.iter().zip(everywhere).find(|(_, everywhere)| any && *everywhere);
        found.map_or(Separator::Blank, |((_, separator), _)| *separator)
    }

    /// What it is called.
    pub(super) fn name(self) -> &'static str {
        match self {
            Separator::Blank => "blanks",
            Separator::Tab => "tabs",
            Separator::Semicolon => "semicolons",
            Separator::Comma => "commas",
        }
    }

    fn mark(self) -> u8 {
        match self {
            Separator::Blank => b' ',
            Separator::Tab => b'\t',
            Separator::Semicolon => b';',
            Separator::Comma => b',',
        }
    }
}

/// A line without the mark that stands between the cells of most others.
pub(super) struct Lacks<'b> {
    pub(super) line: u64,
    pub(super) text: &'b [u8],
    /// What the mark is called.
    pub(super) mark: &'static str,
    /// In how many lines it stands, of how many that are neither blank nor comments.
    pub(super) with: u64,
    pub(super) lines: u64,
}

/// The first line without a mark that stands in more than half of the lines, the first among them; nothing if there is no such mark.
pub(super) fn lacks(bytes: &[u8]) -> Option<Lacks<'_>> {
    let rows = || {
        (1..)
            .zip(lines(bytes, 0..bytes.len()).map(|(_, line)| line))
            .filter(|(_, line)| !is_nothing(line))
    };
    let count = rows().count() as u64;
    [(b'\t', "tab"), (b';', "semicolon"), (b',', "comma")]
        .into_iter()
        .find_map(|(byte, mark)| {
            let with = rows().filter(|(_, line)| stands_in(line, byte)).count() as u64;
            let is_first = rows().next().is_some_and(|(_, line)| stands_in(line, byte));
            let (line, text) = rows().find(|(_, line)| !stands_in(line, byte))?;
            let lacks = Lacks {
                line,
                text,
                mark,
                with,
                lines: count,
            };
            (is_first && 2 * with > count).then_some(lacks)
        })
}

/// Whether a line is blank or a comment.
pub(super) fn is_nothing(line: &[u8]) -> bool {
    matches!(
        line.iter().find(|&&byte| !is_blank(byte) && byte != b'\r'),
        None | Some(b'#' | b'%')
    )
}

/// Whether a mark stands in a line outside quotation marks, and before the attributes that NetworkX writes in braces.
fn stands_in(line: &[u8], mark: u8) -> bool {
    let mut quoted = false;
    for &byte in line {
        match byte {
            b'"' => quoted = !quoted,
            b'{' if !quoted => return false,
            _ if byte == mark && !quoted => return true,
            _ => {}
        }
    }
    false
}

/// A row: its line, and its cells.
pub(super) type Visit<'v> = dyn FnMut(u64, &[&[u8]]) -> Result<bool, ImportError> + 'v;

/// Hands each row to `visit`, until that says stop.
///
/// # Errors
/// Those of `visit`; a quotation mark that does not end in its line; a carriage return inside a line.
pub(super) fn each_row(text: &Text<'_>, separator: Separator, visit: &mut Visit<'_>) -> Result<(), ImportError> {
    rows_of(&text.name(), text.bytes(), separator, visit)
}

/// As [`each_row`], of bytes.
pub(super) fn rows_of(
    file: &str,
    bytes: &[u8],
    separator: Separator,
    visit: &mut Visit<'_>,
) -> Result<(), ImportError> {
    not_too_wide(file, bytes, separator)?;
    if separator == Separator::Blank {
        return between_blanks(file, bytes, visit);
    }
    let mut reader = ReaderBuilder::new()
        .delimiter(separator.mark())
        .has_headers(false)
        .flexible(true)
        .trim(Trim::All)
        .comment(Some(b'#'))
        .from_reader(bytes);
    let mut record = ByteRecord::new();
    let mut line = 1;
    loop {
        let more = reader
            .read_byte_record(&mut record)
            .map_err(|error| ImportError::Shape {
                file: file.to_owned(),
                line,
                message: format!("no table: {error}; write a row a line"),
            })?;
        if !more {
            return Ok(());
        }
        line = record.position().map_or(line, csv::Position::line);
        let cells: Vec<&[u8]> = record.iter().map(unquoted).collect();
        if let Some(cell) = cells.iter().find(|cell| memchr(b'\n', cell).is_some()) {
            return Err(ImportError::Shape {
                file: file.to_owned(),
                line,
                message: format!(
                    "a quotation mark before \"{}\" that does not end in its line; close it, or double it inside quotes",
                    excerpt(cell)
                ),
            });
        }
        if matches!(cells[..], [] | [[]]) || matches!(cells[0].first(), Some(b'#' | b'%')) {
            continue;
        }
        if !visit(line, &cells)? {
            return Ok(());
        }
    }
}

/// The most cells of a row: more than any node has neighbours, and few enough to hold.
const MOST_CELLS: usize = 1 << 22;

/// Refuses rows that take more memory than they are worth.
fn not_too_wide(file: &str, bytes: &[u8], separator: Separator) -> Result<(), ImportError> {
    for (number, (_, line)) in (1..).zip(lines(bytes, 0..bytes.len())) {
        if line.len() <= MOST_CELLS {
            continue;
        }
        let cells = match separator {
            Separator::Blank => super::lines::columns(line).take(MOST_CELLS + 1).count(),
            _ => memchr::memchr_iter(separator.mark(), line).take(MOST_CELLS).count() + 1,
        };
        if cells > MOST_CELLS {
            return Err(ImportError::Shape {
                file: file.to_owned(),
                line: number,
                message: format!("more than {MOST_CELLS} columns; write a link or a node a line"),
            });
        }
    }
    Ok(())
}

/// What stands inside quotation marks that a blank stood before.
fn unquoted(cell: &[u8]) -> &[u8] {
    match cell {
        [b'"', inside @ .., b'"'] if memchr(b'"', inside).is_none() => inside,
        cell => cell,
    }
}

fn between_blanks(file: &str, bytes: &[u8], visit: &mut Visit<'_>) -> Result<(), ImportError> {
    let mut cells = Vec::new();
    for (number, (_, line)) in (1..).zip(lines(bytes, 0..bytes.len())) {
        if is_nothing(line) {
            continue;
        }
        if memchr(b'\r', line).is_some() {
            return Err(ImportError::StrayReturn {
                file: file.to_owned(),
                line: number,
                text: excerpt(line),
            });
        }
        cells.clear();
        split_blanks(line, &mut cells);
        if !visit(number, &cells)? {
            return Ok(());
        }
    }
    Ok(())
}

/// The cells of a line between blanks; what is in braces is one, what starts with `#` or `%` is none.
fn split_blanks<'l>(line: &'l [u8], cells: &mut Vec<&'l [u8]>) {
    let mut rest = line;
    loop {
        // All that ends a cell is passed here, so that each turn takes at least a byte.
        let start = rest.iter().position(|&byte| !is_blank(byte)).unwrap_or(rest.len());
        rest = &rest[start..];
        let end = match rest.first() {
            None | Some(b'#' | b'%') => return,
            Some(b'{') => rest.len(),
            Some(b'"') => {
                let closed = memchr(b'"', &rest[1..]).filter(|&at| rest.get(at + 2).is_none_or(|&byte| is_blank(byte)));
                if let Some(at) = closed {
                    cells.push(&rest[1..=at]);
                    rest = &rest[at + 2..];
                    continue;
                }
                cell_end(rest)
            }
            Some(_) => cell_end(rest),
        };
        cells.push(rest[..end].trim_ascii_end());
        rest = &rest[end..];
    }
}

fn cell_end(rest: &[u8]) -> usize {
    rest.iter().position(|&byte| is_blank(byte)).unwrap_or(rest.len())
}

/// The first rows, at most `most`.
pub(super) fn sample(bytes: &[u8], separator: Separator, most: usize) -> Vec<Vec<Vec<u8>>> {
    let mut rows = Vec::new();
    let mut held = 0;
    // What is wrong with a row is said when it is read.
    let _ = rows_of("", bytes, separator, &mut |_, cells| {
        rows.push(cells.iter().map(|cell| cell.to_vec()).collect());
        held += cells.len();
        Ok(rows.len() < most && held < MOST_CELLS / 4)
    });
    rows
}
