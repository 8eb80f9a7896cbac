//! The fast reader of edge lists: integers, every row alike. It reads each byte once, in parallel, and explains nothing; what is
//! out of the ordinary it leaves to the [reader of tables](super::edge_list).

use super::Limits;
use super::account::Account;
use super::edge_list::{Links, MAX_ID};
use super::lines::{chunks, is_blank, lines};
use super::shape::{LOOKED_AT, Layout};
use super::size::Size;
use super::table::{self, Separator, is_nothing};
use memchr::memchr;
use rayon::prelude::*;

/// What separates the columns of a row, as bits: of a file there is to be one.
const BLANK: u8 = 1;
const COMMA: u8 = 2;
const SEMICOLON: u8 = 4;

/// The links of a chunk, and what its rows look like.
#[derive(Default)]
struct Scanned {
    links: Vec<(u32, u32)>,
    separators: u8,
    /// How many columns each row has; 0 before the first.
    width: u32,
    ragged: bool,
}

/// The links of a file that is ordinary throughout, or nothing.
pub(super) fn read(bytes: &[u8], limits: &Limits) -> Option<Links> {
    let (at, first) = lines(bytes, 0..bytes.len()).find(|(_, line)| !is_nothing(line))?;
    let after = next_line(bytes, at);
    let explicit = limits.format.is_some();
    let cells: Vec<Vec<u8>> = table::sample(first, Separator::of(first), 1).into_iter().next()?;
    let size = Size::stated_by(&cells);
    let own = scan(first);
    // A first row that is no link may be a header; one that may state the size is set aside.
    let from = if own.is_none() || size.is_some() { after } else { 0 };
    let scanned: Option<Vec<Scanned>> = chunks(bytes, from..bytes.len())
        .into_par_iter()
        .map(|chunk| scan(&bytes[chunk]))
        .collect();
    let scanned = scanned?;
    let rows = || scanned.iter().filter(|chunk| chunk.width > 0);
    let width = rows().next()?.width;
    let separators = rows().fold(0, |all, chunk| all | chunk.separators);
    if rows().any(|chunk| chunk.ragged || chunk.width != width) && !explicit || separators.count_ones() != 1 {
        return None;
    }
    let mut account = Account::default();
    if own.is_none() || width > 2 {
        let sample = table::sample(bytes, Separator::of(bytes), LOOKED_AT);
        let body = if size.is_some() { sample.get(1..)? } else { &sample };
        // Where nothing follows the size, the other reader says so.
        body.first()?;
        let layout = Layout::of(body, "", 1, limits).ok()?;
        if layout.header != own.is_none() || layout.ends != [0, 1] || layout.pairs {
            return None;
        }
        if own.is_none() {
            account.header = Some(crate::error::excerpt(first));
        }
        layout.say(&mut account);
    }
    let mut links: Vec<Vec<(u32, u32)>> = scanned.into_iter().map(|chunk| chunk.links).collect();
    let stated = size.filter(|size| is_borne_out(size, &links));
    if let (None, Some(_), Some(own)) = (&stated, &size, own) {
        if (own.width != width && !explicit) || own.separators != separators {
            return None;
        }
        links.insert(0, own.links);
    }
    if let Some(size) = &stated {
        account.note(size.note());
    }
    Some(Links { links, account, stated })
}

fn is_borne_out(size: &Size, links: &[Vec<(u32, u32)>]) -> bool {
    let count = links.iter().map(|chunk| chunk.len() as u64).sum();
    // Most first rows are links, which their number shows.
    if size.links != count {
        return false;
    }
    let ends = links.par_iter().flatten().flat_map_iter(|&(one, other)| [one, other]);
    let (least, largest) = ends
        .map(|end| (end, end))
        .reduce(|| (u32::MAX, 0), |a, b| (a.0.min(b.0), a.1.max(b.1)));
    size.is_borne_out(count, least.into(), largest.into())
}

