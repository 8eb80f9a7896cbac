//! Telling formats apart by content.
//!
//! Formats that are refused come first, then those that are read, each list in its order (see [`format`](super::format)): a text
//! is what first claims it. Most say what they are by their first bytes. Those that are only numbers need rules:
//!
//! 1. A text may be METIS if its first line that is neither empty nor a `%` comment is a plausible METIS header: two to
//!    four whole numbers `n m [fmt [ncon]]`, `n` at least 2, and what follows has nothing that a METIS row cannot have (such
//!    as `#`, a comma, a neighbour outside `1..=n` and `0..n`).
//! 2. It is METIS if there are exactly `n` rows, empty lines included, and each link is listed at both its ends, whatever `m`
//!    is, and whether nodes count from 1 or from 0 (which the reader then refuses).
//! 3. It is METIS if there are `n` rows with `2 m` neighbours in them, unless all rows have two columns: then it is an edge
//!    list whose first line states its size.
//! 4. It is METIS as well, a faulty one, if most of its first thousand rows that are not empty have another number of
//!    columns than the first line: the links of an edge list have the same columns throughout, neighbours do not. A
//!    quarter is enough if some row has one column, which no edge list has. A METIS file that is cut is then reported
//!    as such and not taken for an edge list.
//! 5. What is not METIS by these rules, but has as many rows as its first line says, of nodes within its second number and of
//!    differing lengths, is a hypergraph of hMETIS.
//! 6. Everything else is an edge list.

use super::Format;
use super::format::{READ, REFUSED};
use super::lines::{Whole, columns, lines, whole};
use super::metis::{Header, header_line, is_comment, read_row};

/// Rows looked at by rule 4.
const LOOKED_AT: usize = 1000;

/// What a text seems to be.
pub(super) enum Told {
    Read(Format),
    /// The name of what is not read, and the remedy.
    Refused(&'static str, &'static str),
}

/// Tells what a text is.
pub(super) fn tell(bytes: &[u8]) -> Told {
    if let Some(foreign) = REFUSED.iter().find(|foreign| (foreign.told)(bytes)) {
        return Told::Refused(foreign.name, foreign.remedy);
    }
    let known = READ.iter().find(|known| (known.told)(bytes));
    Told::Read(known.map_or(Format::EdgeList, |known| known.format))
}

/// What remains is an edge list.
pub(super) fn anything(_: &[u8]) -> bool {
    true
}

/// The lines after the header.
fn body(bytes: &[u8], from: usize) -> impl Iterator<Item = &[u8]> {
    lines(bytes, from..bytes.len())
        .filter(|(_, line)| !is_comment(line))
        .map(|(_, line)| line)
}

/// Rules 1 to 4.
pub(super) fn metis(bytes: &[u8]) -> bool {
    let Some(line) = header_line(bytes) else {
        return false;
    };
    let header = bytes[line.clone()].trim_ascii();
    let Ok(head) = Header::parse(header) else {
        return false;
    };
    if head.nodes < 2 {
        return false;
    }
    [1, 0]
        .into_iter()
        .any(|base| bears_out(body(bytes, line.end), &head, base))
        || has_ragged_rows(body(bytes, line.end), &head, columns(header).count())
}

/// Rules 2 and 3 for nodes that count from `base`. Stops at the first line that settles it, which in an edge list comes early.
fn bears_out<'a>(body: impl Iterator<Item = &'a [u8]>, head: &Header, base: u64) -> bool {
    let (mut rows, mut ends, mut balance) = (0_u64, 0_u64, 0_u64);
    let mut pairs = true;
    for line in body {
        let empty = line.trim_ascii().is_empty();
        if rows == head.nodes {
            if empty {
                continue;
            }
            return false;
        }
        pairs &= columns(line).take(3).count() == 2;
        let read = |end: u32| {
            ends += 1;
            // Each link is added at its lower end and taken away at its upper one.
            let (one, other) = (rows, u64::from(end));
            let pair = mixed(one.min(other) << 32 | one.max(other));
            balance = match one.cmp(&other) {
                std::cmp::Ordering::Less => balance.wrapping_add(pair),
                std::cmp::Ordering::Equal => balance,
                std::cmp::Ordering::Greater => balance.wrapping_sub(pair),
            };
        };
        if !empty && read_row(line, head, base, read).is_err() {
            return false;
        }
        // A header that gives less than half of what there is was not meant as one.
        if ends / 4 > head.links.saturating_add(head.nodes) {
            return false;
        }
        rows += 1;
    }
    rows == head.nodes && (balance == 0 && ends > 0 || base == 1 && ends == head.links.saturating_mul(2) && !pairs)
}

/// A number that looks drawn (the finalizer of SplitMix64, Steele, Lea and Flood 2014).
fn mixed(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Rule 4.
fn has_ragged_rows<'a>(body: impl Iterator<Item = &'a [u8]>, head: &Header, header_columns: usize) -> bool {
    let pairs = u128::from(head.nodes) * u128::from(head.nodes - 1) / 2;
    if u128::from(head.links) > pairs {
        return false;
    }
    let (mut alike, mut unlike, mut single) = (0_u64, 0_u64, false);
    for line in body.filter(|line| !line.trim_ascii().is_empty()).take(LOOKED_AT) {
        if read_row(line, head, 1, |_| {}).is_err() {
            return false;
        }
        let count = columns(line).count();
        single |= count == 1;
        if count == header_columns {
            alike += 1;
        } else {
            unlike += 1;
        }
    }
    unlike > alike || (single && 3 * unlike >= alike)
}

/// Rule 5 (hMETIS 1.5 manual, section 3.1).
pub(super) fn hmetis(bytes: &[u8]) -> bool {
    let Some(line) = header_line(bytes) else {
        return false;
    };
    let header: Option<Vec<u64>> = columns(bytes[line.clone()].trim_ascii()).take(4).map(number).collect();
    let (edges, nodes) = match header.as_deref() {
        Some([edges, nodes] | [edges, nodes, 1 | 10 | 11]) if *edges > 0 && *nodes > 1 => (*edges, *nodes),
        _ => return false,
    };
    let weighted = header.is_some_and(|header| header.len() == 3);
    let (mut rows, mut widths) = (0, None);
    let mut ragged = false;
    for line in body(bytes, line.end).filter(|line| !line.trim_ascii().is_empty()) {
        let numbers: Option<Vec<u64>> = columns(line).map(number).collect();
        let fits = |number: &u64| weighted || (1..=nodes).contains(number);
        let Some(numbers) = numbers.filter(|numbers| numbers.iter().all(fits)) else {
            return false;
        };
        rows += 1;
        if rows > edges && !weighted || rows > LOOKED_AT as u64 && !ragged {
            return false;
        }
        ragged |= widths.is_some_and(|width| width != numbers.len());
        widths = Some(numbers.len());
    }
    rows >= edges && ragged && !metis(bytes)
}

fn number(column: &[u8]) -> Option<u64> {
    match whole(column) {
        Whole::Value(number) => Some(number),
        _ => None,
    }
}
