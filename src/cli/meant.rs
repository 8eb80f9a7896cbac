//! What was probably meant by a name that is none of what was asked for: a folder, a log or a network where a scenario is wanted.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use tetraswarm::scenario::EMBEDDED;
use tetraswarm::{Error, shown};

/// What a file looks like, by its ending or else its first line.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Looks {
    Scenario,
    Log,
    Network,
    Results,
    /// A state that `run --save` wrote.
    State,
    Empty,
    Unknown,
}

/// Endings of what is no scenario.
const ENDINGS: [(&[&str], Looks); 4] = [
    (&["toml"], Looks::Scenario),
    (&["swf", "csv", "tsv", "parquet"], Looks::Log),
    (&["npz"], Looks::State),
    (
        &[
            "txt", "edges", "edgelist", "el", "graph", "metis", "mtx", "graphml", "gml", "net", "col", "gr", "json",
            "npy",
        ],
        Looks::Network,
    ),
];

fn looks(path: &Path) -> Looks {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    if ["summary.json", "metrics.parquet", "jobs.parquet", "nodes.csv"].contains(&name.as_str()) {
        return Looks::Results;
    }
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let known = ENDINGS.iter().find(|(endings, _)| endings.contains(&ending));
    match known {
        // As a scenario it lacks what every scenario needs, which is said then.
        Some((_, Looks::Scenario)) => Looks::Scenario,
        _ if path.metadata().is_ok_and(|about| about.len() == 0) => Looks::Empty,
        Some((_, Looks::Log)) if ending == "parquet" && is_state(path) => Looks::State,
        // Tables may hold either: a network's have two columns or three.
        Some((_, Looks::Log)) if ["csv", "tsv"].contains(&ending) && columns(path) <= 3 => Looks::Network,
        Some((_, looks)) => *looks,
        None => Looks::Unknown,
    }
}

/// Whether a Parquet file is a state that was saved: its metadata, which stand at its end, say by which scenario, and its first column
/// is `node` or `cell`.
fn is_state(path: &Path) -> bool {
    const END: u64 = 1 << 16;
    let mut end = Vec::new();
    let read = File::open(path).and_then(|mut file| {
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(END)))?;
        file.read_to_end(&mut end)
    });
    let has = |text: &[u8]| end.windows(text.len()).any(|part| part == text);
    // A name in the schema stands behind its length.
    read.is_ok() && has(b"tetraswarm.scenario_hash") && (has(b"\x04node") || has(b"\x04cell"))
}

/// How many columns a table's first line has.
fn columns(path: &Path) -> usize {
    let mut head = [0; 4096];
    let read = File::open(path).and_then(|mut file| file.read(&mut head)).unwrap_or(0);
    let line = head[..read].split(|&byte| byte == b'\n').next().unwrap_or_default();
    1 + line.iter().filter(|byte| b",;\t|".contains(byte)).count()
}

/// Refuses, with what was probably meant, what is no scenario; what may be one passes.
pub fn scenario(name: &str) -> Result<(), Error> {
    let path = Path::new(name);
    let refuse = |message: String| Err(Error::invalid(shown(path), message));
    if path.is_dir() {
        if EMBEDDED.iter().any(|embedded| embedded.name == name) {
            return Ok(());
        }
        let inside = path.join("scenario.toml");
        return refuse(if inside.is_file() {
            format!(
                "is a folder of results; to run its scenario again, name the file: {}",
                shown(&inside)
            )
        } else {
            "is a folder; name a scenario's file in it, or one that `tetraswarm scenarios` lists".to_owned()
        });
    }
    if !path.is_file() {
        return Ok(());
    }
    let file = shown(path);
    match looks(path) {
        Looks::Log => refuse(format!(
            "looks like a job log, not a scenario; to let a swarm work at it: tetraswarm run hpc2n --set work.trace={file}"
        )),
        Looks::Network => refuse(format!(
            "looks like a network, not a scenario; to run on it: tetraswarm run gnutella --set topology.file={file}"
        )),
        Looks::Results => refuse(
            "holds results of a run; the scenario.toml beside it can be run again, or name one that `tetraswarm scenarios` lists".to_owned(),
        ),
        Looks::State => refuse(format!(
            "looks like a saved state, not a scenario; to start from it: tetraswarm run SCENARIO --set \
             'consensus.start={{kind=\"file\",file=\"{}\"}}'",
            path.display()
        )),
        Looks::Empty => refuse("is empty; `tetraswarm rules` and `tetraswarm scenarios` print beginnings of scenarios".to_owned()),
        Looks::Scenario | Looks::Unknown => Ok(()),
    }
}

/// What to do instead where a kind of network was asked for and a file, or a folder, was named.
pub fn kind(name: &str) -> Result<(), Error> {
    let path = Path::new(name);
    let refuse = |message: String| Err(Error::invalid(shown(path), message));
    if path.is_dir() {
        return refuse(
            "is a folder; name a kind that `tetraswarm topology` lists, or a file by: graph --set file=FILE".to_owned(),
        );
    }
    if !path.is_file() {
        return Ok(());
    }
    match looks(path) {
        Looks::Scenario => refuse(format!(
            "looks like a scenario; `tetraswarm run {0} --explain` tells of its network, and `tetraswarm topology KIND` measures one",
            shown(path)
        )),
        _ => refuse(format!(
            "is a file, not a kind of network; to measure the network in it: tetraswarm topology graph --set file={}",
            shown(path)
        )),
    }
}
