//! Start values from a table: Parquet or .npz, as a state is saved. Rows are told by what they say of which node they are: `id`, what
//! the network's file calls it; or `node`, its number. Their order says nothing, and columns that are not asked for are passed over.

use crate::error::Error;
use crate::input::{Meter, excerpt, shown};
use crate::plan::Plan;
use crate::save::{ID, NODE};
use crate::table::{Item, Reader, read_npz};
use crate::topology::import::Ids;
use crate::words::Words;
use std::collections::HashMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::RangeInclusive;
use std::path::Path;

/// What is asked of a table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    /// The scenario's key that names the file.
    pub key: &'a str,
    /// The column.
    pub column: &'static str,
    /// What its values may be.
    pub range: &'a RangeInclusive<i64>,
}

/// The file at `path`, if it is a table, and whether it is Parquet.
fn open(path: &Path) -> Option<(File, bool)> {
    // Of a pipe, nothing may be read in passing.
    let is_file = path.metadata().is_ok_and(|about| about.is_file());
    let mut file = File::open(path).ok().filter(|_| is_file)?;
    let mut head = [0; 4];
    file.read_exact(&mut head).ok()?;
    file.seek(SeekFrom::Start(0)).ok()?;
    match &head {
        b"PAR1" => Some((file, true)),
        b"PK\x03\x04" => Some((file, false)),
        _ => None,
    }
}

/// The words of a column of the file at `path`, node by node, if it is a table.
///
/// # Errors
/// As [`words`].
pub(crate) fn read(path: &Path, plan: &Plan, wanted: Wanted<'_>) -> Result<Option<Words>, Error> {
    match open(path) {
        Some(opened) => words(opened, path, plan, wanted).map(|words| Some(Words::from(&*words))),
        None => Ok(None),
    }
}

/// The words of a column, node by node: two's complement where its values may be negative.
///
/// # Errors
/// [`Error::Invalid`] naming the key, the file, the row (from 1) and what is wrong: no such column, a node that is not in the swarm,
/// is there twice or not at all, a value that is none or out of range.
fn words((file, is_parquet): (File, bool), path: &Path, plan: &Plan, wanted: Wanted<'_>) -> Result<Vec<u32>, Error> {
    let name = shown(path);
    let refuse = |message: String| Error::invalid(wanted.key, format!("{name}{message}"));
    let mut nodes = Nodes::new(plan, wanted);
    if is_parquet {
        let reader = Reader::open(file.try_clone().map_err(|error| refuse(format!(": {error}")))?);
        let reader = reader.map_err(|reason| refuse(broken("Parquet", &reason)))?;
        parquet(&reader, &file, &name, wanted, &mut nodes, &refuse)?;
    } else {
        npz(&file, wanted, &mut nodes).map_err(&refuse)?;
    }
    nodes.finish().map_err(refuse)
}

fn broken(what: &str, reason: &str) -> String {
    let reason: String = reason.chars().take(200).flat_map(char::escape_debug).collect();
    format!(": is no readable {what} file ({reason}); fetch or write it again")
}

fn missing(column: &str, names: &[String]) -> String {
    let names: Vec<String> = names.iter().take(20).map(|name| excerpt(name.as_bytes())).collect();
    let has = if names.is_empty() {
        String::new()
    } else {
        format!("; it has: {}", names.join(", "))
    };
    format!(": has no column {column}{has}")
}

const WHOSE: &str = "'id' or 'node', which says of which node a row is";

