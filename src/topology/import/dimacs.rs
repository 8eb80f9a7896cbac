//! The files of the DIMACS challenges: colouring and cliques (`p edge`, `p col`: `e a b`; Johnson and Trick 1996), shortest paths
//! (`p sp`: `a from to length`; 2006), flows (`p max`, `p min`, `p asn`: `a from to …`; 1991).
//!
//! Comments start with `c`, nodes count from 1. Of colouring files some count each edge once in the `p` line and list it twice,
//! or the other way round: both are read. What else stands in the file (`n`, `d`, `v`, `x` lines) says nothing of links.

use super::account::Account;
use super::format::Format;
use super::graph::Graph;
use super::lines::{Whole, columns, lines, whole};
use super::{Ids, Imported, Limits, matrix_market, nothing};
use crate::error::ImportError;
use crate::input::{Text, excerpt};

/// The kinds of problems that are read, and the letter of their links.
const KINDS: [(&[u8], &[u8]); 8] = [
    (b"edge", b"e"),
    (b"edges", b"e"),
    (b"col", b"e"),
    (b"clq", b"e"),
    (b"sp", b"a"),
    (b"max", b"a"),
    (b"min", b"a"),
    (b"asn", b"a"),
];

/// What the `p` line says that the problem is, if the text starts with one, after comments.
pub(super) fn problem(bytes: &[u8]) -> Option<&[u8]> {
    for (_, line) in lines(bytes, 0..bytes.len()) {
        let mut cells = columns(line);
        match cells.next() {
            None | Some(b"c") => {}
            Some(b"p") => {
                let kind = cells.next()?;
                let numbers = cells.next().is_some_and(|number| whole(number) != Whole::Not);
                return (numbers && kind.iter().all(u8::is_ascii_alphanumeric)).then_some(kind);
            }
            Some(_) => return None,
        }
    }
    None
}

/// Whether a kind of problem is one of links.
pub(super) fn is_read(kind: &[u8]) -> bool {
    KINDS.iter().any(|(known, _)| *known == kind)
}

pub(super) fn told(bytes: &[u8]) -> bool {
    problem(bytes).is_some_and(is_read)
}

/// Reads a DIMACS file.
pub(super) fn read(text: Text<'_>, limits: &Limits) -> Result<Imported, ImportError> {
    let (bytes, file) = (text.bytes(), text.name());
    let wrong = |line: u64, message: String| ImportError::Malformed {
        file: file.clone(),
        line,
        format: Format::Dimacs.title(),
        message,
    };
    let mut head: Option<(u64, u64, &[u8], u64)> = None;
    let mut links: Vec<(u32, u32)> = Vec::new();
    let mut account = Account::default();
    for (number, (_, line)) in (1..).zip(lines(bytes, 0..bytes.len())) {
        let mut cells = columns(line);
        let Some(letter) = cells.next() else { continue };
        match (letter, head) {
            (b"c", _) => {}
            (b"p", None) => {
                let numbers: Vec<&[u8]> = cells.take(3).collect();
                let kind = numbers
                    .first()
                    .and_then(|kind| KINDS.iter().find(|(known, _)| known == kind));
                let (Some((_, mark)), [_, nodes, arcs]) = (kind, &numbers[..]) else {
                    return Err(wrong(
                        number,
                        "no `p edge NODES EDGES`, nor `p sp NODES ARCS`".to_owned(),
                    ));
                };
                let (Whole::Value(nodes), Whole::Value(arcs)) = (whole(nodes), whole(arcs)) else {
                    return Err(wrong(
                        number,
                        format!("\"{}\" without two whole numbers", excerpt(line)),
                    ));
                };
                limits.nodes_within(&file, nodes)?;
                head = Some((nodes, arcs, mark, number));
            }
            (b"p", Some(_)) => {
                return Err(wrong(
                    number,
                    "a second `p` line; write each problem to a file".to_owned(),
                ));
            }
            (_, None) => {
                return Err(wrong(number, format!("\"{}\" before the `p` line", excerpt(line))));
            }
            (letter, Some((nodes, _, mark, _))) if letter == mark => {
                let mut end = || match cells.next().map(|cell| (whole(cell), cell)) {
                    Some((Whole::Value(end), _)) if (1..=nodes).contains(&end) => Ok((end - 1) as u32),
                    Some((Whole::Not, cell)) => Err(wrong(number, format!("\"{}\" is no node", excerpt(cell)))),
                    Some((_, cell)) => Err(ImportError::NodeOutOfRange {
                        file: file.clone(),
                        line: number,
                        text: excerpt(cell),
                        nodes,
                    }),
                    None => Err(wrong(number, format!("\"{}\" lacks an end", excerpt(line)))),
                };
                links.push((end()?, end()?));
                if mark == b"a" {
                    account.directed();
                    if cells.next().is_some() {
                        account.weighted(|| "the `a` lines".to_owned());
                    }
                }
            }
            (letter, Some(_)) if letter.len() == 1 && letter[0].is_ascii_alphabetic() => {
                account.note(format!("`{}` lines are not used", letter[0] as char));
            }
            _ => return Err(wrong(number, format!("\"{}\" is no line of DIMACS", excerpt(line)))),
        }
    }
    let Some((nodes, claimed, mark, line)) = head else {
        return Err(nothing(&text));
    };
    let found = links.len() as u64;
    let twice = mark == b"e" && (claimed == 2 * found || 2 * claimed == found);
    if found != claimed && !twice {
        let letter = mark[0] as char;
        let message = format!("{claimed} links in the `p` line, but {found} `{letter}` lines; is the file cut?");
        return Err(wrong(line, message));
    }
    matrix_market::believe(nodes, found, (&file, line), limits)?;
    account.weighed(&file, limits)?;
    let nodes = nodes as u32; // within limits.max_nodes
    let built = Graph::from_links(nodes, &links).map_err(|source| ImportError::Graph {
        file: file.clone(),
        source,
    })?;
    Imported::new(file, built, Ids::OneBased { nodes }, Format::Dimacs, found, account)
}