/// The pairs of integer ids on whole lines, or nothing if any line is out of the ordinary.
fn scan(bytes: &[u8]) -> Option<Scanned> {
    let mut found = Scanned {
        links: Vec::with_capacity(bytes.len() / 12),
        ..Scanned::default()
    };
    let mut at = 0;
    loop {
        at = blanks(bytes, at);
        match bytes.get(at) {
            None => break,
            Some(b'\n' | b'\r') => at = line_end(bytes, at)?,
            Some(b'#' | b'%') => at = next_line(bytes, at),
            Some(_) => {
                let (one, after) = integer(bytes, at)?;
                let (separator, start) = separator(bytes, after)?;
                let (other, after) = integer(bytes, start)?;
                found.links.push((one, other));
                found.separators |= separator;
                let width;
                (width, at) = if bytes.get(after) == Some(&b'\n') {
                    (2, after + 1)
                } else {
                    rest(bytes, after, separator)?
                };
                found.ragged |= found.width != width && found.width != 0;
                found.width = width;
            }
        }
    }
    found.links.shrink_to_fit();
    Some(found)
}

/// How many columns a row has whose second ends at `at`, and where the next line starts. Nothing if the rest needs a closer look.
fn rest(bytes: &[u8], at: usize, separator: u8) -> Option<(u32, usize)> {
    let next = next_line(bytes, at);
    let mut rest = &bytes[at..next];
    while let [shorter @ .., b'\n' | b'\r'] = rest {
        rest = shorter;
    }
    if rest.is_empty() {
        return Some((2, next));
    }
    let mark = match separator {
        BLANK => {
            return is_blank(rest[0])
                .then(|| blank_columns(rest))
                .flatten()
                .map(|more| (2 + more, next));
        }
        COMMA => b',',
        _ => b';',
    };
    let first = rest.trim_ascii_start().first();
    let plain = rest
        .iter()
        .all(|byte| !matches!(byte, b'\r' | b'"' | b'{' | b'\t' | b'#' | b'%'));
    let other = if mark == b',' { b';' } else { b',' };
    if !plain || memchr(other, rest).is_some() || !matches!(first, None | Some(b',' | b';')) {
        return None;
    }
    let marks = rest.iter().filter(|&&byte| byte == mark).count();
    Some((2 + u32::try_from(marks).ok()?, next))
}

/// How many columns stand between blanks, up to a comment.
fn blank_columns(rest: &[u8]) -> Option<u32> {
    let mut columns = 0;
    let mut before = true;
    for &byte in rest {
        let blank = is_blank(byte);
        if before && !blank {
            if matches!(byte, b'#' | b'%') {
                break;
            }
            columns += 1;
        }
        if matches!(byte, b'\r' | b'"' | b'{' | b',' | b';') {
            return None;
        }
        before = blank;
    }
    Some(columns)
}

/// The first byte from `at` that is no blank.
fn blanks(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(|&byte| is_blank(byte)) {
        at += 1;
    }
    at
}

/// An id in range at `at`, and where it ends.
fn integer(bytes: &[u8], at: usize) -> Option<(u32, usize)> {
    let first = at + usize::from(bytes.get(at) == Some(&b'+'));
    let mut value = 0;
    let mut at = first;
    while let Some(digit) = bytes
        .get(at)
        .map(|byte| byte.wrapping_sub(b'0'))
        .filter(|&digit| digit < 10)
    {
        value = 10 * value + u64::from(digit);
        if value > u64::from(MAX_ID) {
            return None;
        }
        at += 1;
    }
    (at > first).then_some((value as u32, at)) // no more than MAX_ID
}

/// What separates the columns at `at`, and where the next one starts.
fn separator(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let mark = blanks(bytes, at);
    match bytes.get(mark) {
        Some(b',') => Some((COMMA, blanks(bytes, mark + 1))),
        Some(b';') => Some((SEMICOLON, blanks(bytes, mark + 1))),
        _ => (mark > at).then_some((BLANK, mark)),
    }
}

/// Where the next line starts, if nothing but its end stands at `at`.
fn line_end(bytes: &[u8], at: usize) -> Option<usize> {
    let next = next_line(bytes, at);
    bytes[at..next]
        .iter()
        .all(|byte| matches!(byte, b'\r' | b'\n'))
        .then_some(next)
}

fn next_line(bytes: &[u8], at: usize) -> usize {
    memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |more| at + more + 1)
}
