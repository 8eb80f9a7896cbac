//! Telling formats that are not read, so that they can be refused by their names.

use super::dimacs;
use super::graphml::root;
use super::lines::{Whole, columns, lines, whole};
use std::collections::HashSet;

/// How many lines are looked at.
const LOOKED_AT: usize = 10_000;

/// The lines that are looked at, without blanks at their ends.
fn head(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    lines(bytes, 0..bytes.len())
        .take(LOOKED_AT)
        .map(|(_, line)| line.trim_ascii())
}

/// GEXF (Gephi, 2009): XML whose root says so.
pub(super) fn gexf(bytes: &[u8]) -> bool {
    root(bytes).as_deref() == Some("gexf")
}

/// XML whose root is another.
pub(super) fn other_xml(bytes: &[u8]) -> bool {
    let trimmed = bytes.trim_ascii_start();
    trimmed.starts_with(b"<?xml") && root(bytes).as_deref() != Some("graphml")
        || root(bytes).is_some_and(|root| !matches!(&*root, "graphml" | "gexf"))
}

/// DOT: `[strict] graph|digraph [name] {`, after comments as in C or lines that start with `#`.
pub(super) fn dot(bytes: &[u8]) -> bool {
    let mut rest = bytes.trim_ascii_start();
    loop {
        let after = if rest.starts_with(b"//") || rest.starts_with(b"#") {
            memchr::memchr(b'\n', rest)
        } else if rest.starts_with(b"/*") {
            memchr::memmem::find(rest, b"*/").map(|at| at + 2)
        } else {
            break;
        };
        rest = after.map_or(&b""[..], |at| &rest[at..]).trim_ascii_start();
    }
    let word = |text: &[u8], word: &[u8]| {
        let is = text
            .get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word));
        is && text.get(word.len()).is_some_and(|next| !next.is_ascii_alphanumeric())
    };
    if word(rest, b"strict") {
        rest = rest[6..].trim_ascii_start();
    }
    let kind = [&b"graph"[..], b"digraph"].into_iter().find(|kind| word(rest, kind));
    kind.is_some_and(|kind| {
        let rest = &rest[kind.len()..];
        let line = &rest[..rest.len().min(1000)];
        line.iter()
            .find(|byte| matches!(byte, b'{' | b'[' | b'\n' | b';'))
            .is_some_and(|byte| *byte == b'{')
            || line.trim_ascii_start().starts_with(b"{")
    })
}

/// graph6 and sparse6 (McKay): a word a line of the bytes 63 to 126, as long as the number of nodes in it says.
pub(super) fn graph6(bytes: &[u8]) -> bool {
    if [&b">>graph6<<"[..], b">>sparse6<<", b">>digraph6<<"]
        .iter()
        .any(|magic| bytes.starts_with(magic))
    {
        return true;
    }
    let mut words = head(bytes).filter(|line| !line.is_empty()).peekable();
    words.peek().is_some() && words.all(is_graph6)
}

fn is_graph6(word: &[u8]) -> bool {
    let printed = |text: &[u8]| text.len() > 1 && text.iter().all(|byte| (63..=126).contains(byte));
    match word {
        [b':' | b';', rest @ ..] => printed(rest),
        _ if !printed(word) => false,
        [b'~', b'~', ..] => true,
        _ => {
            let digits: &[u8] = if word[0] == b'~' {
                word.get(1..4).unwrap_or(b"")
            } else {
                &word[..1]
            };
            let nodes = digits
                .iter()
                .fold(0_usize, |number, byte| 64 * number + usize::from(byte - 63));
            let before = if word[0] == b'~' { 4 } else { 1 };
            word.len() == before + (nodes * nodes.saturating_sub(1) / 2).div_ceil(6)
        }
    }
}

