//! Telling formats apart by content.
//!
//! 1. A text that starts with `%%MatrixMarket`, in any case, is a Matrix Market matrix.
//! 2. A text may be METIS if its first line that is neither empty nor a `%` comment is a plausible METIS header: two to
//!    four whole numbers `n m [fmt [ncon]]`, `n` at least 2, `m` at most `n (n - 1) / 2`, and what follows has nothing
//!    that a METIS row cannot have (such as `#`, a comma, a neighbour outside `1..=n`).
//! 3. It is METIS if the header is borne out: exactly `n` rows, empty lines included, and `2 m` neighbours in them.
//! 4. It is METIS as well, a faulty one, if most of its first thousand rows that are not empty have another number of
//!    columns than the first line: the links of an edge list have the same columns throughout, neighbours do not. A
//!    quarter is enough if some row has one column, which no edge list has. A METIS file that is cut is then reported
//!    as such and not taken for an edge list.
//! 5. Everything else is an edge list.
//!
//! A small file may be both; by these rules METIS is preferred. Rule 3 leaves little room for error: an edge list
//! of two columns would need to start with a link `n n` from a node to itself and to have `n` more.

use super::Format;
use super::lines::{columns, lines};
use super::matrix_market::BANNER;
use super::metis::{Header, header_line, is_comment, read_row};

/// Rows looked at by rule 4.
const LOOKED_AT: u64 = 1000;

/// The format that a text seems to be in.
pub(super) fn format(bytes: &[u8]) -> Format {
    if bytes
        .get(..BANNER.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(BANNER))
    {
        Format::MatrixMarket
    } else if is_metis(bytes) {
        Format::Metis
    } else {
        Format::EdgeList
    }
}

fn is_metis(bytes: &[u8]) -> bool {
    let Some(line) = header_line(bytes) else {
        return false;
    };
    let Ok(head) = Header::parse(bytes[line.clone()].trim_ascii()) else {
        return false;
    };
    let pairs = u128::from(head.nodes) * u128::from(head.nodes.saturating_sub(1)) / 2;
    if head.nodes < 2 || u128::from(head.links) > pairs {
        return false;
    }
    let header_columns = columns(bytes[line.clone()].trim_ascii()).count();
    let body = || {
        lines(bytes, line.end..bytes.len())
            .filter(|(_, line)| !is_comment(line))
            .map(|(_, line)| line)
    };
    let bears_out = bears_out(body(), &head);
    bears_out || has_ragged_rows(body(), &head, header_columns)
}

/// Rule 3. Stops at the first line that settles it, which in an edge list comes early.
fn bears_out<'a>(body: impl Iterator<Item = &'a [u8]>, head: &Header) -> bool {
    let (mut rows, mut ends) = (0_u64, 0_u64);
    for line in body {
        let empty = line.trim_ascii().is_empty();
        if rows == head.nodes {
            if empty {
                continue;
            }
            return false;
        }
        rows += 1;
        let readable = empty || read_row(line, head, |_| ends += 1).is_ok();
        if !readable || ends > 2 * head.links {
            return false;
        }
    }
    rows == head.nodes && ends == 2 * head.links
}

/// Rule 4.
fn has_ragged_rows<'a>(body: impl Iterator<Item = &'a [u8]>, head: &Header, header_columns: usize) -> bool {
    let (mut alike, mut unlike, mut single) = (0_u64, 0_u64, false);
    for line in body
        .filter(|line| !line.trim_ascii().is_empty())
        .take(LOOKED_AT as usize)
    {
        if read_row(line, head, |_| {}).is_err() {
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