fn parquet(
    reader: &Reader,
    file: &File,
    name: &str,
    wanted: Wanted<'_>,
    nodes: &mut Nodes<'_>,
    refuse: &dyn Fn(String) -> Error,
) -> Result<(), Error> {
    let names = reader.names();
    let find = |name: &str| names.iter().position(|column| column == name);
    let id = find(ID).map(|at| (at, true));
    let number = || NODE.iter().find_map(|name| find(name)).map(|at| (at, false));
    let (whose, by_id) = id.or_else(number).ok_or_else(|| refuse(missing(WHOSE, names)))?;
    let value = find(wanted.column).ok_or_else(|| refuse(missing(&format!("'{}'", wanted.column), names)))?;
    nodes.by_id = by_id;
    for at in [whose, value] {
        reader
            .shape(at)
            .map_err(|kind| refuse(format!(": column '{}' {kind}", excerpt(names[at].as_bytes()))))?;
    }
    let columns = [whose, value];
    let held = reader
        .memory(&columns)
        .map_err(|reason| refuse(broken("Parquet", &reason)))?;
    let meter = Meter::new(name, None);
    meter.add(file.metadata().map_or(0, |about| about.len()));
    meter
        .allow(held, held)
        .map_err(|error| Error::invalid(wanted.key, error.to_string()))?;
    let mut row = 0;
    let broken = |reason: String| refuse(broken("Parquet", &reason));
    reader.read(&columns, broken, |items| {
        for (whose, value) in items[0].iter().zip(&items[1]) {
            row += 1;
            let node = nodes.place(row, whose).map_err(refuse)?;
            nodes.put(row, node, value).map_err(refuse)?;
        }
        Ok(())
    })
}

/// One array after the other.
fn npz(file: &File, wanted: Wanted<'_>, nodes: &mut Nodes<'_>) -> Result<(), String> {
    let mut places = Vec::new();
    let mut found = None;
    for (name, by_id) in [(ID, true), (NODE[0], false), (NODE[1], false)] {
        nodes.by_id = by_id;
        let mut told = None;
        let read = read_npz(file, name, |row, whose| {
            places.push(
                nodes
                    .place(row + 1, &whose)
                    .map_err(|error| told.insert(error).clone())?,
            );
            Ok(())
        });
        found = read.map_err(|reason| told.unwrap_or_else(|| broken(".npz", &reason)))?;
        if found.is_some() {
            break;
        }
    }
    found.ok_or_else(|| missing(WHOSE, &[]))?;
    let mut told = None;
    let rows = places.len() as u64;
    let read = read_npz(file, wanted.column, |row, value| {
        let put = match places.get(row as usize) {
            Some(&node) => nodes.put(row + 1, node, &value),
            None => Err(format!(
                ": '{}' has more values than there are nodes named",
                wanted.column
            )),
        };
        put.map_err(|error| told.insert(error).clone())
    });
    let read = read.map_err(|reason| told.unwrap_or_else(|| broken(".npz", &reason)))?;
    match read {
        None => Err(missing(&format!("'{}'", wanted.column), &[])),
        Some(count) if count < rows => Err(format!(": '{}' has {count} values for {rows} nodes", wanted.column)),
        Some(_) => Ok(()),
    }
}

/// The nodes of a swarm, and the values that they get.
struct Nodes<'a> {
    ids: Option<&'a Ids>,
    /// Of ids that are words: whose each is. Made when it is needed.
    named: HashMap<&'a str, u32>,
    wanted: Wanted<'a>,
    /// Whether rows say the nodes' ids, not their numbers.
    by_id: bool,
    words: Vec<u32>,
    /// The nodes that rows have named.
    is_named: Vec<bool>,
}

impl<'a> Nodes<'a> {
    fn new(plan: &'a Plan, wanted: Wanted<'a>) -> Self {
        let count = plan.nodes() as usize;
        Self {
            ids: plan.topology.ids(),
            named: HashMap::new(),
            wanted,
            by_id: false,
            words: vec![0; count],
            is_named: vec![false; count],
        }
    }