/// Rutherford-Boeing and Harwell-Boeing (Duff, Grimes and Lewis 1989): counts of cards, the matrix's type, its formats in FORTRAN.
pub(super) fn rutherford_boeing(bytes: &[u8]) -> bool {
    let mut head = head(bytes).skip(1);
    let (Some(cards), Some(size), Some(formats)) = (head.next(), head.next(), head.next()) else {
        return false;
    };
    let numbers = |line: &[u8], skip: usize| {
        let mut columns = columns(line).skip(skip).peekable();
        columns.peek().is_some() && columns.all(|column| whole(column) != Whole::Not)
    };
    let kind = columns(size).next().unwrap_or(b"");
    let is_kind = matches!(
        kind.to_ascii_lowercase()[..],
        [
            b'r' | b'c' | b'p' | b'i' | b'q',
            b's' | b'u' | b'h' | b'z' | b'r',
            b'a' | b'e'
        ]
    );
    is_kind && numbers(cards, 0) && numbers(size, 1) && formats.starts_with(b"(")
}

/// The PACE challenges: a `p` line of a kind that DIMACS does not have, and edges without a letter.
pub(super) fn pace(bytes: &[u8]) -> bool {
    dimacs::problem(bytes).is_some_and(|kind| !dimacs::is_read(kind))
}

/// LGL (Adai et al. 2004): `# node`, then a line for each neighbour, with or without a weight.
pub(super) fn lgl(bytes: &[u8]) -> bool {
    let (mut headings, mut single, mut real, mut rows) = (0, false, true, 0);
    for line in head(bytes).filter(|line| !line.is_empty()) {
        let cells: Vec<&[u8]> = columns(line).take(4).collect();
        match cells[..] {
            [b"#", _] => headings += 1,
            [one] if headings > 0 && !one.starts_with(b"#") => {
                single = true;
                rows += 1;
            }
            [one, weight] if headings > 0 && !one.starts_with(b"#") => {
                real &= weight.contains(&b'.') && std::str::from_utf8(weight).is_ok_and(|w| w.parse::<f64>().is_ok());
                rows += 1;
            }
            _ => return false,
        }
    }
    // A heading of a node without neighbours may follow another, but most have some.
    headings > 1 && rows > 0 && (single || real) || headings == 1 && single && rows > 0
}

/// TGF: nodes and their labels, a line with only `#`, then links between them.
pub(super) fn tgf(bytes: &[u8]) -> bool {
    let mut nodes = HashSet::new();
    let mut body = head(bytes).filter(|line| !line.is_empty());
    for line in body.by_ref() {
        if line == b"#" {
            break;
        }
        let Some(id) = columns(line).next().filter(|id| !matches!(id[0], b'#' | b'%')) else {
            return false;
        };
        if !nodes.insert(id) {
            return false;
        }
    }
    let mut links = 0;
    for line in body {
        let mut ends = columns(line);
        match (ends.next(), ends.next()) {
            (Some(one), Some(other)) if nodes.contains(one) && nodes.contains(other) => links += 1,
            _ => return false,
        }
    }
    links > 0 && nodes.len() > 1
}

/// A job log: 18 numbers a line under comments that start with a semicolon (the Standard Workload Format), or a table whose first row
/// names a time of arrival and how long a job takes.
pub(super) fn job_log(bytes: &[u8]) -> bool {
    const ARRIVAL: [&str; 6] = [
        "arrival",
        "submit",
        "submittime",
        "submittimestamp",
        "submissiontime",
        "arrivaltime",
    ];
    const NEED: [&str; 8] = [
        "need",
        "runtime",
        "elapsed",
        "duration",
        "processors",
        "end",
        "endtime",
        "allocatedprocessors",
    ];
    let mut lines = head(bytes).filter(|line| !line.is_empty()).peekable();
    if lines.peek().is_some_and(|line| line.starts_with(b";")) {
        let row = lines.find(|line| !line.starts_with(b";"));
        return row.is_none_or(|row| columns(row).count() >= 18);
    }
    let Some(first) = lines.next() else { return false };
    let text = String::from_utf8_lossy(&first[..first.len().min(1000)]).to_lowercase();
    let cells: Vec<String> = text
        .split([',', ';', '\t', '|'])
        .map(|cell| cell.chars().filter(char::is_ascii_alphanumeric).collect())
        .collect();
    let has = |names: &[&str]| cells.iter().any(|cell| names.contains(&&**cell));
    has(&ARRIVAL) && has(&NEED)
}
