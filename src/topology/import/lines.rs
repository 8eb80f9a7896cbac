//! Lines, columns and whole numbers, by hand over bytes: the part that every text format shares.
//!
//! A file is cut into chunks at line ends, so that chunks can be read in parallel. A reader that meets trouble keeps
//! the byte offset of the line only; the line's number is counted afterwards, once, for the message.

use std::ops::Range;

use memchr::memchr;

/// Chunks are about this long: small enough to balance over threads, large enough to hide the cost of each.
const CHUNK: usize = 1 << 20;

/// The bytes that separate columns inside a line. The carriage return is not among them: it belongs to the line end.
pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | 0x0b | 0x0c)
}

/// `range` of `bytes` cut at line ends into ranges of about a mebibyte; together they are `range`.
pub(super) fn chunks(bytes: &[u8], range: Range<usize>) -> Vec<Range<usize>> {
    let mut cut = Vec::new();
    let mut from = range.start;
    while from < range.end {
        let wanted = from.saturating_add(CHUNK).min(range.end);
        let to = memchr(b'\n', &bytes[wanted..range.end]).map_or(range.end, |more| wanted + more + 1);
        cut.push(from..to);
        from = to;
    }
    cut
}

/// The lines of `range`: offset in `bytes` and content, without LF or CR LF. A last line without LF counts; nothing
/// after a last LF does not.
pub(super) fn lines(bytes: &[u8], range: Range<usize>) -> impl Iterator<Item = (usize, &[u8])> {
    let mut at = range.start;
    std::iter::from_fn(move || {
        if at >= range.end {
            return None;
        }
        let start = at;
        let end = memchr(b'\n', &bytes[at..range.end]).map_or(range.end, |more| at + more);
        at = end + 1;
        let mut line = &bytes[start..end];
        while let [rest @ .., b'\r'] = line {
            line = rest;
        }
        Some((start, line))
    })
}

/// The columns of a line, between blanks.
pub(super) fn columns(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(|&byte| is_blank(byte)).filter(|column| !column.is_empty())
}

/// What a column is when read as a whole number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whole {
    /// A number of at most 64 bits.
    Value(u64),
    /// A whole number below zero or beyond 64 bits.
    Beyond,
    /// Anything else.
    Not,
}

/// Reads `[+-]?[0-9]+`.
pub(super) fn whole(column: &[u8]) -> Whole {
    let (negative, digits) = match column {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Whole::Not;
    }
    if negative {
        return Whole::Beyond;
    }
    let value = digits.iter().try_fold(0_u64, |value, digit| {
        value.checked_mul(10)?.checked_add(u64::from(digit - b'0'))
    });
    value.map_or(Whole::Beyond, Whole::Value)
}

/// A line that a reader refused: where it starts, the column at fault, and why.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refused<'a, Why> {
    pub(super) at: usize,
    pub(super) column: &'a [u8],
    pub(super) why: Why,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_with_lf_or_cr_lf_and_the_last_may_not_end() {
        let bytes = b"a\r\n\n b";
        let read: Vec<_> = lines(bytes, 0..bytes.len()).collect();
        assert_eq!(read, [(0, &b"a"[..]), (3, b""), (4, b" b")]);
        assert_eq!(lines(b"a\n", 0..2).count(), 1);
    }

    #[test]
    fn whole_numbers() {
        assert_eq!(whole(b"0018"), Whole::Value(18));
        assert_eq!(whole(b"+7"), Whole::Value(7));
        assert_eq!(whole(b"18446744073709551615"), Whole::Value(u64::MAX));
        assert_eq!(whole(b"18446744073709551616"), Whole::Beyond);
        assert_eq!(whole(b"-1"), Whole::Beyond);
        for not in [&b""[..], b"-", b"+", b"1.0", b"0x1", b"1 ", b"--1"] {
            assert_eq!(whole(not), Whole::Not);
        }
    }

    #[test]
    fn chunks_cover_their_range_and_end_at_line_ends() {
        let bytes = b"0123456 89\n".repeat(500_000);
        let cut = chunks(&bytes, 11..bytes.len());
        assert!(cut.len() > 3);
        assert_eq!(cut[0].start, 11);
        assert_eq!(cut.last().map(|last| last.end), Some(bytes.len()));
        assert!(
            cut.windows(2)
                .all(|pair| pair[0].end == pair[1].start && bytes[pair[0].end - 1] == b'\n')
        );
    }
}