    /// The node that a row is of.
    fn place(&mut self, row: u64, item: &Item) -> Result<u32, String> {
        let count = self.words.len();
        let ids = self.ids.filter(|_| self.by_id);
        let number = || whole(item).and_then(|number| u32::try_from(number).ok());
        let node = match ids {
            None | Some(Ids::Same { .. }) => number(),
            Some(Ids::OneBased { .. }) => number().and_then(|number| number.checked_sub(1)),
            Some(Ids::Integers(ids)) => number()
                .and_then(|number| ids.binary_search(&number).ok())
                .map(|node| node as u32),
            Some(Ids::Words(words)) => {
                if self.named.is_empty() {
                    self.named = (0..words.len()).map(|node| (words.get(node), node)).collect();
                }
                match item {
                    Item::Text(text) => std::str::from_utf8(text)
                        .ok()
                        .and_then(|id| self.named.get(id).copied()),
                    item => whole(item).and_then(|number| self.named.get(&*number.to_string()).copied()),
                }
            }
        };
        let node = node.filter(|&node| (node as usize) < count).ok_or_else(|| {
            let which = if ids.is_some() {
                "in the network's file"
            } else {
                "in the swarm"
            };
            let of = if ids.is_some() {
                String::new()
            } else {
                format!(", whose {count} nodes are numbered from 0")
            };
            format!(": row {row}: '{}' is no node {which}{of}", show(item))
        })?;
        if std::mem::replace(&mut self.is_named[node as usize], true) {
            return Err(format!(
                ": row {row}: the node '{}' has a row already; it needs one",
                show(item)
            ));
        }
        Ok(node)
    }

    /// Gives a node its value.
    fn put(&mut self, row: u64, node: u32, item: &Item) -> Result<(), String> {
        let Wanted { column, range, .. } = self.wanted;
        let value = whole(item).ok_or_else(|| format!(": row {row}: {column} is '{}', no whole number", show(item)))?;
        let value = i64::try_from(value).ok().filter(|value| range.contains(value));
        let value = value.ok_or_else(|| {
            let (low, high) = (range.start(), range.end());
            format!(
                ": row {row}: {column} is {}; it must be from {low} to {high}",
                show(item)
            )
        })?;
        self.words[node as usize] = value as u32; // the range has 32 bits
        Ok(())
    }

    fn finish(self) -> Result<Vec<u32>, String> {
        let lacking = self.is_named.iter().filter(|&&is_named| !is_named).count();
        let Some(first) = self.is_named.iter().position(|&is_named| !is_named) else {
            return Ok(self.words);
        };
        let id = match self.ids.filter(|_| self.by_id) {
            Some(ids) => excerpt(ids.get(first as u32).as_bytes()),
            None => first.to_string(),
        };
        let others = match lacking {
            1 => String::new(),
            lacking => format!(", and none for {} others", lacking - 1),
        };
        Err(format!(
            ": has no row for the node '{id}'{others}; it needs one for each of {} nodes",
            self.words.len()
        ))
    }
}

/// A whole number, however it is held.
fn whole(item: &Item) -> Option<i128> {
    match item {
        Item::Integer(value) => Some(*value),
        Item::Float(value) if value.fract() == 0.0 && value.abs() < 1e18 => Some(*value as i128),
        Item::Decimal { unscaled, scale } => {
            let one = 10_i128.checked_pow(*scale)?;
            (unscaled % one == 0).then_some(unscaled / one)
        }
        Item::Text(text) => std::str::from_utf8(text).ok()?.trim().parse().ok(),
        _ => None,
    }
}

/// For a message.
fn show(item: &Item) -> String {
    match item {
        Item::Null => "null".to_owned(),
        Item::Integer(value) => value.to_string(),
        Item::Float(value) => format!("{value:?}"),
        Item::Decimal { unscaled, scale } => format!("{unscaled}e-{scale}"),
        Item::Time { .. } => "a time".to_owned(),
        Item::Flag(value) => value.to_string(),
        Item::Text(text) => excerpt(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;
    use crate::swarm::Swarm;
    use crate::table::{Heading, Kind, Npz, Values, Writer};
    use std::io::Write;

    const RANGE: RangeInclusive<i64> = -1000..=1000;

    fn plan() -> Plan {
        let text = "agents = 5\nticks = 1\ntopology.kind = \"ring\"\n[consensus]\nrule = \"average\"\n\
                    start = { kind = \"uniform\", low = 0, high = 9 }\n";
        let scenario = Scenario::from_toml("test", text).unwrap();
        Swarm::plan(&scenario, Path::new("")).unwrap()
    }

    /// A table of nodes and beliefs, as Parquet or .npz.
    fn content(is_parquet: bool, nodes: &[i64], beliefs: &[Option<i32>]) -> Vec<u8> {
        let heading = |name: &'static str, kind, is_optional| Heading {
            name: name.into(),
            unit: "".into(),
            about: "".into(),
            kind,
            is_optional,
        };
        let headings = vec![heading("belief", Kind::I32, true), heading("node", Kind::I64, false)];
        let values = |at| match at {
            0 => Values::I32(beliefs.to_vec()),
            _ => Values::I64(nodes.iter().map(|&node| Some(node)).collect()),
        };
        if is_parquet {
            let mut writer = Writer::new(Vec::new(), headings, &[]).unwrap();
            writer.group(|at| Ok(values(at))).unwrap();
            writer.finish().unwrap()
        } else {
            let to = std::io::Cursor::new(Vec::new());
            let npz = Npz::new(to, headings, nodes.len() as u64, &[]);
            npz.write(1 << 10, |at, _| Ok(values(at))).unwrap().into_inner()
        }
    }

    fn read_back(content: &[u8]) -> Result<Vec<u32>, String> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(content).unwrap();
        let wanted = Wanted {
            key: "start",
            column: "belief",
            range: &RANGE,
        };
        let read = read(file.path(), &plan(), wanted).map_err(|error| error.to_string())?;
        Ok(read.ok_or("is no table")?.to_vec())
    }

    #[test]
    fn rows_in_any_order_are_told_by_their_nodes() {
        for is_parquet in [true, false] {
            let beliefs = [5, -7, 9, 0, 1000].map(Some);
            let read = read_back(&content(is_parquet, &[4, 0, 2, 1, 3], &beliefs)).unwrap();
            assert_eq!(read, [-7, 0, 9, 1000, 5].map(|belief: i32| belief as u32));
        }
    }

    #[test]
    fn rows_that_do_not_fit_are_named() {
        let some = |beliefs: [i32; 5]| beliefs.map(Some).to_vec();
        let mut lacking = some([1; 5]);
        lacking[3] = None;
        for is_parquet in [true, false] {
            let cases = [
                (
                    &[0, 1, 2, 3, 5][..],
                    some([1; 5]),
                    ": row 5: '5' is no node in the swarm, whose 5 nodes",
                ),
                (&[0, 1, 2, 3, -1], some([1; 5]), ": row 5: '-1' is no node"),
                (
                    &[0, 1, 2, 1, 4],
                    some([1; 5]),
                    ": row 4: the node '1' has a row already",
                ),
                (
                    &[0, 1, 2, 4],
                    some([1; 5])[..4].to_vec(),
                    ": has no row for the node '3'; it needs one",
                ),
                (
                    &[4],
                    some([1; 5])[..1].to_vec(),
                    ": has no row for the node '0', and none for 3 others",
                ),
                (
                    &[0, 1, 2, 3, 4],
                    some([1, 2, 1001, 4, 5]),
                    ": row 3: belief is 1001; it must be from -1000 to 1000",
                ),
            ];
            for (nodes, beliefs, message) in cases {
                let refused = read_back(&content(is_parquet, nodes, &beliefs)).unwrap_err();
                assert!(refused.contains(message), "{refused}");
            }
        }
        let refused = read_back(&content(true, &[0, 1, 2, 3, 4], &lacking)).unwrap_err();
        assert!(
            refused.contains(": row 4: belief is 'null', no whole number"),
            "{refused}"
        );
    }

    #[test]
    fn a_damaged_table_is_read_or_refused() {
        for is_parquet in [true, false] {
            let whole = content(is_parquet, &[0, 1, 2, 3, 4], &[1, 2, 3, 4, 5].map(Some));
            for at in 0..whole.len() {
                for change in [0x01, 0x80, 0xff] {
                    let mut damaged = whole.clone();
                    damaged[at] ^= change;
                    if let Ok(words) = read_back(&damaged) {
                        assert_eq!(words.len(), 5);
                    }
                }
            }
            for length in 0..whole.len() {
                let _ = read_back(&whole[..length]);
            }
        }
    }
}
